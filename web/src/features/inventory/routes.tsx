import { DatabaseOutlined, EnvironmentOutlined } from '@ant-design/icons';
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Feature } from '../../shared/desk/feature';

export const feature: Feature = {
  room: 'inventory',
  nav: [
    { label: 'inventory.nav', to: '/stock/products', icon: <DatabaseOutlined />, part: 'goods', keys: 'g i', order: 60, needs: ['stock.read'] },
    { label: 'inventory.nav_locations', to: '/locations', icon: <EnvironmentOutlined />, part: 'goods', keys: 'g l', order: 80, needs: ['master.read'] },
  ],
  routes: (parent) => [
    createRoute({ getParentRoute: () => parent, path: '/stock', component: lazyRouteComponent(() => import('./stock/Stock'), 'Stock') }),
    createRoute({ getParentRoute: () => parent, path: '/stock/products', component: lazyRouteComponent(() => import('./stock/ByProduct'), 'ByProduct') }),
    createRoute({ getParentRoute: () => parent, path: '/stock/count', component: lazyRouteComponent(() => import('./count/CountSheet'), 'CountSheet') }),
    createRoute({ getParentRoute: () => parent, path: '/stock/movements', component: lazyRouteComponent(() => import('./ledger/Movements'), 'Movements') }),
    createRoute({ getParentRoute: () => parent, path: '/locations', component: lazyRouteComponent(() => import('./locations/Locations'), 'Locations') }),
    createRoute({ getParentRoute: () => parent, path: '/locations/$code', component: lazyRouteComponent(() => import('./locations/LocationPage'), 'LocationPage') }),
    createRoute({ getParentRoute: () => parent, path: '/locations/$code/bins', component: lazyRouteComponent(() => import('./locations/Bins'), 'Bins') }),
  ],
};
