import { useEffect, useState } from 'react';
import { date, dateTime, day, duration, time } from '../../shared/format';
import { useTranslation } from '../../shared/i18n';
import { StatusTag } from '../../shared/ui';
import type { Fulfillment } from './api';
import { dueOf } from './due';

const sameDay = (a: number, b: number) => date(a) === date(b);

/** The time, moving on while it is looked at. */
export function useNow(everyMs = 30_000): number {
  const [now, set] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => set(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

export function DueTag({ row }: { row: Pick<Fulfillment, 'state' | 'ship_by' | 'shipped_at'> }) {
  const { t } = useTranslation();
  const now = useNow();
  const due = dueOf(row, now, sameDay);
  switch (due.kind) {
    case 'gone':
      return <span className="muted">{row.shipped_at ? t('fulfillment.due.gone', { at: dateTime(row.shipped_at) }) : day(row.ship_by)}</span>;
    case 'late':
      return <StatusTag tone="bad">{t('fulfillment.due.late', { span: duration(due.left) })}</StatusTag>;
    case 'soon':
      return <StatusTag tone="warn">{t('fulfillment.due.soon', { span: duration(due.left) })}</StatusTag>;
    case 'today':
      return <StatusTag tone="info">{t('fulfillment.due.today', { at: time(row.ship_by) })}</StatusTag>;
    default:
      return <span>{dateTime(row.ship_by)}</span>;
  }
}

/** Countdown to the location's cut-off of today for its carrier. */
export function CutOff({ row }: { row: Pick<Fulfillment, 'cut_off_at'> }) {
  const { t } = useTranslation();
  const now = useNow();
  if (!row.cut_off_at) return null;
  const left = new Date(row.cut_off_at).getTime() - now;
  if (left <= 0) return <span className="muted">{t('fulfillment.cut_off.over', { at: time(row.cut_off_at) })}</span>;
  return <span className={left < 3_600_000 ? 'cut-off soon' : 'cut-off'}>{t('fulfillment.cut_off.in', { span: duration(left) })}</span>;
}
