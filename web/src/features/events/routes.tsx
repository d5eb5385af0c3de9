import { AuditOutlined, ScheduleOutlined } from '@ant-design/icons';
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Feature } from '../../shared/desk/feature';

export const feature: Feature = {
  room: 'events',
  nav: [
    { label: 'events.nav', to: '/audit', icon: <AuditOutlined />, part: 'setup', keys: 'g a', order: 170, needs: ['audit.read'] },
    { label: 'events.nav_jobs', to: '/jobs', icon: <ScheduleOutlined />, part: 'setup', keys: 'g j', order: 180, needs: ['system.read'] },
  ],
  acts: [{ label: 'events.failed.title', to: '/jobs/failed', needs: ['system.read'] }],
  routes: (parent) => [
    createRoute({ getParentRoute: () => parent, path: '/audit', component: lazyRouteComponent(() => import('./Audit'), 'Audit') }),
    createRoute({ getParentRoute: () => parent, path: '/jobs', component: lazyRouteComponent(() => import('./Jobs'), 'Jobs') }),
    createRoute({ getParentRoute: () => parent, path: '/jobs/failed', component: lazyRouteComponent(() => import('./Failed'), 'Failed') }),
  ],
};
