// Every screen, and how to come to one that needs a record.
import type { Shop } from './fixtures';

export interface Place {
  name: string;
  path: (shop: Shop) => string | Promise<string>;
  /** Shown on a phone in the first place. */
  phone?: boolean;
}

const first = (list: string, key: string) => async (shop: Shop) => {
  const { data } = await shop.ask<{ data: Record<string, string>[] }>('GET', `/v1/${list}${list.includes('?') ? '&' : '?'}limit=1`);
  return data[0]?.[key] ?? '';
};
const at = (path: string) => () => path;
const of = (prefix: string, list: string, key: string) => async (shop: Shop) => `${prefix}/${await first(list, key)(shop)}`;

export const screens: readonly Place[] = [
  { name: 'today', path: at('/') },
  { name: 'orders', path: at('/orders') },
  { name: 'order', path: of('/orders', 'orders?state=open', 'id') },
  { name: 'order-desk', path: at('/orders/new') },
  { name: 'review', path: at('/review') },
  { name: 'fulfillments', path: at('/fulfillments') },
  { name: 'fulfillment', path: of('/fulfillments', 'fulfillments', 'id') },
  { name: 'shipments', path: at('/shipments') },
  { name: 'stock', path: at('/stock') },
  { name: 'movements', path: at('/stock/movements') },
  { name: 'products', path: at('/products') },
  { name: 'product', path: of('/products', 'products', 'sku') },
  { name: 'locations', path: at('/locations') },
  { name: 'location', path: of('/locations', 'locations', 'code') },
  { name: 'customers', path: at('/customers') },
  { name: 'customer', path: of('/customers', 'customers', 'id') },
  { name: 'channels', path: at('/channels') },
  { name: 'channel', path: of('/channels', 'channels', 'code') },
  { name: 'carriers', path: at('/carriers') },
  { name: 'carrier', path: of('/carriers', 'carriers', 'code') },
  { name: 'imports', path: at('/imports') },
  { name: 'reports', path: at('/reports') },
  { name: 'settings', path: at('/settings') },
  { name: 'number-series', path: at('/settings/series') },
  { name: 'review-rules', path: at('/settings/rules') },
  { name: 'tax-rates', path: at('/settings/tax') },
  { name: 'system', path: at('/system') },
  { name: 'users', path: at('/users') },
  { name: 'roles', path: at('/users/roles') },
  { name: 'api-keys', path: at('/api-keys') },
  { name: 'me', path: at('/me') },
  { name: 'audit', path: at('/audit') },
  { name: 'jobs', path: at('/jobs') },
  { name: 'failed-work', path: at('/jobs/failed') },
  { name: 'floor', path: at('/floor'), phone: true },
];
