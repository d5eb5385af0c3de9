import { describe, expect, it } from 'vitest';
import { hasSums, isSum, valueWord } from './words';

describe('sums in the audit log', () => {
  it('are told from counters of units', () => {
    expect(isSum('/totals/due')).toBe(true);
    expect(isSum('/payments/0/captured')).toBe(true);
    expect(isSum('amount')).toBe(true);
    expect(isSum('/price')).toBe(true);
    expect(isSum('/lines/0/counters/cancelled')).toBe(false);
    expect(isSum('/lines/0/quantity')).toBe(false);
  });
  it('are found wherever they stand, so that the currency is asked for then alone', () => {
    expect(hasSums({ reason: 'x', payment: { paid: 100 } })).toBe(true);
    expect(hasSums({ amount: 100 })).toBe(true);
    expect(hasSums([{ counters: { cancelled: 2 } }])).toBe(false);
    expect(hasSums({ amount: '100' })).toBe(false);
  });
  it('are money where the currency is known, and minor units where not', () => {
    const t = ((key: string) => key) as never;
    expect(valueWord(t, 123450, { pointer: '/totals/due', currency: 'USD' })).toContain('1,234.50');
    expect(valueWord(t, 123450, { pointer: '/totals/due' })).toBe('123450');
    expect(valueWord(t, 2, { pointer: '/lines/0/counters/cancelled', currency: 'USD' })).toBe('2');
  });
});
