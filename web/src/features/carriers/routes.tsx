import { TruckOutlined } from '@ant-design/icons';
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Feature } from '../../shared/desk/feature';

export const feature: Feature = {
  room: 'carriers',
  nav: [
    { label: 'carriers.nav', to: '/carriers', icon: <TruckOutlined />, part: 'people', keys: 'g v', order: 110, needs: ['master.read'] },
  ],
  routes: (parent) => [
    createRoute({ getParentRoute: () => parent, path: '/carriers', component: lazyRouteComponent(() => import('./list/Carriers'), 'Carriers') }),
    createRoute({ getParentRoute: () => parent, path: '/carriers/$code', component: lazyRouteComponent(() => import('./detail/CarrierPage'), 'CarrierPage') }),
  ],
};
