import { TeamOutlined } from '@ant-design/icons';
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { readPath } from '../../shared/api/client';
import type { Feature } from '../../shared/desk/feature';

export const feature: Feature = {
  room: 'customers',
  nav: [
    { label: 'customers.nav', to: '/customers', icon: <TeamOutlined />, part: 'people', keys: 'g c', order: 90, needs: ['customer.read'] },
  ],
  sources: [
    {
      id: 'customers',
      label: 'customers.title',
      needs: ['customer.read'],
      find: async (text, signal) =>
        (await readPath<{ data: { id: string; name?: string; email?: string; phone?: string }[] }>('/v1/customers', { q: text, limit: 6 }, signal)).data.map((one) => ({
          id: one.id,
          title: one.name ?? one.email ?? one.phone ?? one.id,
          detail: [one.email, one.phone].filter(Boolean).join(' · '),
          to: `/customers/${one.id}`,
        })),
    },
  ],
  routes: (parent) => [
    createRoute({ getParentRoute: () => parent, path: '/customers', component: lazyRouteComponent(() => import('./list/Customers'), 'Customers') }),
    createRoute({ getParentRoute: () => parent, path: '/customers/$id', component: lazyRouteComponent(() => import('./detail/CustomerPage'), 'CustomerPage') }),
  ],
};
