import { ShopOutlined } from '@ant-design/icons';
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Feature } from '../../shared/desk/feature';

export const feature: Feature = {
  room: 'channels',
  nav: [
    { label: 'channels.nav', to: '/channels', icon: <ShopOutlined />, part: 'people', keys: 'g h', order: 100, needs: ['master.read'] },
  ],
  routes: (parent) => [
    createRoute({ getParentRoute: () => parent, path: '/channels', component: lazyRouteComponent(() => import('./list/Channels'), 'Channels') }),
    createRoute({ getParentRoute: () => parent, path: '/channels/$code', component: lazyRouteComponent(() => import('./detail/ChannelPage'), 'ChannelPage') }),
  ],
};
