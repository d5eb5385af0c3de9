// What is typed into a count sheet, and what it comes to. Pure.
import type { Preview, Stock } from '../api';

export type Mode = 'counted' | 'delta';

/** Lines that one document may have. */
export const LINES_MAX = 500;

/** A quantity as it was typed: at most six decimals; undefined = none. */
export function parseCount(text: string, mode: Mode): number | undefined {
  const clean = text.trim().replace(/[\s,，]/g, '').replace('−', '-');
  if (!/^[+-]?\d+(\.\d{1,6})?$/.test(clean)) return undefined;
  const value = Number(clean);
  return mode === 'counted' && value < 0 ? undefined : value;
}

export interface Typed {
  row: Stock;
  text: string;
  value: number | undefined;
  /** What changes on hand. */
  difference: number;
}

const round = (value: number) => Math.round(value * 1e6) / 1e6;

/** The rows that something was typed for, in the order of the sheet. A difference of 0 changes nothing and is left out. */
export function typedOf(rows: readonly Stock[], texts: Readonly<Record<string, string>>, mode: Mode): Typed[] {
  return rows.flatMap((row) => {
    const text = texts[row.id]?.trim();
    if (!text) return [];
    const value = parseCount(text, mode);
    if (mode === 'delta' && value === 0) return [];
    return [{ row, text, value, difference: value === undefined ? 0 : round(mode === 'counted' ? value - row.on_hand : value) }];
  });
}

/** The document that is tried out and booked. */
export function documentOf(location: string, reason: string, typed: readonly Typed[], mode: Mode) {
  return {
    location,
    ...(reason.trim() ? { reason: reason.trim() } : {}),
    lines: typed.map(({ row, value }) => ({
      sku: row.sku,
      ...(row.lot ? { lot: row.lot } : {}),
      ...(row.owner ? { owner: row.owner } : {}),
      condition: row.condition,
      [mode]: value,
    })),
  };
}

/** Cells copied from a sheet, put into the rows from `at` on: the last column of each line counts. */
export function pasted(text: string): string[] {
  return text
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
    .map((line) => line.split('\t').at(-1)?.trim() ?? '');
}

export interface Sums {
  lines: number;
  more: number;
  less: number;
  same: number;
  displaced: number;
}
export function sumsOf(lines: Preview['lines']): Sums {
  const sums: Sums = { lines: lines.length, more: 0, less: 0, same: 0, displaced: 0 };
  for (const { delta, displaced } of lines) {
    if (delta > 0) sums.more = round(sums.more + delta);
    else if (delta < 0) sums.less = round(sums.less - delta);
    else sums.same++;
    sums.displaced = round(sums.displaced + displaced);
  }
  return sums;
}
