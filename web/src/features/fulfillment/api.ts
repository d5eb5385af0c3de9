import { useQuery } from '@tanstack/react-query';
import { readPath, type Schemas } from '../../shared/api/client';

export interface Line {
  line: number;
  quantity: number;
  released: number;
  picked: number;
  packed: number;
  shipped: number;
  delivered: number;
}
export interface Parcel {
  id: string;
  shipment_id?: string;
  state?: string;
  carrier?: string;
  service?: string;
  tracking_number?: string;
  tracking_status?: string;
  tracked_at?: string;
  weight_g?: number;
  created_at?: string;
  delivered_at?: string;
  items?: { line: number; quantity: number }[];
}
export interface Fulfillment {
  id: string;
  order_id: string;
  order_number?: string;
  location: string;
  state: string;
  version: number;
  ship_by: string;
  deliver_by?: string;
  carrier?: string;
  service?: string;
  reason?: string;
  wave_id?: string;
  tote?: number;
  claimed_name?: string;
  claimed_until?: string;
  cut_off_at?: string;
  created_at: string;
  picked_at?: string;
  packed_at?: string;
  shipped_at?: string;
  closed_at?: string;
  lines?: Line[];
  parcels?: Parcel[];
  /** What may be done with it now; the server decides again. */
  next_actions?: string[];
}
export interface Scan {
  scan_id: string;
  kind: string;
  outcome: string;
  refusal?: string;
  scanned?: string;
  sku?: string;
  quantity?: number;
  bin?: string;
  scanned_at?: string;
  received_at: string;
  actor_name?: string;
}

export const useFulfillment = (id: string) =>
  useQuery({ queryKey: ['fulfillments', 'one', id], queryFn: ({ signal }) => readPath<Fulfillment>(`/v1/fulfillments/${id}`, {}, signal) });
export const useOrder = (id: string | undefined) =>
  useQuery({ queryKey: ['orders', 'one', id], enabled: !!id, queryFn: ({ signal }) => readPath<Schemas['Order']>(`/v1/orders/${id}`, {}, signal) });
export const useScans = (id: string) =>
  useQuery({ queryKey: ['fulfillments', 'scans', id], queryFn: ({ signal }) => readPath<{ data: Scan[] }>(`/v1/fulfillments/${id}/scans`, { limit: 50 }, signal) });
