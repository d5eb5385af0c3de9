// Somebody was faster: both values side by side, and what one typed is kept.
import { Button, Modal } from 'antd';
import { useTranslation } from '../i18n';

/** A field in which both differ, in words. */
export interface ConflictRow {
  name: string;
  label: string;
  mine: string;
  theirs: string;
}

/** `onBack`: to what one typed. */
export function ConflictTable({ rows, onMine, onTheirs, onBack }: { rows: ConflictRow[]; onMine: () => void; onTheirs: () => void; onBack: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      open
      title={t('conflict.title')}
      onCancel={onBack}
      footer={
        <>
          <Button onClick={onBack}>{t('conflict.edit')}</Button>
          <Button onClick={onTheirs}>{t('conflict.theirs')}</Button>
          <Button type="primary" onClick={onMine}>
            {t('conflict.mine')}
          </Button>
        </>
      }
    >
      <p>{t('conflict.text')}</p>
      <table className="plain">
        <thead>
          <tr>
            <th>{t('conflict.field')}</th>
            <th>{t('conflict.yours')}</th>
            <th>{t('conflict.now')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, label, mine, theirs }) => (
            <tr key={name}>
              <th scope="row">{label}</th>
              <td>{mine}</td>
              <td>{theirs}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Modal>
  );
}

interface ConflictProps<T> {
  open: boolean;
  /** Name of each field for people. */
  labels: Record<string, string>;
  mine: Partial<T>;
  theirs: T | undefined;
  onMine: () => void;
  onTheirs: () => void;
  onCancel: () => void;
}

const text = (value: unknown): string => (value === undefined || value === null ? '—' : typeof value === 'object' ? JSON.stringify(value) : String(value));

export function ConflictDialog<T extends object>({ open, labels, mine, theirs, onMine, onTheirs, onCancel }: ConflictProps<T>) {
  const { t } = useTranslation();
  const differ = Object.keys(mine).filter((name) => text(mine[name as keyof T]) !== text(theirs?.[name as keyof T]));
  if (!open) return null;
  const rows = differ.map((name) => ({ name, label: labels[name] ? t(labels[name]) : name, mine: text(mine[name as keyof T]), theirs: text(theirs?.[name as keyof T]) }));
  return <ConflictTable rows={rows} onMine={onMine} onTheirs={onTheirs} onBack={onCancel} />;
}
