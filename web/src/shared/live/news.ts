// What events mean for what is held: pure, so that it can be proved.
import type { LiveEvent } from './pump';

/**
 * Query keys begin with the resource: ['orders', ...], ['fulfillments', ...]. An event about an order makes old what lies
 * under 'orders'; one about stock what lies under 'stock'.
 */
const touches: Record<string, string[]> = {
  order: ['orders', 'holds', 'fulfillments', 'payments', 'shipments', 'tasks', 'waves', 'today'],
  stock: ['stock', 'movements', 'today'],
  product: ['products', 'stock'],
};

/** Resources that are touched, with the ids of what the events are about. */
export function touched(events: readonly LiveEvent[], into = new Map<string, Set<string>>()): Map<string, Set<string>> {
  for (const { subject_kind, subject, ref } of events)
    for (const resource of touches[subject_kind] ?? [`${subject_kind}s`]) {
      const ids = into.get(resource) ?? new Set();
      into.set(resource, ids.add(subject));
      if (ref) ids.add(ref);
    }
  return into;
}

const isId = (value: unknown): value is string => typeof value === 'string' && /^[a-z]{3}_/.test(value);
type Told = { id?: unknown; order_id?: unknown; order?: Told; hold?: Told } | null | undefined;

/** Whether a question is about one of these: one that names no record is about all of its resource. */
export function concerns(key: readonly unknown[], data: unknown, ids: ReadonlySet<string>): boolean {
  const told = (typeof data === 'object' ? data : undefined) as Told;
  const names = [...key, told?.id, told?.order_id, told?.order?.id, told?.hold?.id].filter(isId);
  return !names.length || names.some((name) => ids.has(name));
}

/** So long at least a question rests, however much happens: counters long, a list the longer the more pages it has. */
export function restOf(key: readonly unknown[], pages: number): number {
  if (key[0] === 'today' || key[1] === 'count') return 5000;
  return key[1] === 'list' ? Math.max(1000, pages * 500) : 800;
}

type Row = Record<string, unknown>;
/** Lists of which some rows can be asked for: by which parameter, and what of a row it names. */
const byId: Record<string, { ask: string; names: string }> = {
  '/v1/orders': { ask: 'number', names: 'id' },
  '/v1/holds': { ask: 'order_id', names: 'order_id' },
};
const ASKED_MAX = 100;

/** What to ask so that only the rows of these orders are told anew; undefined: the whole list has to be asked. */
export function someOf(key: readonly unknown[], ids: ReadonlySet<string>): { names: string; query: Record<string, string> } | undefined {
  const [, kind, path, query] = key as [string, string, string, Record<string, string>];
  const by = kind === 'list' ? byId[path] : undefined;
  const orders = [...ids].filter((id) => id.startsWith('ord_'));
  if (!by || by.ask in query || !orders.length || orders.length > ASKED_MAX) return undefined;
  return { names: by.names, query: { ...query, [by.ask]: orders.join(',') } };
}

export interface Pages {
  pages: { data: Row[]; next_cursor: string | null }[];
  pageParams: unknown[];
}

/**
 * The pages with these rows as they are now: changed in place, gone where the answer has them no more, new ones where the
 * order by time puts them; what would come on a later page waits for that.
 */
export function merged(old: Pages, ids: ReadonlySet<string>, names: string, answer: readonly Row[], descending: boolean): Pages {
  const now = new Map(answer.map((row) => [row.id, row]));
  const pages = old.pages.map((page) => ({
    ...page,
    data: page.data.flatMap((row) => {
      if (!ids.has(row[names] as string)) return [row];
      const next = now.get(row.id);
      now.delete(row.id);
      return next ? [next] : [];
    }),
  }));
  const rank = ({ created_at, id }: Row) => `${String(created_at)} ${String(id)}`;
  for (const row of now.values()) {
    const before = (other: Row) => (descending ? rank(other) < rank(row) : rank(other) > rank(row));
    const page = pages.find(({ data }) => data.some(before));
    if (page) page.data.splice(page.data.findIndex(before), 0, row);
    else if (!pages.at(-1)?.next_cursor) pages.at(-1)?.data.push(row);
  }
  return { ...old, pages };
}
