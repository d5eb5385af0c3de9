import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Input } from 'antd';
import { ClockInput, EnumSelect, MasterSelect } from '../../../shared/desk';
import { useTranslation } from '../../../shared/i18n';
import type { CutOffRow } from '../api';

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** One time for every day, or rows that differ by day, carrier and service. */
export function CutOffInput({ value, onChange, id, disabled = false }: { value?: string | CutOffRow[] | null; onChange?: (value: string | CutOffRow[] | null) => void; id?: string; disabled?: boolean }) {
  const { t } = useTranslation();
  if (!Array.isArray(value))
    return (
      <div className="row wrap">
        <ClockInput {...(id ? { id } : {})} disabled={disabled} value={value ?? undefined} onChange={(time) => onChange?.(time ?? null)} />
        <button type="button" className="tap" disabled={disabled} onClick={() => onChange?.([{ time: value ?? '14:00' }])}>
          {t('inventory.locations.cut_off_differs')}
        </button>
      </div>
    );
  const put = (i: number, change: Partial<CutOffRow>) => onChange?.(value.map((row, n) => (n === i ? { ...row, ...change } : row)));
  return (
    <div className="lines" id={id}>
      {value.map((row, i) => (
        <div key={i} className="line" style={{ gridTemplateColumns: '84px minmax(0, 1fr) minmax(0, 1fr) minmax(0, 1fr) 32px' }}>
          <ClockInput disabled={disabled} label={t('inventory.locations.cut_off')} value={row.time} onChange={(time) => time && put(i, { time })} />
          <EnumSelect disabled={disabled} of="weekday" values={days} allowClear placeholder={t('inventory.locations.any_day')} aria-label={t('calendar.date')} value={row.day} onChange={(day: string | undefined) => put(i, { day: day as string })} />
          <MasterSelect disabled={disabled} of="carriers" placeholder={t('inventory.locations.any_carrier')} aria-label={t('inventory.locations.any_carrier')} value={row.carrier} onChange={(carrier: string | undefined) => put(i, { carrier: carrier as string })} />
          <Input disabled={disabled} placeholder={t('inventory.locations.service')} aria-label={t('inventory.locations.service')} value={row.service ?? ''} onChange={(event) => put(i, { service: event.target.value || (undefined as never) })} />
          <Button type="text" disabled={disabled} aria-label={t('common.remove')} icon={<DeleteOutlined aria-hidden />} onClick={() => onChange?.(value.length > 1 ? value.filter((_, n) => n !== i) : null)} />
        </div>
      ))}
      <div className="row wrap">
        <Button disabled={disabled} icon={<PlusOutlined aria-hidden />} onClick={() => onChange?.([...value, { time: '14:00' }])}>
          {t('common.add')}
        </Button>
        <button type="button" className="tap" disabled={disabled} onClick={() => onChange?.(value[0]?.time ?? null)}>
          {t('inventory.locations.cut_off_same')}
        </button>
      </div>
    </div>
  );
}
