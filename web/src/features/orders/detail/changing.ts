// What is asked of an order that was placed, and what it would do: from what was typed to the body of a change set. Pure, but
// for the questions to the server.
import { useQuery } from '@tanstack/react-query';
import { readPath, sendPath } from '../../../shared/api/client';
import { TYPING_MS, useSettled } from '../desk/parts';
import type { Address, Order } from '../api';

export interface ChangeLine {
  line: number;
  sku: string;
  name?: string;
  added?: boolean;
  quantity_before: number;
  quantity_after: number;
  total_before: number;
  total_after: number;
  units?: { place: string; before: number; after: number }[];
}
interface Promised {
  ship_by?: string;
  deliver_by?: string;
}
export interface ChangePreview {
  money: { before: { total: number; cancelled: number }; after: { total: number; cancelled: number }; difference: number; collect: number; give_back: number };
  refunds?: { payment: string; provider?: string; amount: number }[];
  lines?: ChangeLine[];
  stock?: { sku: string; location: string; reserved: number; released: number }[];
  promise_before?: Promised;
  promise_after?: Promised;
  holds?: { type: string; reason?: string; released?: boolean }[];
  refusals?: { pointer: string; code: string; detail: string; sku?: string; asked?: number; available?: number }[];
}
export interface ChangeSet {
  id?: string;
  version: number;
  state: string;
  origin: string;
  reason?: string;
  currency: string;
  created_at: string;
  created_name?: string;
  decided_at?: string;
  decided_name?: string;
  expires_at?: string;
  preview?: ChangePreview;
  preview_hash: string;
}

/** One line as it is edited. `line` of those that are there, else a new one. */
export interface EditedLine {
  key: string;
  line?: number;
  sku: string;
  name: string;
  quantity: number;
  unit_price?: number | string | undefined;
}
export interface Edited {
  lines: EditedLine[];
  price_reason: string;
  address: Address | undefined;
  method: string;
  from: string | undefined;
  to: string | undefined;
  reason: string;
  refund: boolean;
}

/** What the customer is to get of a line. */
export const liveOf = (line: { quantity: number; counters: Record<string, number> }) => line.quantity - (line.counters.cancelled ?? 0);

export function editedOf(order: Order): Edited {
  return {
    lines: order.lines.map((line) => ({
      key: String(line.line),
      line: line.line,
      sku: line.sku,
      name: line.name ?? line.sku,
      quantity: liveOf({ quantity: line.quantity, counters: line.counters as Record<string, number> }),
      unit_price: line.unit_price,
    })),
    price_reason: '',
    address: order.shipping_address,
    method: order.shipping_method ?? '',
    from: order.requested_delivery?.from,
    to: order.requested_delivery?.to,
    reason: '',
    refund: false,
  };
}

const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/** The difference between what was typed and the order as it was when the typing began; undefined = there is none. */
export function changeBody(was: Edited, now: Edited): Record<string, unknown> | undefined {
  const lines = now.lines.flatMap((line): object[] => {
    if (line.line === undefined) return [{ sku: line.sku, quantity: line.quantity, ...(line.unit_price === undefined ? {} : { unit_price: line.unit_price, ...reason(now) }) }];
    const before = was.lines.find((one) => one.line === line.line);
    const change = {
      ...(before && before.quantity !== line.quantity ? { quantity: line.quantity } : {}),
      ...(before && String(before.unit_price) !== String(line.unit_price) && line.unit_price !== undefined ? { unit_price: line.unit_price, ...reason(now) } : {}),
    };
    return Object.keys(change).length ? [{ line: line.line, ...change }] : [];
  });
  const body = {
    ...(lines.length ? { lines } : {}),
    ...(now.address && !same(was.address, now.address) ? { shipping_address: now.address } : {}),
    ...(now.method && was.method !== now.method ? { shipping_method: now.method } : {}),
    ...(was.from !== now.from || was.to !== now.to ? { requested_delivery: { ...(now.from ? { from: now.from } : {}), ...(now.to ? { to: now.to } : {}) } } : {}),
  };
  if (!Object.keys(body).length) return undefined;
  return { ...body, ...(now.reason.trim() ? { reason: now.reason.trim() } : {}), ...(now.refund ? { refund: true } : {}) };
}
const reason = (edited: Edited) => (edited.price_reason.trim() ? { price_reason: edited.price_reason.trim() } : {});

/** What it would do, asked a moment after the last key. */
export function useChangePreview(order: { id: string; version?: number | undefined }, body: object | undefined) {
  const text = body ? JSON.stringify(body) : undefined;
  const asked = useSettled(text, TYPING_MS);
  const query = useQuery<ChangeSet>({
    queryKey: ['orders', 'change-preview', order.id, order.version, asked],
    enabled: Boolean(asked),
    retry: false,
    gcTime: 10_000,
    queryFn: ({ signal }) => sendPath<ChangeSet>('POST', `/v1/orders/${order.id}/changes`, { ...JSON.parse(asked as string), preview: true }, signal),
  });
  return { ...query, fresh: asked === text && query.isSuccess };
}

export function useChanges(id: string) {
  return useQuery({ queryKey: ['orders', 'changes', id], queryFn: ({ signal }) => readPath<{ data: ChangeSet[] }>(`/v1/orders/${encodeURIComponent(id)}/changes`, { limit: 20 }, signal) });
}
export const readChange = (id: string) => readPath<ChangeSet>(`/v1/changes/${id}`, {});

/** A field that somebody else has changed too, to something else. */
export interface Clash {
  /** `quantity`, `unit_price`, `address`, `method`, `window` */
  field: string;
  name?: string;
  theirs: unknown;
  mine: unknown;
}
const pick = (edited: Edited): Map<string, { field: string; name?: string; value: unknown }> => {
  const all = new Map<string, { field: string; name?: string; value: unknown }>();
  for (const line of edited.lines) {
    if (line.line === undefined) continue;
    all.set(`${line.line}.quantity`, { field: 'quantity', name: line.name, value: line.quantity });
    all.set(`${line.line}.unit_price`, { field: 'unit_price', name: line.name, value: line.unit_price });
  }
  all.set('address', { field: 'address', value: edited.address });
  all.set('method', { field: 'method', value: edited.method });
  all.set('window', { field: 'window', value: { from: edited.from, to: edited.to } });
  return all;
};

/** What both have changed to different things. */
export function clashes(was: Edited, theirs: Edited, mine: Edited): Clash[] {
  const [a, b, c] = [pick(was), pick(theirs), pick(mine)];
  return [...a].flatMap(([key, before]) => {
    const [their, my] = [b.get(key), c.get(key)];
    if (!their || !my || same(their.value, before.value) || same(my.value, before.value) || same(their.value, my.value)) return [];
    return [{ field: before.field, ...(before.name ? { name: before.name } : {}), theirs: their.value, mine: my.value }];
  });
}

/** What was typed, laid over the order as others have left it. `keep`: of what both have changed, mine. */
export function rebase(was: Edited, theirs: Edited, mine: Edited, keep: boolean): Edited {
  const took = <T,>(before: T, their: T, my: T): T => (same(my, before) || (!keep && !same(their, before)) ? their : my);
  const lines = theirs.lines.map((line) => {
    const [before, my] = [was.lines.find((one) => one.line === line.line), mine.lines.find((one) => one.line === line.line)];
    return before && my ? { ...line, quantity: took(before.quantity, line.quantity, my.quantity), unit_price: took(before.unit_price, line.unit_price, my.unit_price) } : line;
  });
  return {
    ...mine,
    lines: [...lines, ...mine.lines.filter((line) => line.line === undefined)],
    address: took(was.address, theirs.address, mine.address),
    method: took(was.method, theirs.method, mine.method),
    from: took(was.from, theirs.from, mine.from),
    to: took(was.to, theirs.to, mine.to),
  };
}
