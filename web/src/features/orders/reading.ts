// What the figures of an order mean to people. Pure.
import type { Blocker, OrderRow } from './api';

export type PromiseKind = 'none' | 'late' | 'today' | 'on_time' | 'arriving' | 'overdue' | 'done';
interface PromiseReading {
  kind: PromiseKind;
  /** In which the day of `when` is meant, where it is known. */
  zone?: string;
  /** The instant that the words are about. */
  when?: string;
}

type Promised = Pick<OrderRow, 'promise' | 'shipped_at' | 'closed_at' | 'state' | 'fulfillment_status'>;

/** The zone in which the day of an instant of the promise is meant: of the place it leaves, or where it arrives. */
export function promiseZone(promise: { parts?: unknown } | undefined, at: string | undefined): string | undefined {
  const parts = (promise?.parts ?? []) as { to?: string; zone?: string }[];
  return (parts.find(({ to }) => to === at) ?? parts.at(-1))?.zone;
}

/** late, due today, on time; what has left is on its way or should be there. `sameDay` knows the reader's zone. */
export function readPromise(order: Promised, now: number, sameDay: (a: number, b: number) => boolean): PromiseReading {
  const { ship_by, deliver_by } = order.promise ?? {};
  const at = (kind: PromiseKind, when: string): PromiseReading => {
    const zone = promiseZone(order.promise, when);
    return { kind, when, ...(zone ? { zone } : {}) };
  };
  if (order.state === 'cancelled' || order.state === 'expired' || order.state === 'draft') return { kind: 'none' };
  if (order.fulfillment_status === 'delivered' || order.closed_at) return { kind: 'done' };
  if (order.shipped_at) {
    if (!deliver_by) return { kind: 'none' };
    return at(Date.parse(deliver_by) < now ? 'overdue' : 'arriving', deliver_by);
  }
  if (!ship_by) return { kind: 'none' };
  const by = Date.parse(ship_by);
  if (by < now) return at('late', ship_by);
  return at(sameDay(by, now) ? 'today' : 'on_time', ship_by);
}

const firsts = ['place', 'release_hold', 'approve', 'pick', 'pack', 'ship', 'hand_over'];

/** The one thing to do first of those that may be done; what only waits has none. */
export function firstAction(order: Pick<OrderRow, 'next_actions' | 'payment_terms' | 'totals' | 'fulfillment_status'>): string | undefined {
  const may = order.next_actions ?? [];
  const found = firsts.find((action) => may.includes(action));
  if (found && found !== 'pick') return found;
  if (may.includes('pay') && order.payment_terms === 'prepaid') return 'pay';
  if (may.includes('source') && order.fulfillment_status === 'unallocated') return 'source';
  if (found) return found;
  if (may.includes('capture')) return 'capture';
  return may.includes('pay') ? 'pay' : undefined;
}

/** Which permission an action needs. The server asks again. */
export const needs: Record<string, string> = {
  place: 'order.create',
  release_hold: 'hold.release',
  approve: 'hold.release',
  reject: 'hold.release',
  pay: 'payment.write',
  capture: 'payment.write',
  refund: 'payment.refund',
  pick: 'fulfillment.work',
  pack: 'fulfillment.work',
  ship: 'fulfillment.work',
  hand_over: 'fulfillment.work',
  source: 'order.edit',
  hold: 'hold.create',
  cancel: 'order.cancel',
};

export const places = ['unallocated', 'backordered', 'allocated', 'released', 'picked', 'packed', 'shipped', 'delivered', 'returned', 'cancelled'] as const;
export type Place = (typeof places)[number];

/** Where the units of a line are; the parts add up to its quantity. Delivered units are among those shipped, returned ones among those delivered. */
export function readCounters(counters: Record<string, number>, quantity: number): { place: Place; units: number; share: number }[] {
  const { shipped = 0, delivered = 0, returned = 0 } = counters;
  const units: Record<string, number> = { ...counters, shipped: shipped - delivered, delivered: delivered - returned };
  return places.map((place) => ({ place, units: units[place] ?? 0, share: quantity ? (units[place] ?? 0) / quantity : 0 })).filter((one) => one.units > 0);
}

export const columns = ['waiting', 'allocated', 'released', 'shipped', 'delivered'] as const;
export type BoardColumn = (typeof columns)[number];
const columnOf: Record<string, BoardColumn> = {
  unallocated: 'waiting',
  backordered: 'waiting',
  partially_allocated: 'waiting',
  allocated: 'allocated',
  released: 'released',
  ready_for_pickup: 'released',
  partially_shipped: 'released',
  shipped: 'shipped',
  partially_delivered: 'shipped',
  delivered: 'delivered',
};
export const boardColumn = (status: string | undefined): BoardColumn | undefined => columnOf[status ?? ''];

/** States whose orders have goods to move; drafts are no orders yet, what expired or was cancelled is none any more. */
const onBoard = ['placed', 'open', 'closed'] as const;
const within = (asked: string | undefined, all: readonly string[]) => (asked ? all.filter((one) => asked.split(',').includes(one)) : all);

/** What a column asks the server for, of what the list is narrowed to; undefined: nothing of that can stand in it. */
export function columnQuery(column: BoardColumn, { sort, ...query }: Readonly<Record<string, string>>): Record<string, string> | undefined {
  const states = within(query.state, onBoard);
  const places = within(query.fulfillment_status, Object.keys(columnOf).filter((status) => columnOf[status] === column));
  if (!states.length || !places.length) return undefined;
  const left = column === 'shipped' || column === 'delivered';
  // What waits longest is seen first; of what has left the newest.
  return { ...query, state: states.join(','), fulfillment_status: places.join(','), sort: sort ?? (left ? '-created_at' : 'created_at') };
}

export interface Move {
  to: BoardColumn;
  action: 'source' | 'pick' | 'pack' | 'ship' | 'hand_over';
}
/** Where a card may go: only by what the server lists as next. Packing stays in its column. */
export function movesOf(order: Pick<OrderRow, 'next_actions' | 'fulfillment_status'>): Move[] {
  const at = boardColumn(order.fulfillment_status);
  const may = new Set(order.next_actions ?? []);
  const all: Move[] = [
    { to: 'allocated', action: 'source' },
    { to: 'released', action: 'pick' },
    { to: 'released', action: 'pack' },
    { to: 'shipped', action: 'ship' },
    { to: 'delivered', action: 'hand_over' },
  ];
  return all.filter(({ to, action }) => may.has(action) && (action !== 'source' || (at === 'waiting' && to === 'allocated')));
}

/** States of fulfillments that an action of the board is for. */
export const workStates: Record<string, readonly string[]> = {
  pick: ['open', 'picking'],
  pack: ['picked'],
  ship: ['packed'],
  hand_over: ['ready_for_pickup'],
};

/** Units of a line that may still be cancelled. */
export function cancellable(counters: Record<string, number>): number {
  return ['unallocated', 'backordered', 'allocated', 'released', 'picked', 'packed'].reduce((all, place) => all + (counters[place] ?? 0), 0);
}

/** Numbers that were pasted from a mail or a sheet. */
export function readNumbers(text: string): string[] {
  const found = text.split(/[\s,;，；、]+/).map((one) => one.trim().replace(/^[#"'“”]+|["'“”.]+$/g, '')).filter(Boolean);
  return [...new Set(found)];
}

/** Blockers that say the same are told once, with their units added. */
export function mergeBlockers(all: readonly Blocker[]): (Blocker & { lines: number })[] {
  const merged: (Blocker & { lines: number })[] = [];
  for (const one of all) {
    const same = one.sku ? merged.find((other) => other.code === one.code && other.sku) : undefined;
    if (same) {
      same.lines += 1;
      same.quantity = (same.quantity ?? 0) + (one.quantity ?? 0);
      if (same.sku !== one.sku) same.sku = `${same.sku}, ${one.sku}`;
    } else merged.push({ ...one, lines: 1 });
  }
  return merged;
}
