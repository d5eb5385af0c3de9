// What is free of these products at a place, in as few questions as pages are needed.
import { readPath } from '../../../shared/api/client';
import type { Page } from '../../../shared/desk';

interface StockRow {
  sku: string;
  location: string;
  available: number;
}

/** So many products are named in one question. */
export const SKUS_AT_ONCE = 100;
const PAGE = 200;

type Ask = (query: Record<string, string | number | undefined>, signal?: AbortSignal) => Promise<Page<StockRow>>;
const ask: Ask = (query, signal) => readPath('/v1/stock', query, signal);

export async function freeAt(location: string, skus: readonly string[], signal?: AbortSignal, door = ask): Promise<ReadonlyMap<string, number>> {
  const free = new Map<string, number>();
  const each = [...new Set(skus)];
  for (let from = 0; from < each.length; from += SKUS_AT_ONCE) {
    let cursor: string | undefined;
    do {
      const page = await door({ sku: each.slice(from, from + SKUS_AT_ONCE).join(','), location, limit: PAGE, cursor }, signal);
      for (const row of page.data) free.set(row.sku, (free.get(row.sku) ?? 0) + row.available);
      cursor = page.next_cursor ?? undefined;
    } while (cursor);
  }
  return free;
}
