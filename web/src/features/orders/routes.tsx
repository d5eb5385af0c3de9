import { ShoppingOutlined } from '@ant-design/icons';
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Feature } from '../../shared/desk/feature';

export const feature: Feature = {
  room: 'orders',
  nav: [
    { label: 'orders.nav', to: '/orders', icon: <ShoppingOutlined />, part: 'work', keys: 'g o', order: 20, needs: ['order.read'] },
  ],
  routes: (parent) => [
    createRoute({ getParentRoute: () => parent, path: '/orders', component: lazyRouteComponent(() => import('./list/Orders'), 'Orders') }),
    createRoute({ getParentRoute: () => parent, path: '/orders/new', component: lazyRouteComponent(() => import('./desk/OrderDesk'), 'OrderDesk') }),
    createRoute({ getParentRoute: () => parent, path: '/orders/$id', component: lazyRouteComponent(() => import('./detail/OrderPage'), 'OrderPage') }),
  ],
};
