// What holds for every list: live without jumping, views, columns, density, files of exactly what is shown, one verb for many.
import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { barriers, enter, expect, test, type Shop } from './fixtures';

let made = 0;
/** A product of its own, so that a list can be of just these orders. */
async function orders(shop: Shop, sku: string, n: number, more: object = {}) {
  const has = (await shop.ask<any>('GET', `/v1/products?sku=${sku}`)).data.length;
  if (!has) {
    await shop.ask('POST', '/v1/products', { sku, name: { en: `Thing ${sku}`, 'zh-CN': `东西 ${sku}`, 'zh-TW': `東西 ${sku}` }, price: 1000, currency: 'USD', tax_category: 'standard' });
    await shop.ask('POST', '/v1/stock/adjustments', { location: 'NJ', reason: 'for a test', lines: [{ sku, delta: 200 }] });
  }
  const all: any[] = [];
  for (let i = 0; i < n; i++)
    all.push(
      await shop.ask('POST', '/v1/orders', {
        channel: 'web',
        external_id: `lists-${Date.now()}-${made++}`,
        currency: 'USD',
        payment_terms: 'cod',
        shipping_address: { name: 'Ann Baker', line1: '15 Astor Pl', city: 'New York', region: 'NY', postal_code: '10003', country: 'US' },
        lines: [{ sku, quantity: 1 }],
        ...more,
      }),
    );
  return all;
}

test('new rows wait behind a count, and nothing moves under the pointer @sample', async ({ page, shop }) => {
  await orders(shop, 'LIVE-1', 3);
  await page.goto('/orders?sku=LIVE-1');
  const rows = page.locator('.grid-row');
  await expect(rows).toHaveCount(3);
  const before = await rows.locator('.order-number').allTextContents();
  const [newest, other] = await orders(shop, 'LIVE-1', 2);
  const news = page.getByRole('button', { name: '2 new', exact: true });
  await expect(news).toBeVisible();
  expect(await rows.locator('.order-number').allTextContents()).toEqual(before);
  // What changes is drawn where it stands.
  await shop.ask('POST', `/v1/orders/${(await shop.ask<any>('GET', `/v1/orders?number=${before[1]}`)).data[0].id}/hold`, { reason: 'look here', owner_role: 'service' });
  await expect(rows.nth(1).locator('.tag-warn', { hasText: /^1$/ })).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await news.click();
  await expect(rows).toHaveCount(5);
  expect(await rows.locator('.order-number').allTextContents()).toEqual([other.number, newest.number, ...before]);
  await expect(news).toHaveCount(0);
});

const numbers = (page: Page) => page.locator('.grid-row .order-number').allTextContents();

test('a view is saved, shared, opened by others, made the first one, and deleted', async ({ page, shop, browser }) => {
  await orders(shop, 'VIEW-1', 2);
  await page.goto('/orders?sku=VIEW-1');
  await expect(page.locator('.grid-row')).toHaveCount(2);
  const views = page.getByRole('search').getByRole('button').first();
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('checkbox', { name: 'City' }).check();
  await page.getByRole('checkbox', { name: 'Channel' }).uncheck();
  await page.keyboard.press('Escape');
  await views.click();
  await page.getByRole('menuitem', { name: 'Save as a view…' }).click();
  await page.getByRole('dialog').getByLabel('Name of the view').fill('Only VIEW-1');
  await page.getByRole('dialog').getByLabel('Share with everybody').check();
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await expect(views).toContainText('Only VIEW-1');

  await shop.ask('POST', '/v1/users', { login: 'vera', name: 'Vera', password: 'a long password of hers', roles: ['viewer'] });
  const other = await browser.newContext({ baseURL: shop.url, locale: 'en-US', timezoneId: 'UTC' });
  const vera = await other.newPage();
  await enter(vera, shop, 'vera', 'a long password of hers');
  await vera.goto('/orders');
  await vera.getByRole('search').getByRole('button').first().click();
  await vera.getByRole('menuitem', { name: 'Only VIEW-1 (shared)' }).click();
  await expect(vera.locator('.grid-row')).toHaveCount(2);
  await expect(vera.getByRole('columnheader', { name: 'City' })).toBeVisible();
  await expect(vera.getByRole('columnheader', { name: 'Channel' })).toHaveCount(0);
  await other.close();

  await views.click();
  await page.getByRole('menuitem', { name: 'Open the list with this view' }).click();
  await expect.poll(async () => (await shop.ask<any>('GET', '/v1/views?screen=orders')).data[0].is_default).toBe(true);
  await page.goto('/orders');
  await expect(page).toHaveURL(/sku=VIEW-1/);
  await expect(page.locator('.grid-row')).toHaveCount(2);
  await views.click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await expect(views).toContainText('All');
  expect((await shop.ask<any>('GET', '/v1/views?screen=orders')).data).toEqual([]);
});

test('columns and row height are chosen and kept', async ({ page }) => {
  await page.goto('/orders');
  const height = () => page.locator('.grid-row').first().evaluate((row) => row.getBoundingClientRect().height);
  await expect(page.locator('.grid-row').first()).toBeVisible();
  const normal = await height();
  await page.getByRole('button', { name: 'Row height' }).click();
  await page.getByRole('menuitem', { name: 'Compact' }).click();
  await expect.poll(height).toBeLessThan(normal);
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('checkbox', { name: 'Tags' }).check();
  await expect(page.getByRole('columnheader', { name: 'Tags' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('columnheader', { name: 'Tags' })).toBeVisible();
  expect(await height()).toBeLessThan(normal);
});

/** The cells of the first sheet of a workbook, as texts. */
function sheet(file: Buffer): string[][] {
  const parts = new Map<string, string>();
  for (let at = file.indexOf('PK\u0001\u0002', 0, 'latin1'); at >= 0 && file.readUInt32LE(at) === 0x02014b50; ) {
    const [how, size, name, more, note, begin] = [file.readUInt16LE(at + 10), file.readUInt32LE(at + 20), file.readUInt16LE(at + 28), file.readUInt16LE(at + 30), file.readUInt16LE(at + 32), file.readUInt32LE(at + 42)];
    const from = begin + 30 + file.readUInt16LE(begin + 26) + file.readUInt16LE(begin + 28);
    const bytes = file.subarray(from, from + size);
    parts.set(file.toString('utf8', at + 46, at + 46 + name), (how === 8 ? inflateRawSync(bytes) : bytes).toString('utf8'));
    at += 46 + name + more + note;
  }
  const plain = (xml: string) => xml.replace(/<[^>]*>/g, '').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
  const strings = [...(parts.get('xl/sharedStrings.xml') ?? '').matchAll(/<si>(.*?)<\/si>/gs)].map((one) => plain(one[1] as string));
  const rows = [...(parts.get('xl/worksheets/sheet1.xml') ?? '').matchAll(/<row[^>]*>(.*?)<\/row>/gs)];
  return rows.map(([, row]) => {
    const cells: string[] = [];
    for (const [, column, rest, body] of (row as string).matchAll(/<c r="([A-Z]+)\d+"([^>]*?)(?:\/>|>(.*?)<\/c>)/gs)) {
      const n = [...(column as string)].reduce((all, letter) => all * 26 + letter.charCodeAt(0) - 64, 0) - 1;
      const text = plain(body ?? '');
      cells[n] = rest?.includes('t="s"') ? (strings[Number(text)] ?? '') : text;
    }
    return Array.from(cells, (cell) => cell ?? '');
  });
}
function table(csv: string): string[][] {
  return csv
    .replace(/^\uFEFF/, '')
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? ''));
}

test('the files hold exactly the rows of the list, in its order, and both the same cells', async ({ page, shop }) => {
  await orders(shop, 'FILE-1', 4);
  await page.goto('/orders?sku=FILE-1&sort=created_at');
  await expect(page.locator('.grid-row')).toHaveCount(4);
  const shown = await numbers(page);
  const save = async (format: string) => {
    const coming = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export this list' }).click();
    await page.getByRole('menuitem', { name: format, exact: true }).click();
    const file = await coming;
    expect(file.suggestedFilename()).toMatch(new RegExp(`^orders-\\d{4}-\\d{2}-\\d{2}\\.${format.startsWith('CSV') ? 'csv' : 'xlsx'}$`));
    return readFileSync(await file.path());
  };
  const csv = table((await save('CSV: every field')).toString('utf8'));
  const xlsx = sheet(await save('Excel: every field'));
  const column = (csv[0] as string[]).indexOf('number');
  expect(csv.slice(1).map((row) => row[column])).toEqual(shown);
  expect(xlsx.map((row) => row[column])).toEqual(csv.map((row) => row[column]));
  expect(xlsx[0]).toEqual(csv[0]);
  expect(xlsx).toHaveLength(csv.length);
  for (const name of ['state', 'totals.total', 'totals.due', 'currency']) {
    const at = (csv[0] as string[]).indexOf(name);
    expect(at).toBeGreaterThanOrEqual(0);
    expect(xlsx.slice(1).map((row) => row[at]?.replace(/\.0+$/, ''))).toEqual(csv.slice(1).map((row) => row[at]?.replace(/\.0+$/, '')));
  }
  // Or the columns that are shown, as the screen names them.
  const few = table((await save('CSV: the columns shown')).toString('utf8'));
  expect(few[0]?.slice(0, 3)).toEqual(['Number', 'Customer', 'Channel']);
  expect(few.slice(1).map((row) => row[0])).toEqual(shown);
  expect(sheet(await save('Excel: the columns shown'))[0]).toEqual(few[0]);
});

test('reload, back and a pasted link show the same', async ({ page, context }) => {
  await page.goto('/orders');
  await expect(page.locator('.grid-row').first()).toBeVisible();
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Payment', exact: true }).click();
  await page.getByRole('checkbox', { name: 'Paid', exact: true }).check();
  await expect(page).toHaveURL(/payment_status=paid/);
  await page.goto('/orders?state=closed&payment_status=paid&sort=created_at');
  await expect(page.locator('.grid-row').first()).toBeVisible();
  const before = await numbers(page);
  await page.reload();
  await expect.poll(() => numbers(page)).toEqual(before);
  await page.locator('.grid-row').nth(2).click();
  await expect(page.locator('.order-head h1')).toHaveText(before[2] as string);
  await page.goBack();
  await expect.poll(() => numbers(page)).toEqual(before);
  await expect(page.locator('.chip')).toHaveCount(2);
  const pasted = await context.newPage();
  await pasted.goto(page.url());
  await expect.poll(() => numbers(pasted)).toEqual(before);
  await pasted.close();
  await page.getByRole('grid').focus();
  await page.keyboard.press(' ');
  await expect(page.locator('.peek')).toBeVisible();
  const peeked = page.url();
  await page.reload();
  await expect(page.locator('.peek')).toBeVisible();
  expect(page.url()).toBe(peeked);
});

for (const [path, api] of [
  ['/orders', '**/v1/orders?*'],
  ['/stock', '**/v1/stock?*'],
  ['/products', '**/v1/products?*'],
  ['/customers', '**/v1/customers?*'],
  ['/fulfillments', '**/v1/fulfillments?*'],
  ['/shipments', '**/v1/fulfillments?*'],
  ['/review', '**/v1/holds?*'],
  ['/audit', '**/v1/audit?*'],
  ['/', '**/v1/today*'],
] as const)
  test(`when the server does not answer, ${path} says so and tries again when asked`, async ({ page }) => {
    await page.route(api, (route) => route.abort('connectionrefused'));
    await page.goto(path);
    const trouble = page.locator('.state[role=alert]');
    await expect(trouble).toBeVisible({ timeout: 30_000 });
    expect(await barriers(page)).toEqual([]);
    await page.unroute(api);
    await trouble.getByRole('button', { name: 'Try again' }).focus();
    await page.keyboard.press('Enter');
    await expect(trouble).toHaveCount(0);
    await expect(page.locator('.bones')).toHaveCount(0);
  });

test('what the server refuses stands at its field, which has the focus', async ({ page, shop }) => {
  const [{ sku }] = (await shop.ask<any>('GET', '/v1/products?limit=1')).data;
  await page.goto('/products');
  await page.getByRole('button', { name: 'New product' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('SKU').fill(sku);
  await dialog.getByLabel('English').fill('Twice');
  await page.keyboard.press('Enter');
  await expect(dialog.locator('.ant-form-item-explain-error')).toBeVisible();
  await expect(dialog.getByLabel('SKU')).toBeFocused();
  await dialog.getByLabel('SKU').fill('');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await expect(dialog.getByText('Required').first()).toBeVisible();
  await expect(dialog.getByLabel('SKU')).toBeFocused();
});

test('what a role may not do is not offered, and the server refuses it too', async ({ page, shop }) => {
  const { data } = await shop.ask<any>('GET', '/v1/orders?state=open&fulfillment_status=allocated&limit=1&expand=fulfillments');
  const [one] = data;
  const [customer] = (await shop.ask<any>('GET', '/v1/customers?limit=1')).data;
  const acts: [string, RegExp, string, string, object][] = [
    ['/orders', /^New order$/, 'POST', '/v1/orders', { channel: 'web', currency: 'USD', lines: [{ sku: 'TOTE', quantity: 1 }] }],
    [`/orders/${one.number}`, /^More/, 'POST', `/v1/orders/${one.id}/hold`, { reason: 'x' }],
    [`/fulfillments/${one.fulfillments[0].id}`, /^Reject|Cannot send/, 'POST', `/v1/fulfillments/${one.fulfillments[0].id}/reject`, { reason: 'busy' }],
    ['/products', /^New product$/, 'POST', '/v1/products', { sku: 'NO-1' }],
    [`/customers/${customer.id}`, /^Block$/, 'PATCH', `/v1/customers/${customer.id}`, { blocked: true, blocked_reason: 'x' }],
    ['/stock', /^Adjust or count$/, 'POST', '/v1/stock/adjustments', { location: 'NJ', reason: 'x', lines: [{ sku: 'TOTE', delta: 1 }] }],
    ['/locations', /^New location$|^Add a location$/, 'POST', '/v1/locations', { code: 'NO', name: 'No', kind: 'store' }],
    ['/settings/tax', /^New tax rate$/, 'POST', '/v1/tax_rates', { category: 'x', country: 'US', rate: '0.1' }],
  ];
  const visible = async (path: string, name: RegExp) => {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
    await expect(page.locator('.bones')).toHaveCount(0);
    return page.locator('#main').getByRole('button', { name }).or(page.locator('#main').getByRole('link', { name })).first();
  };
  for (const [path, name] of acts) await expect(await visible(path, name), path).toBeVisible();
  await shop.ask('POST', '/v1/users', { login: 'walt', name: 'Walt', password: 'a long password of his', roles: ['viewer'] });
  await enter(page, shop, 'walt', 'a long password of his');
  for (const [path, name, method, address, body] of acts) {
    await expect(await visible(path, name), path).toHaveCount(0);
    const status = await page.evaluate(
      async ([method, address, body]) => {
        const { csrf_token } = await (await fetch('/v1/session')).json();
        return (await fetch(address as string, { method: method as string, headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf_token }, body: JSON.stringify(body) })).status;
      },
      [method, address, body] as const,
    );
    expect(status, address).toBe(403);
  }
});

test('the keys of rows work from anywhere on the page where nobody types', async ({ page, shop }) => {
  await orders(shop, 'KEYS-1', 3);
  await page.goto('/orders?sku=KEYS-1');
  const rows = page.locator('.grid-row');
  await expect(rows).toHaveCount(3);
  await expect(page.locator('body')).toBeFocused();
  const at = () => page.getByRole('grid').evaluate((grid) => grid.getAttribute('aria-activedescendant') ?? '');
  await page.keyboard.press('j');
  await expect.poll(at).toMatch(/0$/);
  await page.getByRole('button', { name: 'Export' }).focus();
  await page.keyboard.press('j');
  await expect.poll(at).toMatch(/1$/);
  await page.getByRole('button', { name: 'Export' }).focus();
  await page.keyboard.press('x');
  await expect(page.getByRole('toolbar')).toContainText('1 selected');
  await page.getByRole('button', { name: 'Export' }).focus();
  await page.keyboard.press('k');
  await page.keyboard.press('Space');
  await expect(page.locator('aside.peek')).toBeVisible();
  // A button that has the focus is pressed by Space.
  await page.getByRole('button', { name: 'Export' }).focus();
  await page.keyboard.press('Space');
  await expect(page.getByRole('menu')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('menu')).toBeHidden();
  // Somebody who types is left alone.
  await page.keyboard.press('/');
  await page.keyboard.type('jjx');
  await expect(page.locator('input:focus')).toHaveValue('jjx');
});
