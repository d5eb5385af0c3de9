import { expect, test } from 'vitest';
import { concerns, merged, restOf, someOf, touched } from './news';
import type { LiveEvent } from './pump';

const event = (subject_kind: string, subject: string, ref?: string): LiveEvent => ({ cursor: 1, topic: '', subject_kind, subject, at: '', ...(ref ? { ref } : {}) });
const row = (id: string, at: number, more = {}) => ({ id, created_at: `2026-11-${10 + at}`, ...more });
const pages = (...data: ReturnType<typeof row>[][]) => ({ pages: data.map((data, i, all) => ({ data, next_cursor: i < all.length - 1 ? 'c' : null })), pageParams: data.map(() => undefined) });
const look = ({ pages }: { pages: { data: { id?: unknown }[] }[] }) => pages.map(({ data }) => data.map(({ id }) => id).join('')).join('|');
const ids = (...all: string[]) => new Set(all);

test('an event touches what its kind is told of, by its subject and the part it is about', () => {
  const all = touched([event('order', 'ord_1', 'ful_1'), event('order', 'ord_2'), event('customer', 'cus_1')]);
  expect([...(all.get('orders') ?? [])]).toEqual(['ord_1', 'ful_1', 'ord_2']);
  expect([...(all.get('customers') ?? [])]).toEqual(['cus_1']);
  expect(all.has('bulk')).toBe(false);
});
test('a question about one record hears of that one only, by its id or by what it was answered', () => {
  expect(concerns(['orders', 'timeline', 'ord_1'], undefined, ids('ord_2'))).toBe(false);
  expect(concerns(['orders', 'timeline', 'ord_1'], undefined, ids('ord_1'))).toBe(true);
  expect(concerns(['orders', 'one', 'SO-1'], { id: 'ord_1' }, ids('ord_2'))).toBe(false);
  expect(concerns(['orders', 'one', 'SO-1'], { id: 'ord_1' }, ids('ord_1'))).toBe(true);
  expect(concerns(['holds', 'context', 'hld_1'], { order: { id: 'ord_1' } }, ids('ord_1'))).toBe(true);
  expect(concerns(['orders', 'list', '/v1/orders', {}], { pages: [] }, ids('ord_2'))).toBe(true);
});
test('counters rest five seconds, long lists longer than short ones', () => {
  expect(restOf(['today', 'web'], 0)).toBe(5000);
  expect(restOf(['orders', 'list'], 20)).toBe(10_000);
  expect(restOf(['orders', 'one', 'ord_1'], 0)).toBe(800);
});
test('some rows are asked for where the server can tell them and the list does not name its own', () => {
  expect(someOf(['orders', 'list', '/v1/orders', { state: 'open' }], ids('ord_1', 'ful_9'))).toEqual({ names: 'id', query: { state: 'open', number: 'ord_1' } });
  expect(someOf(['orders', 'list', '/v1/orders', { number: 'SO-1' }], ids('ord_1'))).toBeUndefined();
  expect(someOf(['stock', 'list', '/v1/stock', {}], ids('ord_1'))).toBeUndefined();
  expect(someOf(['orders', 'list', '/v1/orders', {}], new Set(Array.from({ length: 101 }, (_, i) => `ord_${i}`)))).toBeUndefined();
});
test('changed rows change in place, those that fit no more go', () => {
  const old = pages([row('c', 3), row('b', 2)], [row('a', 1)]);
  const now = merged(old, ids('b', 'a'), 'id', [row('b', 2, { state: 'closed' })], true);
  expect(look(now)).toBe('cb|');
  expect(now.pages[0]?.data[1]).toMatchObject({ state: 'closed' });
  expect(now.pages[0]?.data[0]).toBe(old.pages[0]?.data[0]);
});
test('new rows come where time puts them, also in a list of the oldest first; those of later pages wait', () => {
  expect(look(merged(pages([row('c', 3), row('a', 1)]), ids('d', 'b'), 'id', [row('d', 4), row('b', 2)], true))).toBe('dcba');
  expect(look(merged(pages([row('a', 1), row('c', 3)]), ids('d', 'b'), 'id', [row('d', 4), row('b', 2)], false))).toBe('abcd');
  const more = pages([row('c', 3)]);
  more.pages[0]!.next_cursor = 'on';
  expect(look(merged(more, ids('a'), 'id', [row('a', 1)], true))).toBe('c');
});
