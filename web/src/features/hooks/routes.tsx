import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Feature } from '../../shared/desk/feature';

export const feature: Feature = {
  room: 'hooks',
  nav: [],
  acts: [{ label: 'hooks.title', to: '/settings/webhooks', needs: ['webhook.read'] }],
  routes: (parent) => [
    createRoute({ getParentRoute: () => parent, path: '/settings/webhooks', component: lazyRouteComponent(() => import('./Webhooks'), 'Webhooks') }),
    createRoute({ getParentRoute: () => parent, path: '/settings/webhooks/$id', component: lazyRouteComponent(() => import('./Deliveries'), 'Deliveries') }),
  ],
};
