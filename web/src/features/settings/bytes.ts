import { integer, quantity } from '../../shared/format';

const units = ['kB', 'MB', 'GB', 'TB'] as const;

/** 1048576 as "1 MB": powers of 1024, one decimal below ten. */
export function bytes(n: number): string {
  let at = -1;
  let value = n;
  while (value >= 1024 && at < units.length - 1) {
    value /= 1024;
    at++;
  }
  if (at < 0) return `${integer(n)} B`;
  return `${quantity(value < 10 ? Math.round(value * 10) / 10 : Math.round(value))} ${units[at]}`;
}
