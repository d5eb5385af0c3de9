// Somebody was faster: both values side by side, and what one typed is kept.
import { Button, Modal } from 'antd';
import { useTranslation } from '../i18n';

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
  return (
    <Modal
      open={open}
      title={t('conflict.title')}
      onCancel={onCancel}
      footer={[
        <Button key="back" onClick={onCancel}>
          {t('conflict.edit')}
        </Button>,
        <Button key="theirs" onClick={onTheirs}>
          {t('conflict.theirs')}
        </Button>,
        <Button key="mine" type="primary" onClick={onMine}>
          {t('conflict.mine')}
        </Button>,
      ]}
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
          {differ.map((name) => (
            <tr key={name}>
              <th scope="row">{labels[name] ? t(labels[name]) : name}</th>
              <td>{text(mine[name as keyof T])}</td>
              <td>{text(theirs?.[name as keyof T])}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Modal>
  );
}
