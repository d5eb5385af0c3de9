import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Feature } from '../../shared/desk/feature';

export const feature: Feature = {
  room: 'hooks',
  nav: [],
  acts: [
    { label: 'hooks.title', to: '/settings/webhooks', needs: ['webhook.read'] },
    { label: 'hooks.outside.title', to: '/jobs/outside', needs: ['system.read'] },
  ],
  routes: (parent) => [
    createRoute({ getParentRoute: () => parent, path: '/settings/webhooks', component: lazyRouteComponent(() => import('./Webhooks'), 'Webhooks') }),
    createRoute({ getParentRoute: () => parent, path: '/settings/webhooks/$id', component: lazyRouteComponent(() => import('./Deliveries'), 'Deliveries') }),
    createRoute({ getParentRoute: () => parent, path: '/jobs/outside', component: lazyRouteComponent(() => import('./Outside'), 'Outside') }),
  ],
};
