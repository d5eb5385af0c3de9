import { CarOutlined, InboxOutlined } from '@ant-design/icons';
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Feature } from '../../shared/desk/feature';

export const feature: Feature = {
  room: 'fulfillment',
  nav: [
    { label: 'fulfillment.nav', to: '/fulfillments', icon: <InboxOutlined />, part: 'work', keys: 'g f', order: 40, needs: ['order.read'] },
    { label: 'fulfillment.nav_shipments', to: '/shipments', icon: <CarOutlined />, part: 'work', keys: 'g s', order: 50, needs: ['order.read'] },
  ],
  routes: (parent) => [
    createRoute({ getParentRoute: () => parent, path: '/fulfillments', component: lazyRouteComponent(() => import('./list/Fulfillments'), 'Fulfillments') }),
    createRoute({ getParentRoute: () => parent, path: '/fulfillments/$id', component: lazyRouteComponent(() => import('./detail/FulfillmentPage'), 'FulfillmentPage') }),
    createRoute({ getParentRoute: () => parent, path: '/shipments', component: lazyRouteComponent(() => import('./shipments/Shipments'), 'Shipments') }),
  ],
};
