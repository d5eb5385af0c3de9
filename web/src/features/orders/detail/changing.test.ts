import { expect, test } from 'vitest';
import { changeBody, clashes, rebase, type Edited } from './changing';

const was: Edited = {
  lines: [
    { key: '1', line: 1, sku: 'CUP', name: 'Cup', quantity: 2, unit_price: 1000 },
    { key: '2', line: 2, sku: 'TEE', name: 'Tee', quantity: 1, unit_price: 1990 },
  ],
  price_reason: '',
  address: undefined,
  method: 'standard',
  from: undefined,
  to: undefined,
  reason: '',
  refund: false,
};
const quantity = (edited: Edited, line: number, n: number): Edited => ({ ...edited, lines: edited.lines.map((one) => (one.line === line ? { ...one, quantity: n } : one)) });

test('only what differs is asked for', () => {
  expect(changeBody(was, was)).toBeUndefined();
  expect(changeBody(was, { ...was, reason: 'so' })).toBeUndefined();
  expect(changeBody(was, quantity(was, 1, 3))).toEqual({ lines: [{ line: 1, quantity: 3 }] });
  expect(changeBody(was, { ...was, method: 'express', reason: ' she called ' })).toEqual({ shipping_method: 'express', reason: 'she called' });
  expect(changeBody(was, { ...was, lines: [...was.lines, { key: 'a', sku: 'HAT', name: 'Hat', quantity: 1 }] })).toEqual({ lines: [{ sku: 'HAT', quantity: 1 }] });
});

test('a clash is what both have changed to different things', () => {
  const theirs = quantity({ ...was, method: 'express' }, 1, 5);
  expect(clashes(was, theirs, quantity(was, 2, 4))).toEqual([]);
  expect(clashes(was, theirs, quantity(was, 1, 5))).toEqual([]);
  expect(clashes(was, theirs, quantity(was, 1, 3))).toEqual([{ field: 'quantity', name: 'Cup', theirs: 5, mine: 3 }]);
});

test('what was typed is laid over what others have left', () => {
  const theirs = quantity({ ...was, method: 'express' }, 1, 5);
  const mine = quantity(quantity(was, 1, 3), 2, 4);
  expect(rebase(was, theirs, mine, true).lines.map((line) => line.quantity)).toEqual([3, 4]);
  expect(rebase(was, theirs, mine, false).lines.map((line) => line.quantity)).toEqual([5, 4]);
  expect(rebase(was, theirs, mine, true).method).toBe('express');
});
