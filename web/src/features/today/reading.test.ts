import { expect, it } from 'vitest';
import { readFlow, target, ticks } from './reading';

const hour = (n: number, placed: number, shipped: number) => ({ from: `2026-11-23T0${n}:00:00Z`, to: '', placed, shipped, placed_query: '', shipped_query: '' });

it('the flow adds up, and names its busiest hour', () => {
  const flow = readFlow([hour(1, 2, 0), hour(2, 5, 1), hour(3, 5, 4)]);
  expect(flow).toMatchObject({ placed: 12, shipped: 5 });
  expect(flow.busiest?.from).toContain('T02');
  expect(readFlow([hour(1, 0, 0)]).busiest).toBeUndefined();
});
it('a number leads to the list with the same filter', () => {
  expect(target('/v1/orders', 'placed_at[gte]=2026-11-23T00:00:00Z&currency=USD')).toEqual({ to: '/orders', search: { 'placed_at[gte]': '2026-11-23T00:00:00Z', currency: 'USD' } });
  expect(target('/v1/elsewhere', '')).toBeUndefined();
});
it('the axis has round steps that reach the top', () => {
  expect(ticks(0)).toEqual([0, 1]);
  expect(ticks(3)).toEqual([0, 1, 2, 3]);
  expect(ticks(47)).toEqual([0, 20, 40, 60]);
});
