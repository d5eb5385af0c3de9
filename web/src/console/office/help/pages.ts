// Which help page belongs to which screen, and the keys that it tells.
interface HelpPage {
  id: string;
  /** Key of its title. */
  label: string;
  /** The screen itself; left out = one of many. */
  to?: string;
  /** Keys that work there, besides those everywhere: key and text. */
  keys: readonly (readonly [string, string])[];
}

const list = [
  ['/', 'keys.search'],
  ['j k', 'keys.move'],
  ['x', 'keys.select'],
  ['Space', 'keys.peek'],
  ['Enter', 'keys.open'],
  ['Escape', 'keys.back'],
] as const;

export const helpPages: readonly HelpPage[] = [
  { id: 'today', label: 'today.nav', to: '/', keys: [] },
  { id: 'orders', label: 'orders.nav', to: '/orders', keys: list },
  { id: 'order', label: 'office.help_order', keys: [['n', 'orders.keys.first'], ['h', 'orders.act.hold'], ['m', 'orders.keys.comment'], ['Escape', 'keys.back']] },
  { id: 'new-order', label: 'orders.new', to: '/orders/new', keys: [['Enter', 'office.help_next'], ['mod+Enter', 'orders.act.place']] },
  { id: 'review', label: 'review.nav', to: '/review', keys: [['j k', 'keys.move'], ['a', 'review.act.approve'], ['l', 'review.act.release'], ['r', 'review.act.reject'], ['w', 'review.act.ask'], ['m', 'review.act.claim'], ['s', 'review.act.assign']] },
  { id: 'fulfillments', label: 'fulfillment.nav', to: '/fulfillments', keys: list },
  { id: 'shipments', label: 'fulfillment.nav_shipments', to: '/shipments', keys: list },
  { id: 'stock', label: 'inventory.nav', to: '/stock', keys: list },
  { id: 'products', label: 'catalog.nav', to: '/products', keys: list },
  { id: 'locations', label: 'inventory.nav_locations', to: '/locations', keys: list },
  { id: 'customers', label: 'customers.nav', to: '/customers', keys: list },
  { id: 'channels', label: 'channels.nav', to: '/channels', keys: list },
  { id: 'carriers', label: 'carriers.nav', to: '/carriers', keys: list },
  { id: 'reports', label: 'reports.nav', to: '/reports', keys: [] },
  { id: 'imports', label: 'imports.nav', to: '/imports', keys: [] },
  { id: 'settings', label: 'settings.nav', to: '/settings', keys: [] },
  { id: 'users', label: 'identity.nav', to: '/users', keys: [] },
  { id: 'audit', label: 'events.nav', to: '/audit', keys: list },
  { id: 'jobs', label: 'events.nav_jobs', to: '/jobs', keys: list },
  { id: 'system', label: 'settings.system.title', to: '/system', keys: [] },
  { id: 'me', label: 'identity.me.title', to: '/me', keys: [] },
];

const others: Record<string, string> = { 'api-keys': 'users' };

/** The help page of an address. */
export function helpOf(path: string): string {
  const [first = '', second] = path.split('/').filter(Boolean);
  if (first === 'help') return second ?? 'today';
  if (first === 'orders' && second) return second === 'new' ? 'new-order' : 'order';
  const id = others[first] ?? first;
  return helpPages.some((page) => page.id === id) ? id : 'today';
}
