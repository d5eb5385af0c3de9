// The queue of holds, and which of them is open.
import { useEffect, useMemo, useRef } from 'react';
import { useSession } from '../../shared/api/session';
import { useList } from '../../shared/desk';
import { useListState, type Query } from '../../shared/views';
import type { Hold } from './api';

export const tabs = [
  { id: 'open', query: { waiting: 'false' } },
  { id: 'mine', query: {} },
  { id: 'overdue', query: { overdue: 'true' } },
  { id: 'waiting', query: { waiting: 'true' } },
  { id: 'all', query: {} },
] as const;
type Tab = (typeof tabs)[number]['id'];

export function useQueue(narrow: boolean) {
  const session = useSession();
  const state = useListState();
  const tab = (tabs.find((one) => one.id === state.as)?.id ?? 'open') as Tab;
  const me = session.user_id ?? session.key_id ?? '';
  const query = useMemo(() => {
    const { query } = tabs.find((one) => one.id === tab) ?? tabs[0];
    const type = state.query.type ? { type: state.query.type } : {};
    return { state: 'active', ...query, ...type, ...(tab === 'mine' ? { assigned_to: me } : {}), sort: 'created_at' } as Query;
  }, [tab, state.query.type, me]);
  const holds = useList<Hold>('holds', '/v1/holds', query);
  const { rows } = holds;
  const index = rows.findIndex((row) => row.id === state.peek);
  // On a desk the first is open at once; on a phone the list is shown first.
  const at = index >= 0 ? rows[index] : narrow || state.peek ? undefined : rows[0];
  const id = at?.id ?? state.peek;
  // What is open stays open: a colleague who ends it must not put another case under one's hands.
  const first = holds.isPlaceholderData ? undefined : at?.id;
  useEffect(() => {
    if (first && !state.peek) state.set({ peek: first }, true);
  }, [first, state.peek]);

  const open = (to: string | undefined, replace = false) => state.set({ peek: to }, replace);
  // Where the open one stood: when it leaves the queue, going on goes on from there.
  const stood = useRef(0);
  if (at) stood.current = rows.indexOf(at);
  const step = (by: number) => {
    const from = at ? rows.indexOf(at) : by > 0 ? stood.current - 1 : stood.current;
    const next = rows[Math.max(0, Math.min(rows.length - 1, from + by))];
    if (next) open(next.id, true);
  };
  const onward = at ? undefined : (rows[stood.current] ?? rows.at(-1));

  const show = (next: Tab) => state.set({ as: next === 'open' ? undefined : next, peek: undefined });
  return { tab, show, me, holds, rows, at, id, open, step, onward };
}
export type Queue = ReturnType<typeof useQueue>;
