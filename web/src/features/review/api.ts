import { useQuery } from '@tanstack/react-query';
import { readPath, type Schemas } from '../../shared/api/client';

export interface Hold {
  id: string;
  order_id: string;
  type: string;
  scope: string;
  state: string;
  reason: string;
  owner_role?: string;
  line?: number;
  fulfillment_id?: string;
  evidence?: Record<string, unknown>;
  created_at: string;
  expires_at?: string;
  due_at?: string;
  assigned_to?: string;
  assigned_name?: string;
  claimed_at?: string;
  waiting_at?: string;
  note?: string;
  escalated_at?: string;
  released_at?: string;
  released_by?: string;
  release_reason?: string;
}
export interface Related {
  id: string;
  number?: string;
  channel: string;
  state: string;
  payment_status: string;
  fulfillment_status: string;
  created_at: string;
  total: number;
  currency: string;
  same_customer?: boolean;
  same_address?: boolean;
  similarity?: string;
  minutes_apart?: number;
  duplicate?: boolean;
}
export interface Context {
  hold: Hold;
  order: Schemas['Order'];
  customer?: Schemas['Customer'];
  related: Related[];
}

export const readContext = (id: string, signal?: AbortSignal) => readPath<Context>(`/v1/holds/${id}/context`, {}, signal);
export function useContextOf(id: string | undefined) {
  return useQuery({ queryKey: ['holds', 'context', id], enabled: !!id, queryFn: ({ signal }) => readContext(id ?? '', signal) });
}
