import { SafetyOutlined } from '@ant-design/icons';
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Feature } from '../../shared/desk/feature';

export const feature: Feature = {
  room: 'review',
  nav: [
    { label: 'review.nav', to: '/review', icon: <SafetyOutlined />, part: 'work', keys: 'g r', order: 30, needs: ['order.read'] },
  ],
  routes: (parent) => [
    createRoute({ getParentRoute: () => parent, path: '/review', component: lazyRouteComponent(() => import('./Review'), 'Review') }),
  ],
};
