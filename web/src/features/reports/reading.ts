// What a report answers, and what the screens make of it. Pure.
import { fileColumn } from '../../shared/desk/list/file';

export interface Measure {
  name: string;
  unit: 'count' | 'money' | 'quantity' | 'ratio' | 'seconds' | 'days';
  sum: string;
  better: 'up' | 'down' | 'none';
  by: string[];
  drill: boolean;
  /** Earlier times have it too; else it is known of now alone. */
  past: boolean;
}
export interface Info {
  name: string;
  chart: 'line' | 'bar' | 'table' | 'heat';
  default_by: string;
  by: string[];
  filters: string[];
  by_currency: boolean;
  measures: Measure[];
}
export interface Value {
  measure: string;
  value: number | null;
  previous?: number;
  change?: number;
}
export interface Row {
  key?: string;
  from?: string;
  to?: string;
  label?: string | Record<string, string>;
  currency: string;
  values: Value[];
}
export interface Answer {
  name: string;
  by: string;
  from: string;
  to: string;
  zone: string;
  compare?: string;
  previous_from?: string;
  previous_to?: string;
  as_of?: string;
  waiting: number;
  left_off: number;
  measures: string[];
  rows: Row[];
  totals: Row[];
}
export interface Item {
  kind: string;
  at?: string;
  order?: string;
  number?: string;
  fulfillment?: string;
  hold?: string;
  customer?: string;
  sku?: string;
  channel?: string;
  location?: string;
  currency?: string;
  reason?: string;
  amount?: number;
  quantity?: number;
  seconds?: number;
  orders?: number;
  segment?: string;
  on_hand?: number;
  available?: number;
}

const times = ['day', 'week', 'month'];
export const isTime = (by: string) => times.includes(by);
/** A report of now knows no days: no range, nothing before. */
export const ofDays = (info: Info) => info.by.includes('day');

export function valueOf(row: Row | undefined, measure: string): Value | undefined {
  return row?.values.find((one) => one.measure === measure);
}

export interface Ask {
  from?: string;
  to?: string;
  by?: string;
  compare?: string;
  currency?: string;
  channel?: string;
  location?: string;
  product?: string;
  reason?: string;
}
const filterNames = ['channel', 'location', 'currency', 'product', 'reason'] as const;

/** What the address asks of this report. Without a word on it, days are compared with those before. */
export function askOf(info: Info, query: Record<string, string>): Ask {
  const ask: Ask = {};
  const by = query.by && info.by.includes(query.by) ? query.by : info.default_by;
  ask.by = by;
  if (ofDays(info)) {
    if (query.from) ask.from = query.from;
    if (query.to) ask.to = query.to;
    const compare = query.compare ?? 'previous';
    if (compare !== 'none') ask.compare = compare;
  }
  for (const name of filterNames) if (query[name] && info.filters.includes(name)) ask[name] = query[name];
  return ask;
}

/** The address of the same figures as a file, or of what is behind one. */
export function linkOf(path: string, ask: Record<string, string | undefined>, format: 'csv' | 'xlsx', titles?: Record<string, string>): string {
  const parts = new URLSearchParams();
  for (const [name, value] of Object.entries(ask)) if (value) parts.append(name, value);
  parts.append('format', format === 'csv' ? 'csv_major' : format); // the same numbers in both: money as people write it
  if (titles) parts.append('columns', Object.entries(titles).map(([name, title]) => fileColumn(name, title)).join(';'));
  return `${path}?${parts.toString()}`;
}

/** What leads to the rows of one cell: the report's question and the cell's key. `*` is the total. */
export function cellOf(ask: Ask, key: string, measure: string): Record<string, string | undefined> {
  const { compare: _, ...rest } = ask;
  return { ...rest, key: key === '*' ? undefined : key, measure };
}

// ---- Ranges ----

const DAY = 86_400_000;
const iso = (ms: number) => new Date(ms).toISOString().slice(0, 10);
export const presets = ['7d', '30d', '90d', 'month', 'last_month', 'year'] as const;
export type Preset = (typeof presets)[number];

export function rangeOf(preset: Preset, today: string): { from: string; to: string } {
  const at = Date.parse(`${today}T00:00:00Z`);
  const [year = 1970, month = 1] = today.split('-').map(Number);
  switch (preset) {
    case '7d':
      return { from: iso(at - 6 * DAY), to: today };
    case '30d':
      return { from: iso(at - 29 * DAY), to: today };
    case '90d':
      return { from: iso(at - 89 * DAY), to: today };
    case 'month':
      return { from: `${today.slice(0, 7)}-01`, to: today };
    case 'last_month':
      return { from: iso(Date.UTC(year, month - 2, 1)), to: iso(Date.UTC(year, month - 1, 0)) };
    case 'year':
      return { from: `${year}-01-01`, to: today };
  }
}
export function presetOf(from: string | undefined, to: string | undefined, today: string): Preset | undefined {
  if (!from && !to) return '30d';
  return presets.find((one) => {
    const range = rangeOf(one, today);
    return range.from === from && range.to === (to ?? today);
  });
}
// ---- What a picture says ----

interface Extremes {
  best: Row;
  worst: Row;
}
/** The rows with the highest and the lowest value; undefined where fewer than two tell one. */
export function extremes(rows: readonly Row[], measure: string): Extremes | undefined {
  let best: Row | undefined;
  let worst: Row | undefined;
  let n = 0;
  for (const row of rows) {
    const value = valueOf(row, measure)?.value;
    if (value === null || value === undefined) continue;
    n++;
    if (!best || value > (valueOf(best, measure)?.value ?? 0)) best = row;
    if (!worst || value < (valueOf(worst, measure)?.value ?? 0)) worst = row;
  }
  return n > 1 && best && worst ? { best, worst } : undefined;
}

/** Whether a change is good news; undefined where it is neither. */
export function isGood(better: Measure['better'], change: number | undefined): boolean | undefined {
  if (!change || better === 'none') return undefined;
  return change > 0 === (better === 'up');
}

/** The line whose figures are shown where a report tells several currencies. */
export function mainTotal(totals: readonly Row[], currency: string): Row | undefined {
  return totals.find((row) => row.currency === currency) ?? totals[0];
}
