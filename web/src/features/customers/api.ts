import type { Schemas } from '../../shared/api/client';

export type Customer = Schemas['Customer'] & { id: string };

export interface Profile {
  orders: number;
  lifetime_value: number;
  currency: string;
  average_value?: number;
  first_order_at?: string;
  last_order_at?: string;
  recency: number;
  frequency: number;
  monetary: number;
  segment?: string;
  channels?: { channel: string; orders: number; lifetime_value: number; last_order_at?: string }[];
}

export type OrderRow = Schemas['OrderRow'] & { id: string };
