import { expect, test } from 'vitest';
import { plain, readData, subjectLink } from './api';

test('changes are told apart from the other facts of an event', () => {
  const { changes, facts } = readData({ changes: [{ pointer: '/price', before: 1, after: 2 }], sku: 'TEE' });
  expect(changes).toEqual([{ pointer: '/price', before: 1, after: 2 }]);
  expect(facts).toEqual([['sku', 'TEE']]);
  expect(readData(null)).toEqual({ changes: [], facts: [] });
});

test('records that have a page are linked', () => {
  expect(subjectLink('order', 'ord_1')).toBe('/orders/ord_1');
  expect(subjectLink('setting', 'x')).toBeUndefined();
});

test('values of any kind are shown', () => {
  expect(plain(null)).toBe('—');
  expect(plain({ a: 1 })).toBe('{"a":1}');
  expect(plain(false)).toBe('false');
});
