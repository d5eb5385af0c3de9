import { expect, test } from 'vitest';
import type { Stock } from '../api';
import { documentOf, parseCount, pasted, sumsOf, typedOf } from './sheet';

const row = (id: string, on_hand: number, more: object = {}) => ({ id, sku: id.toUpperCase(), location: 'NJ', condition: 'good', on_hand, ...more }) as Stock;

test('what is no quantity is told from what is one', () => {
  expect(parseCount(' 1,200 ', 'counted')).toBe(1200);
  expect(parseCount('0.25', 'counted')).toBe(0.25);
  expect(parseCount('-3', 'counted')).toBeUndefined();
  expect(parseCount('-3', 'delta')).toBe(-3);
  expect(parseCount('−3', 'delta')).toBe(-3);
  for (const text of ['', 'x', '1.2.3', '0.1234567', '3-']) expect(parseCount(text, 'delta')).toBeUndefined();
});

test('a count that agrees is booked, a difference of nothing is not', () => {
  const rows = [row('a', 5), row('b', 0.3), row('c', 1)];
  expect(typedOf(rows, { a: '5', b: '0.1', c: ' ' }, 'counted').map(({ row, difference }) => [row.id, difference])).toEqual([
    ['a', 0],
    ['b', -0.2],
  ]);
  expect(typedOf(rows, { a: '0', b: '+2', c: 'two' }, 'delta').map(({ row, value }) => [row.id, value])).toEqual([
    ['b', 2],
    ['c', undefined],
  ]);
});

test('the document names each row as the stock does', () => {
  const rows = [row('a', 5, { lot: 'L1', owner: '' }), row('b', 1, { lot: '', owner: 'ACME', condition: 'damaged' })];
  expect(documentOf('NJ', ' count ', typedOf(rows, { a: '4', b: '2' }, 'counted'), 'counted')).toEqual({
    location: 'NJ',
    reason: 'count',
    lines: [
      { sku: 'A', lot: 'L1', condition: 'good', counted: 4 },
      { sku: 'B', owner: 'ACME', condition: 'damaged', counted: 2 },
    ],
  });
});

test('cells of a sheet fall into rows', () => {
  expect(pasted('TEE-S\t4\r\nTEE-M\t\r\nMUG\t12\r\n')).toEqual(['4', '', '12']);
});

test('sums of a trial', () => {
  const line = (delta: number, displaced = 0) => ({ sku: 'A', delta, on_hand: 0, displaced });
  expect(sumsOf([line(0.1), line(0.2), line(-3, 2), line(0)])).toEqual({ lines: 4, more: 0.3, less: 3, same: 1, displaced: 2 });
});
