// Pages of a list by cursor: 100 rows each, at most 2,000 held. New rows do not jump in; they wait behind a count.
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { readPath } from '../api/client';
import type { Query } from '../views';

export interface Page<Row> {
  data: Row[];
  next_cursor: string | null;
  count?: number;
}

const PAGE = 100;
export const HELD_MAX = 2000;

export function useList<Row>(resource: string, path: string, query: Query, options: { enabled?: boolean; refetchMs?: number } = {}) {
  const result = useInfiniteQuery({
    queryKey: [resource, 'list', path, query],
    enabled: options.enabled ?? true,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => readPath<Page<Row>>(path, { ...query, limit: PAGE, cursor: pageParam }, signal),
    getNextPageParam: (last, pages) => (pages.length * PAGE >= HELD_MAX ? undefined : (last.next_cursor ?? undefined)),
    placeholderData: keepPreviousData,
    staleTime: 5_000,
    ...(options.refetchMs ? { refetchInterval: options.refetchMs } : {}),
  });
  const rows = useMemo(() => {
    const seen = new Set<unknown>();
    const all: Row[] = [];
    for (const page of result.data?.pages ?? [])
      for (const row of page.data) {
        const key = (row as { id?: string }).id ?? row;
        if (seen.has(key)) continue;
        seen.add(key);
        all.push(row);
      }
    return all;
  }, [result.data]);
  return { ...result, rows, full: rows.length >= HELD_MAX };
}
