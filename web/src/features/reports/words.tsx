// Figures, keys and changes of reports in words.
import { calendarDate, calendarDay, calendarMonth, duration, integer, money, moneyShort, percent, quantity, short } from '../../shared/format';
import { language, useTranslation } from '../../shared/i18n';
import { useMasters } from '../../shared/desk';
import { isGood, type Measure, type Row } from './reading';

const rounded = (value: number, places: number) => Math.round(value * 10 ** places) / 10 ** places;

export function useWords() {
  const { t } = useTranslation();
  const channels = useMasters('channels');
  const locations = useMasters('locations');
  const nameOf = (all: typeof channels, code: string) => all.data?.find((one) => one.code === code)?.name ?? code;
  const figure = (measure: Measure, value: number | null | undefined, currency: string): string => {
    if (value === null || value === undefined) return '–';
    switch (measure.unit) {
      case 'money':
        return money(value, currency);
      case 'ratio':
        return measure.name === 'turns' ? t('reports.times', { n: quantity(rounded(value, 2)) }) : percent(value);
      case 'seconds':
        return duration(value * 1000);
      case 'days':
        return t('reports.days', { n: quantity(rounded(value, 1)) });
      case 'count':
        return integer(value);
      case 'quantity':
        return quantity(value);
    }
  };
  const brief = (measure: Measure, value: number, currency: string): string => {
    if (measure.unit === 'money') return moneyShort(value, currency);
    if (measure.unit === 'count' || measure.unit === 'quantity') return short(value);
    return figure(measure, value, currency);
  };
  const name = (measure: Measure | string) => t(`reports.measure.${typeof measure === 'string' ? measure : measure.name}`, { defaultValue: typeof measure === 'string' ? measure : measure.name });
  const about = (by: string, row: Row, brief = false): string => {
    const key = row.key ?? '';
    if (by === 'day') return brief ? calendarDate(key) : calendarDay(key);
    if (by === 'week') return brief ? calendarDate(key) : t('reports.week_of', { day: calendarDate(key) });
    if (by === 'month') return calendarMonth(key);
    if (by === 'channel') return nameOf(channels, key);
    if (by === 'reason') return t(`enum.hold_type.${key}`, { defaultValue: key });
    if (by === 'segment') return t(`reports.segment.${key}`, { defaultValue: key });
    if (by === 'score') return t('reports.score', { recency: key[0], frequency: key[1] });
    if (row.label && typeof row.label === 'object') return row.label[language()] ?? row.label.en ?? key;
    return row.label ?? nameOf(locations, key);
  };
  return { figure, brief, name, about };
}

/** How a figure moved: an arrow, a share, and color where that is good or bad news. */
export function Change({ measure, change }: { measure: Measure; change: number | undefined }) {
  const { t } = useTranslation();
  if (change === undefined) return null;
  const good = isGood(measure.better, change);
  const tone = good === undefined ? '' : good ? ' change-good' : ' change-bad';
  const size = Math.abs(change) >= 10 ? t('reports.times', { n: integer(Math.abs(change) + (change > 0 ? 1 : 0)) }) : percent(Math.abs(change), Math.abs(change) < 0.1 ? 1 : 0);
  const words = change === 0 ? 'reports.change_same' : change > 0 ? 'reports.change_up' : 'reports.change_down';
  return (
    <span className={`change${tone}`}>
      {change === 0 ? t(words) : <span aria-hidden="true">{change > 0 ? '▲' : '▼'} {size}</span>}
      {change !== 0 && <span className="hidden">{t(words, { size })}</span>}
    </span>
  );
}
