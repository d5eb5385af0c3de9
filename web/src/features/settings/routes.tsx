import { SettingOutlined } from '@ant-design/icons';
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Feature } from '../../shared/desk/feature';

export const feature: Feature = {
  room: 'settings',
  nav: [{ label: 'settings.nav', to: '/settings', icon: <SettingOutlined />, part: 'setup', keys: 'g e', order: 150, needs: ['master.read'] }],
  acts: [
    { label: 'settings.tabs.series', to: '/settings/series', needs: ['master.read'] },
    { label: 'settings.tabs.rules', to: '/settings/rules', needs: ['master.read'] },
    { label: 'settings.tabs.tax', to: '/settings/tax', needs: ['master.read'] },
    { label: 'settings.system.title', to: '/system', needs: ['system.read'] },
  ],
  routes: (parent) => [
    createRoute({ getParentRoute: () => parent, path: '/settings', component: lazyRouteComponent(() => import('./Settings'), 'Settings') }),
    createRoute({ getParentRoute: () => parent, path: '/settings/series', component: lazyRouteComponent(() => import('./Series'), 'Series') }),
    createRoute({ getParentRoute: () => parent, path: '/settings/rules', component: lazyRouteComponent(() => import('./Rules'), 'Rules') }),
    createRoute({ getParentRoute: () => parent, path: '/settings/tax', component: lazyRouteComponent(() => import('./Tax'), 'Tax') }),
    createRoute({ getParentRoute: () => parent, path: '/system', component: lazyRouteComponent(() => import('./System'), 'System') }),
  ],
};
