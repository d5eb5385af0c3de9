import { BarChartOutlined } from '@ant-design/icons';
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Feature } from '../../shared/desk/feature';

export const feature: Feature = {
  room: 'reports',
  nav: [
    { label: 'reports.nav', to: '/reports', icon: <BarChartOutlined />, part: 'insight', keys: 'g b', order: 120, needs: ['report.read'] },
  ],
  routes: (parent) => [
    createRoute({ getParentRoute: () => parent, path: '/reports', component: lazyRouteComponent(() => import('./Reports'), 'Reports') }),
    createRoute({ getParentRoute: () => parent, path: '/reports/$name', component: lazyRouteComponent(() => import('./ReportPage'), 'ReportPage') }),
  ],
};
