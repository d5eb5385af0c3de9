import { createRootRoute, createRoute, createRouter, lazyRouteComponent, type AnyRoute } from '@tanstack/react-router';
import { parseAddress, printAddress } from '../../shared/views';
import { features } from './features';
import { Lost, Root } from './Root';
import { Frame } from './Frame';
import { textsFor } from './texts';

const root = createRootRoute({ component: Root, notFoundComponent: Lost });
/** Everything inside of the frame needs a session; what stands outside of it is listed in `outside`. */
const frame = createRoute({ getParentRoute: () => root, id: 'frame', component: Frame }) as unknown as AnyRoute;
const help = (path: string) => createRoute({ getParentRoute: () => frame, path, component: lazyRouteComponent(() => import('./help/Help'), 'Help') });
/** Has the texts there before the screen. What was loaded once stays: a filter or a peek in the address loads nothing. */
const reading = (room: string) => (route: AnyRoute) => (route as { update: (options: object) => AnyRoute }).update({ loader: () => textsFor(room), staleTime: Infinity });
const children = [...features.flatMap(({ room, routes }) => routes(frame).map(reading(room))), ...[help('/help'), help('/help/$page')].map(reading('office'))];
frame.addChildren(children);

export const router = createRouter({
  routeTree: root.addChildren([frame]),
  defaultPreload: 'intent',
  defaultPreloadDelay: 60,
  scrollRestoration: true,
  parseSearch: parseAddress,
  stringifySearch: printAddress,
});
