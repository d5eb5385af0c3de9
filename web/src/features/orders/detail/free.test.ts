import { describe, expect, it } from 'vitest';
import { freeAt, SKUS_AT_ONCE } from './free';

describe('what is free at a place', () => {
  it('is one question for all lines, not one each; lots of a product add up', async () => {
    const asked: unknown[] = [];
    const free = await freeAt('NJ', ['A', 'B', 'A'], undefined, async (query) => {
      asked.push(query);
      const row = (sku: string, available: number) => ({ sku, location: 'NJ', available });
      return query.cursor ? { data: [row('B', 1)], next_cursor: null } : { data: [row('A', 2), row('A', 3), row('B', 4)], next_cursor: 'on' };
    });
    expect([...free]).toEqual([['A', 5], ['B', 5]]);
    expect(asked).toEqual([
      { sku: 'A,B', location: 'NJ', limit: 200, cursor: undefined },
      { sku: 'A,B', location: 'NJ', limit: 200, cursor: 'on' },
    ]);
  });
  it('names no more at once than the server takes', async () => {
    const asked: number[] = [];
    const skus = Array.from({ length: SKUS_AT_ONCE + 1 }, (_, i) => `P-${i}`);
    await freeAt('NJ', skus, undefined, async ({ sku }) => (asked.push(String(sku).split(',').length), { data: [], next_cursor: null }));
    expect(asked).toEqual([SKUS_AT_ONCE, 1]);
  });
});
