import { AppstoreOutlined } from '@ant-design/icons';
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Feature } from '../../shared/desk/feature';

export const feature: Feature = {
  room: 'catalog',
  nav: [
    { label: 'catalog.nav', to: '/products', icon: <AppstoreOutlined />, part: 'goods', keys: 'g p', order: 70, needs: ['master.read'] },
  ],
  routes: (parent) => [
    createRoute({ getParentRoute: () => parent, path: '/products', component: lazyRouteComponent(() => import('./list/Products'), 'Products') }),
    createRoute({ getParentRoute: () => parent, path: '/products/$sku', component: lazyRouteComponent(() => import('./detail/ProductPage'), 'ProductPage') }),
  ],
};
