import { SettingOutlined } from '@ant-design/icons';
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Feature } from '../../shared/desk/feature';

export const feature: Feature = {
  room: 'settings',
  nav: [
    { label: 'settings.nav', to: '/settings', icon: <SettingOutlined />, part: 'setup', keys: 'g e', order: 150, needs: ['setting.read'] },
  ],
  routes: (parent) => [
    createRoute({ getParentRoute: () => parent, path: '/settings', component: lazyRouteComponent(() => import('./Settings'), 'Settings') }),
    createRoute({ getParentRoute: () => parent, path: '/system', component: lazyRouteComponent(() => import('./System'), 'System') }),
  ],
};
