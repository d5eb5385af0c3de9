import { expect, test } from 'vitest';
import { holdReason, type Translate } from './reason';

/** Says the key and what fills it. */
const t: Translate = (key, values) => [key.replace('review.why.', ''), ...Object.values(values ?? {})].join(' ');

test('what a rule saw is told by its figures', () => {
  expect(holdReason({ type: 'total_mismatch', reason: 'x', evidence: { rule: 'mine', total: 11520, expected_total: 11500, currency: 'USD' } }, t)).toBe('total_mismatch $115.20 $115.00');
  expect(holdReason({ type: 'payment_mismatch', evidence: { rule: 'r', total: 4480, due: 4480, authorized: 1000, paid: 0, currency: 'USD', payment_terms: 'prepaid' } }, t)).toBe(
    'underpaid $10.00 $44.80 enum.payment_terms.prepaid prepaid',
  );
  expect(holdReason({ type: 'payment_mismatch', evidence: { rule: 'r', total: 4480, due: -20, currency: 'USD' } }, t)).toBe('overpaid $0.20');
});

test('many lines are named by three and their number', () => {
  const lines = [1, 2, 3, 4, 5].map((n) => ({ sku: `S${n}`, missing: n }));
  expect(holdReason({ type: 'stock_short', evidence: { rule: 'r', lines } }, t)).toBe('stock_short units 1 S1, units 2 S2, units 3 S3, and more 2');
});

test('words of people stay as they are, also under a type that a rule has', () => {
  expect(holdReason({ type: 'manual', reason: 'call her first', evidence: {} }, t)).toBe('call her first');
  expect(holdReason({ type: 'stock_short', reason: 'we keep these', evidence: undefined }, t)).toBe('we keep these');
});
