import { AppstoreOutlined } from '@ant-design/icons';
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Feature } from '../../shared/desk/feature';
import { findProducts, nameIn } from '../../shared/desk/find';

export const feature: Feature = {
  room: 'catalog',
  nav: [
    { label: 'catalog.nav', to: '/products', icon: <AppstoreOutlined />, part: 'goods', keys: 'g p', order: 70, needs: ['catalog.read'] },
  ],
  sources: [
    {
      id: 'products',
      label: 'catalog.title',
      needs: ['catalog.read'],
      find: async (text, signal) => (await findProducts(text, signal)).map((one) => ({ id: one.id, title: nameIn(one.name) || one.sku, detail: one.sku, to: `/products/${encodeURIComponent(one.sku)}` })),
    },
  ],
  routes: (parent) => [
    createRoute({ getParentRoute: () => parent, path: '/products', component: lazyRouteComponent(() => import('./list/Products'), 'Products') }),
    createRoute({ getParentRoute: () => parent, path: '/products/$sku', component: lazyRouteComponent(() => import('./detail/ProductPage'), 'ProductPage') }),
  ],
};
