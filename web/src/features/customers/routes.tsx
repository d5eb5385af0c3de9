import { TeamOutlined } from '@ant-design/icons';
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Feature } from '../../shared/desk/feature';

export const feature: Feature = {
  room: 'customers',
  nav: [
    { label: 'customers.nav', to: '/customers', icon: <TeamOutlined />, part: 'people', keys: 'g c', order: 90, needs: ['customer.read'] },
  ],
  routes: (parent) => [
    createRoute({ getParentRoute: () => parent, path: '/customers', component: lazyRouteComponent(() => import('./list/Customers'), 'Customers') }),
    createRoute({ getParentRoute: () => parent, path: '/customers/$id', component: lazyRouteComponent(() => import('./detail/CustomerPage'), 'CustomerPage') }),
  ],
};
