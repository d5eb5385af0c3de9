import { UserOutlined } from '@ant-design/icons';
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Feature } from '../../shared/desk/feature';

export const feature: Feature = {
  room: 'identity',
  nav: [{ label: 'identity.nav', to: '/users', icon: <UserOutlined />, part: 'setup', keys: 'g m', order: 160, needs: ['user.admin'] }],
  acts: [
    { label: 'identity.tabs.keys', to: '/api-keys', needs: ['user.admin'] },
    { label: 'identity.tabs.roles', to: '/users/roles', needs: ['user.admin'] },
    { label: 'identity.me.title', to: '/me' },
  ],
  routes: (parent) => [
    createRoute({ getParentRoute: () => parent, path: '/users', component: lazyRouteComponent(() => import('./users/Users'), 'Users') }),
    createRoute({ getParentRoute: () => parent, path: '/users/roles', component: lazyRouteComponent(() => import('./users/Roles'), 'Roles') }),
    createRoute({ getParentRoute: () => parent, path: '/api-keys', component: lazyRouteComponent(() => import('./keys/ApiKeys'), 'ApiKeys') }),
    createRoute({ getParentRoute: () => parent, path: '/me', component: lazyRouteComponent(() => import('./me/Me'), 'Me') }),
  ],
};
