import { expect, test } from 'vitest';
import { isHidden, readData, subjectLink } from './api';

test('changes are told apart from the other facts of an event', () => {
  const { changes, facts } = readData({ changes: [{ pointer: '/price', before: 1, after: 2 }], sku: 'TEE' });
  expect(changes).toEqual([{ pointer: '/price', before: 1, after: 2 }]);
  expect(facts).toEqual([['sku', 'TEE']]);
  expect(readData(null)).toEqual({ changes: [], facts: [] });
});

test('records that have a page are linked', () => {
  expect(subjectLink('order', 'ord_1')).toBe('/orders/ord_1');
  expect(subjectLink('bulk', 'x')).toBeUndefined();
});

test('personal values take their places where they came along, and are told from what is empty', () => {
  const data = { changes: [{ pointer: '/login', before: null, after: null }, { pointer: '/language', before: null, after: 'en' }, { pointer: '/version', before: 1, after: 2 }] };
  expect(readData(data).changes.map(isHidden)).toEqual([true, false]);
  const { changes } = readData(data, { changes: [{ pointer: '/login', before: null, after: 'ann' }] });
  expect(changes).toEqual([{ pointer: '/login', before: null, after: 'ann' }, { pointer: '/language', before: null, after: 'en' }]);
});
