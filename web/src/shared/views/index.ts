// What a list shows lives in its address: filters, sorting, full text, the opened peek. The cursor does not.
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';

export type Query = Record<string, string>;

/** Parts of the address that are the screen's own, not filters sent to the server. */
const own = new Set(['peek', 'view', 'as', 'tab']);

export interface ListState {
  /** What is sent to the server beside limit and cursor: filters, `sort`, `q`. */
  query: Query;
  sort: string | undefined;
  q: string;
  peek: string | undefined;
  view: string | undefined;
  as: string | undefined;
  /** Changes parts of the address; undefined or '' takes one away. Typing replaces, deciding adds to the history. */
  set: (change: Record<string, string | undefined>, replace?: boolean) => void;
  /** Replaces all filters. */
  reset: (query: Query, rest?: Record<string, string | undefined>) => void;
}

export function useListState(): ListState {
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const navigate = useNavigate();
  const text = useMemo(() => {
    const all: Query = {};
    for (const [name, value] of Object.entries(search)) if (value !== undefined && value !== null && value !== '') all[name] = String(value);
    return all;
  }, [search]);
  const query = useMemo(() => Object.fromEntries(Object.entries(text).filter(([name]) => !own.has(name))), [text]);
  const set = useCallback<ListState['set']>(
    (change, replace = false) => {
      void navigate({
        to: '.',
        replace,
        search: ((old: Record<string, unknown>) => clean({ ...old, ...change })) as never,
      });
    },
    [navigate],
  );
  const reset = useCallback<ListState['reset']>(
    (next, rest = {}) => {
      void navigate({ to: '.', search: (() => clean({ ...next, ...rest })) as never });
    },
    [navigate],
  );
  return { query, sort: text.sort, q: text.q ?? '', peek: text.peek, view: text.view, as: text.as, set, reset };
}

function clean(all: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined && value !== ''));
}

/** Query parts of an address as text and back: `state=open&q=li`. Flat, readable, the same names as the API's. */
export function parseAddress(text: string): Query {
  return Object.fromEntries(new URLSearchParams(text.replace(/^\?/, '')));
}
export function printAddress(query: Record<string, unknown>): string {
  const parts = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== null && value !== '') parts.append(name, String(value));
  const text = parts.toString().replaceAll('%2C', ',').replaceAll('%5B', '[').replaceAll('%5D', ']').replaceAll('%3A', ':');
  return text ? `?${text}` : '';
}
