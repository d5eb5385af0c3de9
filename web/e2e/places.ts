// Every screen, how to come to one that needs a record, and the states and dialogs worth a picture.
import type { Locator, Page } from '@playwright/test';
import { expect, type Shop } from './fixtures';

interface Tools {
  /** The text of a key in the picture's language. */
  say: (key: string) => string;
  shop: Shop;
}

export interface Place {
  name: string;
  path: (shop: Shop) => string | Promise<string>;
  /** What the picture shows, for docs/screens. */
  title: string;
  /** Used on phones, too: a picture of that is kept. */
  phone?: boolean;
  /** Used on phones alone. */
  floor?: boolean;
  /** false = no dark picture is kept. */
  dark?: boolean;
  /** Nobody is signed in. */
  guest?: boolean;
  /** What is done until it looks like that. */
  act?: (page: Page, tools: Tools) => Promise<void>;
}

const first = (list: string, key: string) => async (shop: Shop) => {
  const { data } = await shop.ask<{ data: Record<string, string>[] }>('GET', `/v1/${list}${list.includes('?') ? '&' : '?'}limit=1`);
  return data[0]?.[key] ?? '';
};
const at = (path: string) => () => path;
const of = (prefix: string, list: string, key: string) => async (shop: Shop) => `${prefix}/${await first(list, key)(shop)}`;

export const screens: readonly Place[] = [
  { name: 'today', title: 'What needs a person now, and how the day goes', path: at('/'), phone: true },
  { name: 'orders', title: 'Orders with queues, filters and states', path: at('/orders'), phone: true },
  { name: 'order', title: 'An order: what it waits for, lines, work, why it comes from where', path: of('/orders', 'orders?state=open&payment_status=paid', 'id'), phone: true },
  { name: 'order-desk', title: 'A new order from a phone call, empty', path: at('/orders/new') },
  { name: 'review', title: 'The review queue: evidence and decision on one screen', path: at('/review'), phone: true },
  { name: 'fulfillments', title: 'Work of the locations, what leaves first on top', path: at('/fulfillments'), phone: true },
  { name: 'fulfillment', title: 'One fulfillment: lines, parcels, times', path: of('/fulfillments', 'fulfillments', 'id'), dark: false },
  { name: 'shipments', title: 'What has left; those in trouble first, each with its remedy', path: at('/shipments'), phone: true },
  { name: 'stock', title: 'Stock by product and location', path: at('/stock'), phone: true },
  { name: 'stock-products', title: 'Stock, one row a product', path: at('/stock/products') },
  { name: 'stock-count', title: 'A sheet for counting, kept as one types', path: at('/stock/count'), dark: false },
  { name: 'movements', title: 'The stock ledger', path: at('/stock/movements'), dark: false },
  { name: 'products', title: 'Products', path: at('/products'), phone: true },
  { name: 'product', title: 'A product with its names, prices and stock', path: of('/products', 'products', 'sku'), dark: false },
  { name: 'locations', title: 'Locations', path: at('/locations'), dark: false },
  { name: 'location', title: 'A location with its place on the map, hours and cut-off', path: of('/locations', 'locations', 'code') },
  { name: 'location-bins', title: "A location's bins and what lies where", path: async (shop) => `${await of('/locations', 'locations', 'code')(shop)}/bins`, dark: false },
  { name: 'customers', title: 'Customers', path: at('/customers'), phone: true },
  { name: 'customer', title: 'A customer across channels', path: of('/customers', 'customers', 'id'), dark: false },
  { name: 'channels', title: 'Channels', path: at('/channels'), dark: false },
  { name: 'channel', title: 'A channel with its sourcing rules', path: of('/channels', 'channels', 'code'), dark: false },
  { name: 'carriers', title: 'Carriers', path: at('/carriers'), dark: false },
  { name: 'carrier', title: 'A carrier with services, zones and rates', path: of('/carriers', 'carriers', 'code'), dark: false },
  { name: 'imports', title: 'Files brought in and taken out', path: at('/imports'), dark: false },
  { name: 'reports', title: 'The home of reports: each figure against the time before', path: at('/reports'), phone: true },
  { name: 'settings', title: 'Settings, each with its help', path: at('/settings') },
  { name: 'number-series', title: 'Number series', path: at('/settings/series'), dark: false },
  { name: 'review-rules', title: 'Rules of review', path: at('/settings/rules'), dark: false },
  { name: 'tax-rates', title: 'Tax rates', path: at('/settings/tax'), dark: false },
  { name: 'webhooks', title: 'Webhooks: none yet', path: at('/settings/webhooks'), dark: false },
  { name: 'system', title: 'Version, database, backups, check', path: at('/system'), dark: false },
  { name: 'users', title: 'Users', path: at('/users'), dark: false },
  { name: 'roles', title: 'What each role may do', path: at('/users/roles'), dark: false },
  { name: 'api-keys', title: 'API keys', path: at('/api-keys'), dark: false },
  { name: 'me', title: 'My account: language, theme, password, sessions', path: at('/me'), dark: false },
  { name: 'audit', title: 'The audit log', path: at('/audit'), dark: false },
  { name: 'jobs', title: 'Jobs', path: at('/jobs'), dark: false },
  { name: 'failed-work', title: 'Work that failed: nothing today', path: at('/jobs/failed'), dark: false },
  { name: 'jobs-outside', title: 'What happens outside: nothing today', path: at('/jobs/outside'), dark: false },
  { name: 'floor', title: 'The floor: where one works', path: at('/floor'), floor: true },
];

const found = async (shop: Shop, query: string) => (await shop.ask<{ data: any[] }>('GET', `/v1/orders?limit=1&${query}`)).data[0]?.number ?? '';
const order = (query: string) => async (shop: Shop) => `/orders/${await found(shop, query)}`;
const open = 'state=open&fulfillment_status=allocated&payment_status=paid&has_hold=false';
const dialog = (page: Page) => expect(page.getByRole('dialog').first()).toBeVisible();
const see = (page: Page, what: string) => page.locator(what).first().evaluate((box) => box.scrollIntoView({ block: 'center' }));
async function more(page: Page, { say }: Tools, act: string) {
  await page.getByRole('button', { name: say('common.more') }).click();
  await page.getByRole('menuitem', { name: say(`orders.act.${act}`), exact: true }).click();
  await dialog(page);
}
async function link(shop: Shop, query: string): Promise<string> {
  const [{ id }] = (await shop.ask<{ data: { id: string }[] }>('GET', `/v1/orders?limit=1&${query}`)).data as [{ id: string }];
  return (await shop.ask<{ path: string }>('GET', `/v1/orders/${id}/tracking_link`)).path;
}

/** A phone of the floor at a location, with work of its own that comes first. */
async function floor(page: Page, { say, shop }: Tools, act?: 'pick' | 'pack' | 'count') {
  if (act === 'pick' || act === 'pack') {
    const made = await shop.ask<any>('POST', '/v1/orders', {
      channel: 'web',
      currency: 'USD',
      payment_terms: 'cod',
      shipping_address: { name: 'Ann Baker', line1: '15 Astor Pl', city: 'New York', region: 'NY', postal_code: '10003', country: 'US', latitude: 40.73, longitude: -73.99 },
      lines: [{ sku: 'TEE-S', quantity: 2 }],
    });
    await shop.ask('POST', `/v1/fulfillments/${made.fulfillments[0].id}/${act === 'pick' ? 'claim' : 'pick'}`, {});
  }
  await page.getByRole('button', { name: 'NJ' }).click();
  if (act) await page.getByRole('button', { name: say(`floor.home.${act}`), exact: true }).click();
}
async function scan(page: Page, code: string) {
  await page.keyboard.type(code);
  await page.keyboard.press('Enter');
}
/** A scanner is pulled again where the phone has not beeped. */
const until = (page: Page, code: string, seen: Locator) =>
  expect(async () => {
    await scan(page, code);
    await expect(seen).toBeVisible({ timeout: 1500 });
  }).toPass();
async function picking(page: Page, tools: Tools) {
  await floor(page, tools, 'pick');
  await expect(page.locator('.middle .code').first()).toHaveText('TEE-S');
}
/** Work that was begun goes back, or the next picture would be offered it. */
const put = async (page: Page, { shop }: Tools) => {
  void page;
  const { data } = await shop.ask<{ data: { id: string; claimed_by?: string }[] }>('GET', '/v1/fulfillments?state=open,picking,picked&limit=200');
  for (const one of data) if (one.claimed_by) await shop.ask('POST', `/v1/fulfillments/${one.id}/release_claim`, {});
};

async function bring(page: Page, { say }: Tools, text: string) {
  await page.locator('input[type=file]').setInputFiles({ name: 'spring-catalog.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await expect(page.getByRole('heading', { level: 1, name: 'spring-catalog.csv' })).toBeVisible();
  await expect(page.getByRole('button', { name: say('imports.act.check'), exact: true })).toBeVisible();
}
const catalog = [
  'Item no,Product name,Price,Weight (kg),Shelf',
  'FAN-S,"Silk fan, small",24.90,0.12,A-03',
  'FAN-L,"Silk fan, large",32.00,0.18,A-03',
  'TRAY-OAK,Oak tray,forty,0.9,B-11',
  'INCENSE-20,"Incense, 20 sticks",12.50,0.08,C-01',
  'COASTER-4,"Coasters, set of four",18.90,-2,C-02',
  'SCROLL,Hanging scroll,89.00,0.75,D-07',
].join('\n');

/** Nobody has set the company up yet, as the server of a new one says. */
async function unset(page: Page) {
  await page.route('**/v1/session', (route) => route.fulfill({ status: 401, contentType: 'application/json', body: '{"code":"unauthenticated"}' }));
  await page.route('**/v1/setup', (route) => route.fulfill({ contentType: 'application/json', body: JSON.stringify({ needed: true, allowed: true, currencies: ['USD', 'CNY', 'TWD', 'EUR'], time_zones: ['America/New_York', 'Asia/Shanghai', 'Asia/Taipei', 'UTC'], location_kinds: ['warehouse', 'store'], channel_kinds: ['web', 'phone', 'store', 'marketplace'], demos: ['retail'] }) }));
  await page.reload();
  await expect(page.locator('form').first()).toBeVisible();
}

const reports = ['orders', 'products', 'flow', 'backlog', 'stock', 'reviews', 'customers', 'segments'] as const;

/** Dialogs and states, each from a screen on. */
export const states: readonly Place[] = [
  { name: 'sign-in', title: 'Signing in', path: at('/'), guest: true, phone: true },
  { name: 'setup', title: 'The first run: company, owner, first location and channel', path: at('/'), guest: true, dark: false, act: unset },
  {
    name: 'invitation',
    title: 'An invitation: the new user chooses a password',
    guest: true,
    dark: false,
    path: async (shop) => {
      const user = await shop.ask<{ id: string }>('POST', '/v1/users', { login: `grace.hill.${Date.now()}`, name: 'Grace Hill', roles: ['service'], password: 'eleven quiet copper lamps' });
      return `/invitation#${(await shop.ask<{ token: string }>('POST', `/v1/users/${user.id}/invitation`)).token}`;
    },
  },
  { name: 'today-table', title: "The day's flow as a table", path: at('/'), dark: false, act: (page, { say }) => page.getByText(say('today.flow_table'), { exact: true }).click() },
  { name: 'orders-board', title: 'Open orders as a board', path: at('/orders?as=board&state=open') },
  {
    name: 'orders-peek',
    title: 'An order peeked at beside its list',
    path: at('/orders?state=open'),
    act: async (page) => {
      await page.getByRole('grid').focus();
      await page.keyboard.press('j');
      await page.keyboard.press('Space');
      await expect(page.locator('.peek-order')).toBeVisible();
    },
  },
  {
    name: 'orders-bulk',
    title: 'One verb for many orders',
    path: at('/orders?state=open'),
    dark: false,
    act: async (page, { say }) => {
      for (const i of [1, 2, 3]) await page.locator('.grid-check input').nth(i).click();
      await page.locator('.bulkbar').getByRole('button', { name: say('orders.bulk.hold'), exact: true }).click();
      await dialog(page);
    },
  },
  {
    name: 'orders-views',
    title: 'Saved views of a list: mine and shared',
    dark: false,
    path: async (shop) => {
      const { data } = await shop.ask<{ data: unknown[] }>('GET', '/v1/views?screen=orders');
      if (!data.length) {
        const views = [
          { name: 'Ships from New Jersey today', query: 'location=NJ&state=open' },
          { name: 'Unpaid phone orders', query: 'channel=phone&payment_status=unpaid' },
          { name: 'Gifts', query: 'tag=gift' },
        ];
        for (const [i, view] of views.entries()) await shop.ask('POST', '/v1/views', { screen: 'orders', columns: [], shared: i < 2, ...view });
      }
      return '/orders?channel=phone&payment_status=unpaid';
    },
    act: async (page) => {
      await page.locator('.toolbar .ant-btn').first().click();
      await expect(page.locator('.ant-dropdown:visible')).toBeVisible();
    },
  },
  { name: 'orders-none', title: 'A list without a match says what to do', path: at('/orders?number=NO-SUCH-ORDER'), dark: false },
  { name: 'order-sourcing', title: 'Where an order comes from: the map and a sentence for each location', path: order(open), phone: true, act: (page) => see(page, '.map-box') },
  { name: 'order-held', title: 'An order on hold: who decides, since when, why', path: order('state=open&has_hold=true') },
  { name: 'order-late', title: 'A late order: what it waits for', path: order('late=true&sort=created_at'), dark: false },
  { name: 'order-shipped', title: 'An order on its way: parcels and scans', path: order('fulfillment_status=shipped&payment_status=paid'), dark: false, act: (page) => see(page, '.parcel') },
  { name: 'order-timeline', title: 'The timeline of an order, with comments', path: order('state=open&has_hold=true'), dark: false, act: (page) => see(page, '.timeline') },
  {
    name: 'order-hold',
    title: 'Holding an order',
    path: order(open),
    act: async (page) => {
      await page.keyboard.press('h');
      await dialog(page);
    },
  },
  { name: 'order-cancel', title: 'Cancelling an order names what goes back', path: order(open), act: (page, tools) => more(page, tools, 'cancel') },
  { name: 'order-source', title: 'Sourcing an order again, with its preview', path: order(open), dark: false, act: (page, tools) => more(page, tools, 'source') },
  {
    name: 'order-refund',
    title: 'Giving money back, within its cap',
    path: order('fulfillment_status=delivered&payment_status=paid'),
    dark: false,
    act: async (page, { say }) => {
      await page.getByRole('button', { name: say('orders.act.refund'), exact: true }).first().click();
      await dialog(page);
    },
  },
  {
    name: 'order-conflict',
    title: 'Two people at one order: both values are shown',
    path: order(`${open}&sort=created_at`),
    act: async (page, { say, shop }) => {
      const number = page.url().split('/').pop() ?? '';
      await page.getByLabel(say('orders.notes')).fill('Gift: put the card on top.');
      await shop.ask('PATCH', `/v1/orders/${number}`, { notes: 'Leave it with the neighbor at number 17.' });
      await page.getByRole('button', { name: say('common.save'), exact: true }).click();
      await dialog(page);
    },
  },
  {
    name: 'order-desk-filled',
    title: 'A phone order: customer, lines with what is available, total and promise',
    path: at('/orders/new'),
    act: async (page) => {
      await page.waitForFunction(() => document.activeElement?.matches('input[role=combobox]'));
      await page.keyboard.type('li.wei@');
      await expect(page.locator('.ant-select-item-option').first()).toHaveText(/Li Wei/);
      await page.keyboard.press('Enter');
      for (const [sku, n] of [['TEAPOT', 1], ['TEA-OOLONG', 2], ['BOWL', 4]] as const) {
        await expect(page.locator('#desk-product')).toBeFocused();
        await page.keyboard.type(sku.toLowerCase());
        await expect(page.locator('.ant-select-item-option', { hasText: sku })).toBeVisible();
        await page.keyboard.press('Enter');
        await expect(page.locator('.desk-lines input').first()).toBeVisible();
        await page.keyboard.type(String(n));
        await page.keyboard.press('Enter');
      }
      await expect(page.locator('.desk-promise .tag').first()).toBeVisible();
    },
  },
  {
    name: 'review-decision',
    title: 'A decision by one key, with its reason',
    path: at('/review'),
    act: async (page) => {
      await expect(page.locator('.case-head')).toBeVisible();
      await page.keyboard.press('l');
      await dialog(page);
    },
  },
  {
    name: 'wave',
    title: 'Releasing a wave: what fits goes in',
    path: at('/fulfillments?location=NJ&state=open,picking'),
    dark: false,
    act: async (page, { say }) => {
      for (const i of [1, 2, 3, 4]) await page.locator('.grid-check input').nth(i).click();
      await page.locator('.bulkbar').getByRole('button', { name: say('fulfillment.bulk.wave') }).click();
      await dialog(page);
    },
  },
  { name: 'fulfillment-open', title: 'A fulfillment that is to be picked', path: of('/fulfillments', 'fulfillments?state=open', 'id'), dark: false },
  {
    name: 'stock-peek',
    title: 'Stock of a product at each location',
    path: at('/stock'),
    dark: false,
    act: async (page) => {
      await page.getByRole('grid').focus();
      await page.keyboard.press('Space');
      await expect(page.locator('.peek')).toBeVisible();
    },
  },
  {
    name: 'stock-adjust',
    title: 'Adjusting stock, by count or by difference',
    path: at('/stock'),
    dark: false,
    act: async (page, { say }) => {
      await page.locator('.grid-check input').nth(1).click();
      await page.locator('.bulkbar').getByRole('button', { name: say('inventory.adjust') }).click();
      await dialog(page);
    },
  },
  { name: 'import-mapping', title: "A file's columns matched with fields", path: at('/imports'), act: (page, tools) => bring(page, tools, catalog) },
  {
    name: 'import-checked',
    title: 'What an import would do, and each wrong row',
    path: at('/imports'),
    act: async (page, tools) => {
      await bring(page, tools, catalog);
      await page.getByRole('button', { name: tools.say('imports.act.check'), exact: true }).click();
      await expect(page.locator('.faults-scroll')).toBeVisible();
    },
  },
  ...reports.map((name) => ({ name: `report-${name}`, title: `The report ${name}`, path: at(`/reports/${name}`), dark: name === 'orders' })),
  { name: 'report-drill', title: 'The rows behind a figure', path: at('/reports/orders?as=table&measure=orders'), dark: false, act: async (page) => {
    await page.locator('.report-table tbody button').first().click();
    await dialog(page);
  } },
  {
    name: 'palette',
    title: 'The command palette: pages, acts, orders, customers, products',
    path: at('/orders'),
    act: async (page) => {
      await page.keyboard.press('Control+k');
      await page.locator('.palette input').fill('tea');
      await expect(page.locator('.palette-entry', { hasText: 'TEAPOT' })).toBeVisible();
    },
  },
  {
    name: 'keys',
    title: 'The keys that work here',
    path: at('/orders'),
    dark: false,
    act: async (page) => {
      await page.keyboard.press('?');
      await dialog(page);
    },
  },
  { name: 'help', title: 'The help page of a screen', path: at('/help/orders') },
  { name: 'floor-sign-in', title: 'The floor: badge and PIN', path: at('/floor'), guest: true, floor: true, phone: true },
  { name: 'floor-home', title: 'The floor: what is next', path: at('/floor'), floor: true, phone: true, act: async (page, tools) => (await put(page, tools), floor(page, tools)) },
  { name: 'floor-pick', title: 'Picking: one item at a time', path: at('/floor'), floor: true, phone: true, act: async (page, tools) => (await put(page, tools), picking(page, tools)) },
  {
    name: 'floor-wrong',
    title: 'A wrong scan changes nothing',
    path: at('/floor'),
    floor: true,
    phone: true,
    act: async (page, tools) => {
      await put(page, tools);
      await picking(page, tools);
      await until(page, 'CUSHION', page.getByRole('alert').first());
    },
  },
  {
    name: 'floor-pack',
    title: 'Packing: each item under the scanner',
    path: at('/floor'),
    floor: true,
    phone: true,
    act: async (page, tools) => {
      await put(page, tools);
      await floor(page, tools, 'pack');
      await expect(page.getByText(tools.say('floor.pack.scan'))).toBeVisible();
    },
  },
  { name: 'floor-count', title: 'Counting stock blind', path: at('/floor'), floor: true, phone: true, act: async (page, tools) => {
    await floor(page, tools, 'count');
    await scan(page, 'MUG-BLUE');
  } },
  { name: 'track', title: "The customer's page: when it comes, how far it is", path: (shop) => link(shop, 'fulfillment_status=shipped'), guest: true, phone: true },
  { name: 'track-delivered', title: "The customer's page of an order that has arrived", path: (shop) => link(shop, 'fulfillment_status=delivered&state=closed'), guest: true, dark: false },
];
