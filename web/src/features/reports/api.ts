import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { readPath } from '../../shared/api/client';
import type { Answer, Ask, Info, Item } from './reading';

const STALE_MS = 30_000;

export function useInfos() {
  return useQuery({
    queryKey: ['reports', 'definitions'],
    staleTime: Infinity,
    queryFn: async ({ signal }) => (await readPath<{ data: Info[] }>('/v1/reports', {}, signal)).data,
  });
}

export function useReport(name: string, ask: Ask & { limit?: number }, enabled = true) {
  return useQuery<Answer>({
    queryKey: ['reports', name, ask],
    enabled,
    staleTime: STALE_MS,
    // Another span of the same report: the figures stay until the new ones are there.
    placeholderData: (old) => (old?.name === name ? old : undefined),
    queryFn: ({ signal }) => readPath<Answer>(`/v1/reports/${name}`, { ...ask }, signal),
  });
}

const PAGE = 50;
export function useItems(name: string, cell: Record<string, string | undefined>, enabled: boolean) {
  return useInfiniteQuery({
    queryKey: ['reports', name, 'rows', cell],
    enabled,
    staleTime: STALE_MS,
    initialPageParam: '',
    getNextPageParam: (page: { next_cursor: string | null }) => page.next_cursor ?? undefined,
    queryFn: ({ signal, pageParam }) => readPath<{ data: Item[]; next_cursor: string | null }>(`/v1/reports/${name}/rows`, { ...cell, limit: PAGE, cursor: pageParam || undefined }, signal),
  });
}
