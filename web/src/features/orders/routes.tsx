import { ShoppingOutlined } from '@ant-design/icons';
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { readPath } from '../../shared/api/client';
import type { Feature } from '../../shared/desk/feature';

interface Found {
  id: string;
  number?: string;
  external_id?: string;
  order_id?: string;
  customer?: { name?: string };
  shipping_address?: { name?: string };
}
/** Long enough and with a digit: it may be a carrier's number, or the id of a parcel. */
const tracking = /^(?=.*\d)[A-Za-z0-9_-]{8,40}$/;

async function find(text: string, signal: AbortSignal) {
  const [orders, parcel] = await Promise.allSettled([
    readPath<{ data: Found[] }>('/v1/orders', { q: text, limit: 6 }, signal),
    tracking.test(text) ? readPath<{ data: Found[] }>('/v1/orders', { number: text, limit: 1 }, signal) : undefined,
  ]);
  const rows = [...(parcel.status === 'fulfilled' ? (parcel.value?.data ?? []) : []), ...(orders.status === 'fulfilled' ? orders.value.data : [])];
  const seen = new Set<string>();
  return rows
    .filter(({ id }) => !seen.has(id) && seen.add(id))
    .map((row) => ({ id: row.id, title: row.number ?? row.external_id ?? row.id, detail: row.customer?.name ?? row.shipping_address?.name ?? row.external_id, to: `/orders/${row.number ?? row.id}` }));
}

async function findParcel(text: string, signal: AbortSignal) {
  if (!tracking.test(text)) return [];
  const parcel = await readPath<Found & { tracking_number?: string }>(`/v1/parcels/${encodeURIComponent(text)}`, {}, signal);
  return parcel.order_id ? [{ id: parcel.id, title: parcel.tracking_number ?? text, to: `/orders/${parcel.order_id}` }] : [];
}

export const feature: Feature = {
  room: 'orders',
  nav: [{ label: 'orders.nav', to: '/orders', icon: <ShoppingOutlined />, part: 'work', keys: 'g o', order: 20, needs: ['order.read'] }],
  acts: [{ label: 'orders.new', to: '/orders/new', needs: ['order.create'], keys: 'c' }],
  sources: [
    { id: 'orders', label: 'orders.nav', needs: ['order.read'], find },
    { id: 'parcels', label: 'orders.parcels', needs: ['fulfillment.read'], find: findParcel },
  ],
  routes: (parent) => [
    createRoute({ getParentRoute: () => parent, path: '/orders', component: lazyRouteComponent(() => import('./list/Orders'), 'Orders') }),
    createRoute({ getParentRoute: () => parent, path: '/orders/new', component: lazyRouteComponent(() => import('./desk/OrderDesk'), 'OrderDesk') }),
    createRoute({ getParentRoute: () => parent, path: '/orders/$id', component: lazyRouteComponent(() => import('./detail/OrderPage'), 'OrderPage') }),
  ],
};
