import { expect, test } from 'vitest';
import { difference, same } from './difference';

test('nothing typed and nothing there are the same', () => {
  expect(same(undefined, '')).toBe(true);
  expect(same([], undefined)).toBe(true);
  expect(same({ country: 'CN', city: '' }, { city: undefined, country: 'CN' })).toBe(true);
  expect(same(0, null)).toBe(false);
  expect(same(false, null)).toBe(false);
});

test('only what differs is sent, and what was emptied as null', () => {
  const before = { name: 'Desk', gtin: '4006381333931', tags: ['a'], price: 5, active: true };
  const now = { name: 'Desk', gtin: '', tags: [], price: 7, active: true };
  expect(difference(before, now, ['name', 'gtin', 'tags', 'price', 'active'])).toEqual({ gtin: null, tags: [], price: 7 });
});

test('a field that is not named is never sent', () => {
  expect(difference({ a: 1, b: 1 }, { a: 2, b: 2 }, ['a'])).toEqual({ a: 2 });
});
