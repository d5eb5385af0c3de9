import { expect, test } from 'vitest';
import { families, grants, scopeOf } from './api';

const known = ['order.read', 'order.create', 'stock.read'].map((name) => ({ name }));

test('a scope grants by name, by family, or everything', () => {
  expect(grants('*', 'order.read')).toBe(true);
  expect(grants('stock.read order.*', 'order.create')).toBe(true);
  expect(grants('stock.read', 'stock.adjust')).toBe(false);
  expect(grants('order.*', 'ordering.read')).toBe(false);
});

test('a scope is written as short as it can be, never wider than what was ticked', () => {
  expect(scopeOf(['order.read', 'order.create'], known)).toBe('order.*');
  expect(scopeOf(['order.read', 'stock.read'], known)).toBe('order.read stock.read');
  expect(scopeOf(['order.read', 'order.create', 'stock.read'], known)).toBe('*');
  expect(scopeOf([], known)).toBe('');
});

test('families keep the order of the server', () => {
  expect(families(known).map(([family]) => family)).toEqual(['order', 'stock']);
});
