import { UploadOutlined } from '@ant-design/icons';
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Feature } from '../../shared/desk/feature';

export const feature: Feature = {
  room: 'imports',
  nav: [
    { label: 'imports.nav', to: '/imports', icon: <UploadOutlined />, part: 'setup', keys: 'g u', order: 140, needs: ['catalog.write', 'stock.adjust', 'customer.write', 'order.create'] },
  ],
  routes: (parent) => [
    createRoute({ getParentRoute: () => parent, path: '/imports', component: lazyRouteComponent(() => import('./Imports'), 'Imports') }),
    createRoute({ getParentRoute: () => parent, path: '/imports/$id', component: lazyRouteComponent(() => import('./ImportPage'), 'ImportPage') }),
  ],
};
