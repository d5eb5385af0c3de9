// The state of a list: what is asked, what is there, what is chosen and looked at.
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { InputRef } from 'antd';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { readPath } from '../../api/client';
import { useKeys } from '../../keys';
import { useListState } from '../../views';
import { useKept } from '../kept';
import { useSteady } from '../steady';
import { useList, type Page } from '../useList';
import type { ListDefinition } from './definition';

export const densities = { compact: 30, normal: 36, roomy: 44 } as const;
export type Density = keyof typeof densities;

export function useListScreen<Row>(list: ListDefinition<Row>) {
  const search = useRef<InputRef>(null);
  const grid = useRef<HTMLDivElement>(null);
  const state = useListState();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [density, setDensity] = useKept<Density>(`${list.screen}.density`, 'normal');
  const [shown, setShown] = useKept<string[] | null>(`${list.screen}.columns`, null);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [every, setEvery] = useState(false);
  const [at, setAt] = useState<string>();
  const [count, setCount] = useState<number>();

  const asked = useMemo(() => ({ ...list.defaults, ...list.fixed, ...state.query }), [list, state.query]);
  const key = JSON.stringify(asked);
  const result = useList<Row>(list.resource, list.path, asked);
  const { rows, waiting, show, turn } = useSteady(result.rows, list.id, key, !result.isPlaceholderData && !result.isFetching);
  const sort = state.sort ?? list.defaultSort;

  useEffect(() => {
    setSelected(new Set());
    setEvery(false);
    setCount(undefined);
  }, [key]);

  // A page may be empty and still not the last one: the server looks through so many rows at a time.
  useEffect(() => {
    if (!rows.length && result.hasNextPage && !result.isFetchingNextPage) void result.fetchNextPage();
  }, [rows.length, result.hasNextPage, result.isFetchingNextPage]);

  const columns = useMemo(
    () => (shown ? list.columns.filter((column) => shown.includes(column.id)) : list.columns.filter((column) => !column.optional)),
    [list.columns, shown],
  );
  const open = useCallback(
    (row: Row, aside: boolean) => {
      const href = list.href?.(row);
      if (!href) return state.set({ peek: list.id(row) });
      if (aside) return void window.open(href, '_blank', 'noopener');
      return void navigate({ to: href as never });
    },
    [list, navigate, state],
  );
  const peeked = state.peek ? rows.find((row) => list.id(row) === state.peek) : undefined;
  const step = (by: number) => {
    const index = rows.findIndex((row) => list.id(row) === state.peek);
    const next = rows[index + by];
    if (!next) return;
    setAt(list.id(next));
    state.set({ peek: list.id(next) }, true);
  };

  const askCount = async () => {
    const page = await client.fetchQuery({
      queryKey: [list.resource, 'count', list.path, asked],
      queryFn: () => readPath<Page<Row>>(list.path, { ...asked, sort: undefined, limit: 1, count: 'estimate' }),
    });
    setCount(page.count);
    return page.count;
  };

  const filtering = list.filters.filter((filter) => filter.names.some((name) => state.query[name] !== undefined));
  const unselect = () => {
    setSelected(new Set());
    setEvery(false);
  };

  return { list, state, search, grid, asked, key, result, rows, waiting, show, turn, sort, columns, shown, setShown, density, setDensity, selected, setSelected, every, setEvery, unselect, at, setAt, count, askCount, filtering, open, peeked, step };
}
export type Screen<Row> = ReturnType<typeof useListScreen<Row>>;

export function useListKeys<Row>(screen: Screen<Row>) {
  useKeys('keys.group.list', [
    { keys: '/', label: 'keys.search', run: () => screen.search.current?.focus() },
    { keys: 'Escape', label: 'keys.back', run: () => (screen.state.peek ? screen.state.set({ peek: undefined }) : screen.setSelected(new Set())) },
  ]);

  // The rows' own keys work wherever one is on the page: they go to the grid, which takes the focus with them.
  const hand = (key: string, label: string) => ({
    keys: key,
    label,
    run: () => {
      const rows = screen.grid.current?.querySelector<HTMLElement>('[role="grid"]');
      rows?.focus({ preventScroll: true });
      rows?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    },
  });
  useKeys('keys.group.grid', [hand('j', 'keys.move'), hand('k', 'keys.move'), hand('x', 'keys.select'), hand(' ', 'keys.peek')]);
}
