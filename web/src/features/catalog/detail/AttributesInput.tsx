import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Input } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from '../../../shared/i18n';

type Attributes = Record<string, unknown>;
type Row = [name: string, value: string];

const shown = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
/** What was a number or a list stays one while its text still reads as such. */
const read = (text: string, before: unknown): unknown => {
  if (typeof before === 'string' || before === undefined) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

export function AttributesInput({ value, onChange, disabled = false, add }: { value?: Attributes | null; onChange?: (value: Attributes | null) => void; disabled?: boolean; id?: string; add?: string }) {
  const { t } = useTranslation();
  const own = useRef<Attributes | null | undefined>(undefined);
  const [rows, setRows] = useState<Row[]>([]);
  const before = useRef<Attributes>({});
  useEffect(() => {
    if (value === own.current && own.current !== undefined) return;
    own.current = value;
    before.current = value ?? {};
    setRows(Object.entries(value ?? {}).map(([name, one]) => [name, shown(one)]));
  }, [value]);
  const put = (next: Row[]) => {
    setRows(next);
    const all = Object.fromEntries(next.filter(([name]) => name.trim()).map(([name, text]) => [name.trim(), read(text, before.current[name])]));
    own.current = Object.keys(all).length ? all : null;
    onChange?.(own.current);
  };
  return (
    <div className="lines">
      {rows.map(([name, text], i) => (
        <div key={i} className="line" style={{ gridTemplateColumns: 'minmax(0, 1fr) minmax(0, 2fr) 32px' }}>
          <Input disabled={disabled} aria-label={t('catalog.attributes.name')} placeholder={t('catalog.attributes.name')} value={name} onChange={(event) => put(rows.map((row, n) => (n === i ? [event.target.value, row[1]] : row)))} />
          <Input disabled={disabled} aria-label={t('catalog.attributes.value')} placeholder={t('catalog.attributes.value')} value={text} onChange={(event) => put(rows.map((row, n) => (n === i ? [row[0], event.target.value] : row)))} />
          <Button type="text" disabled={disabled} aria-label={t('common.remove')} icon={<DeleteOutlined aria-hidden />} onClick={() => put(rows.filter((_, n) => n !== i))} />
        </div>
      ))}
      <div>
        <Button disabled={disabled} icon={<PlusOutlined aria-hidden />} onClick={() => setRows([...rows, ['', '']])}>
          {add ?? t('catalog.attributes.add')}
        </Button>
      </div>
    </div>
  );
}
