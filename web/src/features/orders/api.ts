// Reads and writes of orders. Answers of writes replace what is cached, so the page shows at once what the server decided.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { keep } from '../../shared/api/keep';
import { api, readPath, writing, type Schemas } from '../../shared/api/client';
import type { Page } from '../../shared/desk/useList';

export type Hold = Schemas['Hold'] & { due_at?: string; assigned_name?: string; waiting_at?: string };
export type Line = Schemas['OrderLine'] & { price_reason?: string };
export type Order = Omit<Schemas['Order'], 'holds' | 'lines'> & { holds: Hold[]; lines: Line[]; assigned_to?: string; assigned_name?: string };
export type OrderRow = Omit<Schemas['OrderRow'], 'holds'> & { id: string; holds?: Hold[]; assigned_to?: string; assigned_name?: string };
export type Payment = Schemas['Payment'];
export type Fulfillment = Schemas['Fulfillment'];
export type Candidate = Schemas['SourcingCandidate'];
export type Address = Schemas['Address'];

export interface Blocker {
  code: string;
  next_action?: string;
  hold?: string;
  fulfillment?: string;
  line?: number;
  sku?: string;
  quantity?: number;
  amount?: number;
  currency?: string;
  location?: string;
  role?: string;
  assigned_name?: string;
  type?: string;
  since?: string;
  until?: string;
  late?: boolean;
}
export interface Blockers {
  state: string;
  next_action?: string;
  blockers: Blocker[];
}
export interface Related {
  id: string;
  number?: string;
  state: string;
  created_at: string;
  total: number;
  currency: string;
  same_customer?: boolean;
  same_address?: boolean;
  similarity?: number | string;
  duplicate?: boolean;
}
export interface Comment {
  n: number;
  at: string;
  author_name?: string;
  content?: string;
  mentions?: string[];
}
export interface TimelineEntry {
  id: string;
  topic: string;
  ref?: string;
  at: string;
  actor_kind: string;
  actor_name?: string;
  data?: { changes?: { pointer: string; before: unknown; after: unknown }[] } & Record<string, unknown>;
  personal?: unknown;
}

interface Sender {
  request: (method: string, path: string, init: object) => Promise<{ data?: unknown }>;
}

/** A write that may be decided on a version; the answer is the record as it is now. */
export async function write<T>(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown, version?: number): Promise<T> {
  const { data } = await (api as unknown as Sender).request(method.toLowerCase(), path, {
    headers: writing({ version }),
    ...(body === undefined ? {} : { body }),
  });
  return data as T;
}

export const orderKey = (id: string) => ['orders', 'one', id] as const;
export const expands = 'holds,next_actions';

export const readOrder = (id: string, signal?: AbortSignal) => readPath<Order>(`/v1/orders/${encodeURIComponent(id)}`, {}, signal);
export function useOrder(id: string) {
  return useQuery({ queryKey: orderKey(id), queryFn: ({ signal }) => readOrder(id, signal) });
}

/** A part of an order that has an address of its own: `timeline`, `sourcing`, `blockers`, ... */
export function usePart<T>(id: string, part: string, query: Record<string, string | number> = {}) {
  return useQuery({
    queryKey: ['orders', part, id, query],
    queryFn: ({ signal }) => readPath<T>(`/v1/orders/${encodeURIComponent(id)}/${part}`, query, signal),
  });
}

/** Puts an order into the cache, and has everything else about orders asked again. */
export function useKeepOrder(): (order: Order) => void {
  const client = useQueryClient();
  return useCallback(
    (order) => {
      for (const name of [order.id, order.number]) if (name) keep(client, orderKey(name), order);
      void client.invalidateQueries({ queryKey: ['orders'], refetchType: 'active', predicate: ({ queryKey }) => queryKey[1] !== 'one' });
      void client.invalidateQueries({ queryKey: ['today'], refetchType: 'active' });
    },
    [client],
  );
}

/** How many rows a list has, about; undefined when it does not say. */
export async function countOf(path: string, query: Record<string, string>, signal?: AbortSignal): Promise<number> {
  const page = await readPath<Page<unknown>>(path, { ...query, limit: 1, count: 'estimate' }, signal);
  return page.count ?? page.data.length;
}

export interface Person {
  id: string;
  login: string;
  name?: string;
}
export function usePeople(enabled: boolean) {
  return useQuery({
    queryKey: ['users', 'names'],
    enabled,
    staleTime: 300_000,
    queryFn: ({ signal }) => readPath<Page<Person>>('/v1/users', { disabled: 'false', limit: 100 }, signal),
  });
}
/** Names of the masters by their codes; a code whose name is not known stays. */
export function useNames(what: 'channels' | 'locations' | 'carriers', enabled = true): (code: string | undefined) => string {
  const { data } = useMasters<{ code: string; name?: string }>(what, enabled);
  return (code) => data?.data.find((one) => one.code === code)?.name ?? code ?? '';
}

export function useMasters<T>(what: 'channels' | 'locations' | 'carriers', enabled = true) {
  return useQuery({
    queryKey: [what, 'names'],
    enabled,
    staleTime: 60_000,
    queryFn: ({ signal }) => readPath<Page<T>>(`/v1/${what}`, { limit: 200 }, signal),
  });
}
