import type { Schemas } from '../../shared/api/client';
import type { Works } from '../../shared/desk';

export type Channel = Schemas['Channel'] & { id: string };
export const channelKinds = ['web', 'phone', 'email', 'store', 'marketplace', 'social', 'delivery_app', 'edi'] as const;
export const stockPolicies = ['refuse', 'backorder', 'hold'] as const;
export const paymentTerms = ['prepaid', 'cod', 'deposit', 'account'] as const;
export const rankings = ['cost', 'priority', 'distance', 'earliest'] as const;
export const failures = ['next', 'queue', 'refuse'] as const;
export const locationKinds = ['warehouse', 'store', '3pl', 'supplier', 'plant', 'kitchen'] as const;

export interface Health {
  channel: string;
  active: boolean;
  orders_day: number;
  orders_day_before: number;
  last_order_at?: string;
  lag_s?: number;
}

/** A channel that always sells and has gone still: nothing for a day although there was something the day before. */
export const isSilent = (one: Pick<Health, 'active' | 'orders_day' | 'orders_day_before'>) => one.active && one.orders_day === 0 && one.orders_day_before > 0;

export const works: Works = {
  field: 'active',
  tone: 'quiet',
  on: 'channels.active',
  off: 'channels.inactive',
  start: 'channels.start',
  stop: 'channels.stop',
  sure: 'channels.stop_sure',
  text: 'channels.stop_text',
};
