// Asks again what events have made old: each question as seldom as it rests, never over one under way, none in a hidden tab.
// Of long lists only the rows that changed are asked for.
import type { Query, QueryClient } from '@tanstack/react-query';
import { readPath } from '../api/client';
import { concerns, merged, restOf, someOf, touched, type Pages } from './news';
import type { LiveEvent } from './pump';

const SETTLE_MS = 400;
const READ_MAX = 200;

export class Freshness {
  readonly #client: QueryClient;
  /** What was heard, and which questions it has made old: by their hash, with the ids it is about. */
  #heard = new Map<string, Set<string>>();
  readonly #old = new Map<string, Set<string>>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(client: QueryClient) {
    this.#client = client;
  }

  hear(events: readonly LiveEvent[]) {
    touched(events, this.#heard);
    this.#later(SETTLE_MS);
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #later(ms: number) {
    this.#timer ??= setTimeout(this.look, ms);
  }

  readonly look = () => {
    this.stop();
    if (document.hidden) return;
    const cache = this.#client.getQueryCache();
    for (const query of cache.getAll()) {
      const ids = this.#heard.get(query.queryKey[0] as string);
      if (!ids || query.meta?.still || !concerns(query.queryKey, query.state.data, ids)) continue;
      if (query.isActive()) this.#add(query.queryHash, ids);
      else query.invalidate();
    }
    this.#heard = new Map();
    for (const [hash, ids] of this.#old) {
      const query = cache.get(hash);
      const rest = query ? this.#rest(query) : 0;
      if (rest > 0) {
        this.#later(rest);
        continue;
      }
      this.#old.delete(hash);
      if (query) void this.#again(query, ids).catch(() => query.invalidate());
    }
  };

  #add(hash: string, ids: Iterable<string>) {
    this.#old.set(hash, new Set([...(this.#old.get(hash) ?? []), ...ids]));
  }

  #rest({ queryKey, state }: Query): number {
    const pages = (state.data as Partial<Pages> | undefined)?.pages?.length ?? 0;
    const rest = Math.max(state.dataUpdatedAt, state.errorUpdatedAt) + restOf(queryKey, pages) - Date.now();
    return state.fetchStatus === 'fetching' ? Math.max(rest, SETTLE_MS) : rest;
  }

  async #again(query: Query, ids: Set<string>) {
    const key = query.queryKey;
    const some = query.state.data === undefined ? undefined : someOf(key, ids);
    if (!some) return this.#client.invalidateQueries({ queryKey: key, exact: true }, { cancelRefetch: false });
    const { data } = await readPath<{ data: Record<string, unknown>[] }>(key[2] as string, { ...some.query, limit: READ_MAX });
    if (query.state.fetchStatus === 'fetching') {
      // The next page is on its way, and would put the rows of before on top.
      this.#add(query.queryHash, ids);
      return this.#later(SETTLE_MS);
    }
    const descending = !some.query.sort || some.query.sort.startsWith('-');
    return this.#client.setQueryData<Pages>(key, (now) => now && merged(now, ids, some.names, data, descending));
  }
}
