import { describe, expect, test } from 'vitest';
import { askOf, cellOf, extremes, isGood, linkOf, presetOf, rangeOf, type Info, type Row } from './reading';

const info: Info = { name: 'orders', chart: 'line', default_by: 'day', by: ['day', 'week', 'month', 'channel'], filters: ['channel', 'currency'], by_currency: true, measures: [] };
const row = (key: string, value: number | null): Row => ({ key, currency: 'USD', values: [{ measure: 'orders', value }] });

describe('what is asked', () => {
  test('days are compared with those before, unless the address says otherwise', () => {
    expect(askOf(info, {})).toEqual({ by: 'day', compare: 'previous' });
    expect(askOf(info, { compare: 'none' })).toEqual({ by: 'day' });
    expect(askOf(info, { compare: 'year' }).compare).toBe('year');
  });
  test('what a report does not know is not asked of it', () => {
    expect(askOf(info, { by: 'score', location: 'NJ', channel: 'web' })).toEqual({ by: 'day', compare: 'previous', channel: 'web' });
    expect(askOf({ ...info, by: ['score'], default_by: 'score' }, { from: '2026-01-01' })).toEqual({ by: 'score' });
  });
  test('a cell keeps the question and leaves the comparison', () => {
    expect(cellOf({ by: 'day', compare: 'year', from: 'a' }, '2026-11-01', 'revenue')).toEqual({ by: 'day', from: 'a', key: '2026-11-01', measure: 'revenue' });
    expect(cellOf({ by: 'day' }, '*', 'orders').key).toBeUndefined();
  });
  test('a link to a file has the same parameters', () => {
    expect(linkOf('/v1/reports/orders', { by: 'day', from: '2026-01-01', to: undefined }, 'xlsx')).toBe('/v1/reports/orders?by=day&from=2026-01-01&format=xlsx');
  });
});

describe('ranges', () => {
  test('both ends count', () => expect(rangeOf('7d', '2026-11-23')).toEqual({ from: '2026-11-17', to: '2026-11-23' }));
  test('the month before January is December', () => expect(rangeOf('last_month', '2026-01-15')).toEqual({ from: '2025-12-01', to: '2025-12-31' }));
  test('February ends when it does', () => expect(rangeOf('last_month', '2028-03-31')).toEqual({ from: '2028-02-01', to: '2028-02-29' }));
  test('a range is called by its name', () => {
    expect(presetOf(undefined, undefined, '2026-11-23')).toBe('30d');
    expect(presetOf('2026-11-01', '2026-11-23', '2026-11-23')).toBe('month');
    expect(presetOf('2026-11-02', '2026-11-23', '2026-11-23')).toBeUndefined();
  });
});

test('what has no value is neither highest nor lowest', () => {
  expect(extremes([row('a', null), row('b', 2)], 'orders')).toBeUndefined();
  const found = extremes([row('a', 5), row('b', null), row('c', -2)], 'orders');
  expect([found?.best.key, found?.worst.key]).toEqual(['a', 'c']);
});
test('more refunds are no good news', () => {
  expect([isGood('down', 0.5), isGood('up', 0.5), isGood('none', 1), isGood('up', 0)]).toEqual([false, true, undefined, undefined]);
});
