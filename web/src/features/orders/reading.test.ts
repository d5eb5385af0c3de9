import { describe, expect, it } from 'vitest';
import { boardColumn, columnQuery, firstAction, mergeBlockers, movesOf, readCounters, readNumbers, readPromise } from './reading';

const now = Date.parse('2026-11-23T12:00:00Z');
const sameDay = (a: number, b: number) => new Date(a).toISOString().slice(0, 10) === new Date(b).toISOString().slice(0, 10);
const order = (rest: object) => ({ state: 'open', fulfillment_status: 'allocated', promise: { ship_by: '2026-11-23T18:00:00Z', deliver_by: '2026-11-25T18:00:00Z' }, ...rest }) as never;

describe('promise', () => {
  it('is due today until the instant, late after it', () => {
    expect(readPromise(order({}), now, sameDay).kind).toBe('today');
    expect(readPromise(order({ promise: { ship_by: '2026-11-23T11:59:59Z' } }), now, sameDay).kind).toBe('late');
    expect(readPromise(order({ promise: { ship_by: '2026-11-24T11:59:59Z' } }), now, sameDay).kind).toBe('on_time');
  });
  it('speaks of the arrival once the goods have left', () => {
    expect(readPromise(order({ shipped_at: '2026-11-22T00:00:00Z' }), now, sameDay)).toEqual({ kind: 'arriving', when: '2026-11-25T18:00:00Z' });
    expect(readPromise(order({ shipped_at: 'x', promise: { deliver_by: '2026-11-20T00:00:00Z' } }), now, sameDay).kind).toBe('overdue');
  });
  it('knows in which zone its day is meant: of the place it leaves, or where it arrives', () => {
    const parts = [{ to: '2026-11-23T18:00:00Z', zone: 'Asia/Shanghai' }, { to: '2026-11-25T18:00:00Z', zone: 'America/New_York' }];
    const promise = { ship_by: '2026-11-23T18:00:00Z', deliver_by: '2026-11-25T18:00:00Z', parts };
    expect(readPromise(order({ promise }), now, sameDay).zone).toBe('Asia/Shanghai');
    expect(readPromise(order({ promise, shipped_at: '2026-11-22T00:00:00Z' }), now, sameDay).zone).toBe('America/New_York');
  });
  it('promises nothing of what is cancelled or a draft', () => {
    expect(readPromise(order({ state: 'cancelled' }), now, sameDay).kind).toBe('none');
    expect(readPromise(order({ state: 'draft' }), now, sameDay).kind).toBe('none');
    expect(readPromise(order({ fulfillment_status: 'delivered' }), now, sameDay).kind).toBe('done');
  });
});

describe('first action', () => {
  const first = (next_actions: string[], payment_terms = 'prepaid', fulfillment_status = 'allocated') =>
    firstAction({ next_actions, payment_terms, fulfillment_status } as never);
  it('is the hold before the work, the money of a prepaid order before picking', () => {
    expect(first(['release_hold', 'approve', 'pay', 'pick', 'cancel'])).toBe('release_hold');
    expect(first(['pay', 'pick', 'source', 'hold', 'cancel'])).toBe('pay');
    expect(first(['pay', 'pick'], 'account')).toBe('pick');
    expect(first(['source', 'hold', 'cancel'], 'account', 'unallocated')).toBe('source');
  });
  it('is nothing where only waiting helps', () => expect(first(['hold', 'cancel', 'refund'], 'prepaid', 'shipped')).toBeUndefined());
});

describe('counters', () => {
  it('add up to the quantity', () => {
    const parts = readCounters({ shipped: 2, packed: 1, cancelled: 1, delivered: 0 }, 4);
    expect(parts.map(({ place, units }) => [place, units])).toEqual([['packed', 1], ['shipped', 2], ['cancelled', 1]]);
    expect(parts.reduce((all, { share }) => all + share, 0)).toBeCloseTo(1);
    const later = readCounters({ shipped: 4, delivered: 3, returned: 1 }, 4);
    expect(later.map(({ place, units }) => [place, units])).toEqual([['shipped', 1], ['delivered', 2], ['returned', 1]]);
  });
});

describe('board', () => {
  it('moves only where the server allows it', () => {
    expect(movesOf({ next_actions: ['ship', 'hold'], fulfillment_status: 'released' } as never)).toEqual([{ to: 'shipped', action: 'ship' }]);
    expect(movesOf({ next_actions: ['pick', 'source'], fulfillment_status: 'allocated' } as never)).toEqual([{ to: 'released', action: 'pick' }]);
    expect(movesOf({ next_actions: [], fulfillment_status: 'delivered' } as never)).toEqual([]);
    expect(boardColumn('cancelled')).toBeUndefined();
  });
});

it('numbers are read from whatever was pasted', () => {
  expect(readNumbers('SO-1, "SO-2"\nSO-3；#SO-1')).toEqual(['SO-1', 'SO-2', 'SO-3']);
});

it('lines that wait for the same reason are told once', () => {
  const merged = mergeBlockers([{ code: 'backordered', sku: 'A', quantity: 1 }, { code: 'backordered', sku: 'B', quantity: 2 }, { code: 'hold' }]);
  expect(merged).toHaveLength(2);
  expect(merged[0]).toMatchObject({ quantity: 3, sku: 'A, B', lines: 2 });
});

describe('a column of the board', () => {
  it('asks for its own states of goods, without drafts, what waits longest first', () => {
    expect(columnQuery('waiting', {})).toEqual({ state: 'placed,open,closed', fulfillment_status: 'unallocated,backordered,partially_allocated', sort: 'created_at' });
    expect(columnQuery('shipped', { channel: 'web' })).toMatchObject({ channel: 'web', sort: '-created_at' });
    expect(columnQuery('allocated', { sort: '-total' })?.sort).toBe('-total');
  });
  it('is within what the list is narrowed to', () => {
    expect(columnQuery('waiting', { state: 'open,draft', fulfillment_status: 'backordered,allocated' })).toMatchObject({ state: 'open', fulfillment_status: 'backordered' });
    expect(columnQuery('shipped', { fulfillment_status: 'allocated' })).toBeUndefined();
    expect(columnQuery('waiting', { state: 'draft' })).toBeUndefined();
  });
});
