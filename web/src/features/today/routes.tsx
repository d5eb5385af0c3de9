import { DashboardOutlined } from '@ant-design/icons';
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Feature } from '../../shared/desk/feature';

export const feature: Feature = {
  room: 'today',
  nav: [
    { label: 'today.nav', to: '/', icon: <DashboardOutlined />, part: 'work', keys: 'g t', order: 10 },
  ],
  routes: (parent) => [
    createRoute({ getParentRoute: () => parent, path: '/', component: lazyRouteComponent(() => import('./Today'), 'Today') }),
  ],
};
