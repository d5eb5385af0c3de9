// Goods and channels: stock by product, counts tried out before they are booked, variants and pictures, how channels do,
// profiles by channel, where products lie, what still has to leave and what went wrong on its way.
import { barriers, expect, test, type Shop } from './fixtures';
import type { Page } from '@playwright/test';

const some = async (shop: Shop, path: string) => (await shop.ask<{ data: any[] }>('GET', `/v1/${path}`)).data;
const cell = (page: Page, name: RegExp) => page.getByRole('row', { name });

test('a line per product adds its locations up, and each figure opens what is behind it', async ({ page, shop }) => {
  const [summary] = (await some(shop, 'stock/summary?expand=places&sort=sku&limit=200')).filter((one) => one.reserved > 0);
  expect(summary.places.reduce((sum: number, one: any) => sum + one.on_hand, 0)).toBe(summary.on_hand);
  await page.goto('/stock/products');
  const row = cell(page, new RegExp(`^${summary.sku} `));
  for (const figure of [summary.on_hand, summary.reserved, ...summary.places.map((one: any) => one.available)]) await expect(row).toContainText(String(figure));
  expect(await barriers(page)).toEqual([]);
  await row.getByRole('link', { name: String(summary.on_hand), exact: true }).first().click();
  await expect(page).toHaveURL(new RegExp(`/stock/movements\\?sku=${summary.sku}$`));
  await expect(page.getByRole('row').filter({ hasText: summary.sku }).first()).toBeVisible();
  await page.goBack();
  await cell(page, new RegExp(`^${summary.sku} `)).getByRole('link', { name: String(summary.reserved), exact: true }).first().click();
  await expect(page).toHaveURL(new RegExp(`/orders\\?.*sku=${summary.sku}`));
});

test('levels say how many, and the number of today opens exactly its rows @sample', async ({ page, shop }) => {
  const [row] = (await some(shop, 'stock?limit=50')).filter((one) => one.available > 3 && one.condition === 'good');
  await shop.ask('POST', '/v1/stock/safety', { location: row.location, sku: row.sku, safety: row.available + 5 });
  const low = async () => (await some(shop, 'stock?level=low&limit=200')).length;
  expect(await low()).toBeGreaterThan(0);
  await page.goto('/');
  await page.locator('a[href*="level=low"]').first().click();
  await expect(page).toHaveURL(/\/stock\?level=low/);
  const chip = page.getByRole('button', { name: /^Low \d+$/ });
  await expect(chip).toHaveAttribute('aria-pressed', 'true');
  // What happens meanwhile by itself moves both.
  await expect.poll(async () => (await chip.innerText()).replace(/\D/g, '') === String(await low())).toBe(true);
  await expect.poll(async () => (await page.getByRole('grid').getByRole('row').count()) === (await low()) + 1).toBe(true);
  await expect(cell(page, new RegExp(`${row.sku}.*${row.location}`))).toContainText('Low');
  await shop.ask('POST', '/v1/stock/safety', { location: row.location, sku: row.sku, safety: 0 });
});

test('a sheet is typed by keys, tried out, and booked only then @sample', async ({ page, shop }) => {
  const held = (await some(shop, 'stock?limit=200')).filter((one) => one.reserved > 1 && one.on_hand === one.reserved && one.condition === 'good')[0];
  const other = (await some(shop, `stock?location=${held.location}&limit=200`)).filter((one) => one.sku !== held.sku && one.reserved === 0 && one.on_hand > 1)[0];
  await page.goto(`/stock/count?location=${held.location}`);
  const type = async (sku: string, text: string) => {
    await page.getByLabel('Product, SKU or lot').fill(sku);
    await page.getByLabel(sku, { exact: true }).fill(text);
  };
  await type(held.sku, String(held.on_hand - 1));
  await type(other.sku, 'much');
  await expect(page.getByRole('button', { name: 'Show differences' })).toBeDisabled();
  await page.getByLabel(other.sku, { exact: true }).fill(String(other.on_hand + 4));
  await page.getByRole('button', { name: 'Show differences' }).click();
  await expect(page.getByLabel('Reason')).toBeFocused();
  await page.keyboard.type('Count in November');
  await page.reload();
  await expect(page.getByLabel(other.sku, { exact: true })).toHaveValue(String(other.on_hand + 4));
  await page.getByLabel('Reason').fill('Count in November');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: `Count at ${held.location}` });
  await expect(dialog.getByRole('row', { name: new RegExp(`^${held.sku} `) })).toContainText('-1');
  await expect(dialog.getByRole('row', { name: new RegExp(`^${other.sku} `) })).toContainText('+4');
  await expect(dialog).toContainText('1 promised unit could not be held');
  await expect(dialog.locator('.shorts a')).toHaveCount(1);
  expect(await barriers(page)).toEqual([]);
  const rows = async () => (await some(shop, `stock?location=${held.location}&limit=200`)).filter((one) => one.id === held.id || one.id === other.id);
  expect((await rows()).map((one) => one.on_hand).toSorted()).toEqual([held.on_hand, other.on_hand].toSorted());
  await dialog.getByRole('button', { name: 'Book 2 rows' }).click();
  await expect(dialog).toBeHidden();
  expect((await rows()).map((one) => one.on_hand).toSorted()).toEqual([held.on_hand - 1, other.on_hand + 4].toSorted());
  await expect(page.getByLabel(other.sku, { exact: true })).toHaveValue('');
});

test('arrows and Enter walk the sheet, a pasted column fills it', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('/stock/count');
  const fields = page.locator('.sheet input');
  await fields.first().focus();
  await page.keyboard.type('1');
  await page.keyboard.press('Enter');
  await expect(fields.nth(1)).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(fields.nth(2)).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await page.evaluate(() => navigator.clipboard.writeText('A\t7\nB\t8\nC\t9\n'));
  await page.keyboard.press('Control+v');
  for (const [n, value] of ['1', '7', '8', '9'].entries()) await expect(fields.nth(n)).toHaveValue(value);
  await expect(page.getByRole('status').filter({ hasText: '4 rows' })).toBeVisible();
  for (let i = 0; i < 40; i++) await page.keyboard.press('Enter');
  await expect(page.locator('.sheet input:focus')).toHaveCount(1);
  await page.getByRole('button', { name: 'Only what I typed' }).click();
  await expect(fields).toHaveCount(4);
  await page.getByRole('button', { name: 'Discard' }).click();
});

test('taking more than there is marks its line, with how much there is', async ({ page, shop }) => {
  const [row] = (await shop.ask('GET', '/v1/stock?limit=1&sku=TOTE&location=NJ')).data;
  await page.goto(`/stock?location=${row.location}&sku=TOTE`);
  await page.getByRole('button', { name: 'Adjust or count' }).click();
  const dialog = page.getByRole('dialog');
  if (await dialog.getByRole('combobox', { name: 'Location' }).count()) {
    await dialog.getByRole('combobox', { name: 'Location' }).click();
    await page.locator('.ant-select-item-option', { hasText: 'New Jersey' }).click();
  }
  await dialog.getByText(/^Difference/).click();
  await dialog.getByRole('combobox', { name: 'SKU' }).click();
  await page.keyboard.type('TOTE');
  await page.locator('.ant-select-item-option', { hasText: 'TOTE' }).first().click();
  await dialog.getByRole('spinbutton').fill('-99999');
  await dialog.getByLabel('Reason').fill('gone');
  await dialog.getByRole('button', { name: 'Book' }).click();
  await expect(dialog.getByText(`Only ${new Intl.NumberFormat('en').format(row.on_hand)} of TOTE available`)).toBeVisible();
  await expect(dialog.getByRole('spinbutton')).toBeFocused();
  expect((await shop.ask('GET', '/v1/stock?limit=1&sku=TOTE&location=NJ')).data[0].on_hand).toBe(row.on_hand);
});

test('what cannot be booked is told at its row', async ({ page, shop }) => {
  const [row] = (await some(shop, 'stock?limit=50')).filter((one) => one.condition === 'good');
  await page.goto(`/stock/count?location=${row.location}`);
  await page.getByText('Difference: came in or went out').click();
  await page.getByLabel('Product, SKU or lot').fill(row.sku);
  await page.getByLabel(row.sku, { exact: true }).fill(String(-row.on_hand - 1));
  await page.getByLabel('Reason').fill('Gone');
  await page.getByRole('button', { name: 'Show differences' }).click();
  await expect(page.locator('.sheet-fault')).toHaveCount(1);
  await expect(page.getByLabel(row.sku, { exact: true })).toHaveAttribute('aria-invalid', 'true');
});

test('variants are made from options at once, and each knows its siblings @sample', async ({ page, shop }) => {
  await shop.ask('POST', '/v1/products', { sku: 'CAP', name: { en: 'Cap', 'zh-CN': '帽子' }, price: 1500 });
  await page.goto('/products/CAP');
  await page.getByRole('button', { name: 'Add variants' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add variants' });
  await dialog.getByLabel('Option', { exact: true }).fill('Size');
  await dialog.getByLabel('Values', { exact: true }).click();
  await page.keyboard.type('S,M,');
  await dialog.getByRole('button', { name: 'Another option' }).click();
  await dialog.getByLabel('Option', { exact: true }).nth(1).fill('Color');
  await dialog.getByLabel('Values', { exact: true }).nth(1).click();
  await page.keyboard.type('red,blue,');
  await expect(dialog.getByText('CAP-M-BLUE')).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Make 4 products' }).click();
  await expect(dialog).toBeHidden();
  expect(await shop.ask('GET', '/v1/products/CAP-S-RED')).toMatchObject({ parent_sku: 'CAP', options: { Size: 'S', Color: 'red' }, price: 1500, name: { en: 'Cap · S / red', 'zh-CN': '帽子 · S / red' } });
  await page.getByRole('link', { name: 'CAP-S-RED' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Cap · S / red' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'CAP-M-BLUE' })).toBeVisible();
  await page.goto('/products?parent_sku=CAP');
  await expect(page.getByRole('grid').getByRole('row')).toHaveCount(5);
});

test('pictures are addresses in an order, and a wrong one is told at once', async ({ page, shop }) => {
  const [product] = await some(shop, 'products?limit=1');
  await page.goto(`/products/${product.sku}`);
  await page.getByRole('button', { name: 'Add a picture' }).click();
  await page.getByLabel('Address of picture 1').fill('http://example.com/a.jpg');
  await expect(page.getByText('It begins with https://')).toBeVisible();
  await page.getByLabel('Address of picture 1').fill('https://example.com/a.jpg');
  await page.getByRole('button', { name: 'Add a picture' }).click();
  await page.getByLabel('Address of picture 2').fill('https://example.com/b.jpg');
  await page.getByRole('button', { name: 'Earlier' }).nth(1).click();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('region', { name: 'Unsaved changes' })).toHaveCount(0);
  expect((await shop.ask('GET', `/v1/products/${product.sku}`)).images).toEqual(['https://example.com/b.jpg', 'https://example.com/a.jpg']);
  expect(await barriers(page)).toEqual([]);
});

test('a channel says how it does, and a profile what came from where', async ({ page, shop }) => {
  const health = (await some(shop, 'channel_health')).toSorted((a, b) => b.orders_day - a.orders_day)[0];
  await page.goto('/channels');
  await expect(page.getByRole('row').filter({ hasText: health.channel }).first()).toContainText(String(health.orders_day));
  await page.goto(`/channels/${health.channel}`);
  const panel = page.getByRole('region', { name: 'Health' });
  await expect(panel).toContainText('Orders come in');
  await panel.getByRole('link', { name: String(health.orders_day), exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`channel=${health.channel}`));
  await expect(page.getByRole('grid').getByRole('row')).toHaveCount(health.orders_day + 1);
  const [order] = await some(shop, 'orders?limit=1');
  await expect.poll(async () => (await shop.ask('GET', `/v1/customers/${order.customer_id}/profile`)).channels.length).toBeGreaterThan(0);
  const profile = await shop.ask('GET', `/v1/customers/${order.customer_id}/profile`);
  expect(profile.channels.reduce((sum: number, one: any) => sum + one.lifetime_value, 0)).toBe(profile.lifetime_value);
  expect(profile.channels.reduce((sum: number, one: any) => sum + one.orders, 0)).toBe(profile.orders);
  await page.goto(`/customers/${order.customer_id}`);
  const table = page.getByRole('table').filter({ hasText: 'Channel' });
  await expect(table.getByRole('row')).toHaveCount(profile.channels.length + 1);
  expect(await barriers(page)).toEqual([]);
});

test('bins are typed in a table and saved together', async ({ page, shop }) => {
  const [place] = await some(shop, 'locations?limit=1');
  const [a, b] = await some(shop, 'products?limit=2');
  await shop.ask('PUT', `/v1/locations/${place.code}/bins`, { bins: [{ sku: a.sku, bin: 'A-01', walk: 10 }] });
  await page.goto(`/locations/${place.code}`);
  await page.getByRole('link', { name: 'Bins' }).click();
  await page.getByLabel(`Bin of ${a.sku}`).fill('');
  await expect(page.getByText(`Needs a bin and a whole number: ${a.sku}`)).toBeVisible();
  await page.getByLabel(`Bin of ${a.sku}`).fill('A-02');
  await page.getByRole('combobox', { name: 'Product' }).click();
  await page.keyboard.type(b.sku);
  await page.locator('.ant-select-dropdown:visible .ant-select-item-option', { hasText: b.sku }).first().click();
  await page.getByRole('button', { name: 'Add a product' }).click();
  await page.getByLabel(`Bin of ${b.sku}`).fill('B-07');
  await page.getByLabel(`Place of ${b.sku} in the walk`).fill('5');
  expect(await barriers(page)).toEqual([]);
  await page.keyboard.press('Control+s');
  await expect(page.getByRole('region', { name: 'Unsaved changes' })).toHaveCount(0);
  const bins = await some(shop, `locations/${place.code}/bins`);
  expect(bins).toEqual(expect.arrayContaining([expect.objectContaining({ sku: a.sku, bin: 'A-02', walk: 10 }), expect.objectContaining({ sku: b.sku, bin: 'B-07', walk: 5 })]));
});

test('what still has to leave counts down, and what went wrong has its remedy @sample', async ({ page, shop }) => {
  const [moving] = (await some(shop, 'fulfillments?state=shipped&expand=parcels&limit=50')).filter((one) => one.parcels?.length);
  await shop.ask('POST', `/v1/parcels/${moving.parcels[0].id}/tracking_events`, { status: 'failure', occurred_at: new Date().toISOString(), description: 'Nobody there' });
  await page.goto('/shipments');
  const cutOffs = page.getByRole('region', { name: 'Cut-offs' });
  await expect(cutOffs.getByRole('link').first()).toContainText('still here');
  const exceptions = page.getByRole('region', { name: 'Exceptions' });
  const all = exceptions.getByRole('button', { name: 'Show all' });
  if (await all.isVisible()) await all.click();
  await exceptions.getByRole('button', { name: new RegExp(moving.order_number) }).click();
  const peek = page.locator('.peek');
  await expect(peek).toContainText('for a better address or time');
  await expect(peek.getByRole('link', { name: 'Customer and address' })).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await peek.getByRole('button', { name: 'Report what happened' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Tracking').click();
  await page.locator('.ant-select-dropdown:visible .ant-select-item-option', { hasText: 'Delivered' }).click();
  await dialog.getByRole('button', { name: 'Report what happened' }).click();
  await expect(dialog).toBeHidden();
  await expect(exceptions.getByRole('button', { name: new RegExp(moving.order_number) })).toHaveCount(0);
  expect((await shop.ask('GET', `/v1/parcels/${moving.parcels[0].id}`)).delivered_at).toBeTruthy();
});

test('who may only read sees no sheet and no buttons that write', async ({ page, shop }) => {
  await page.route('**/v1/session', async (route) => {
    if (route.request().method() !== 'GET') return route.continue();
    const answer = await route.fetch();
    const session = await answer.json();
    const rights = session.permissions as string[] | undefined;
    return route.fulfill({ response: answer, json: { ...session, permissions: rights?.filter((one) => !/adjust|write/.test(one)) } });
  });
  const [product] = await some(shop, 'products?limit=1');
  await page.goto('/stock/products');
  await expect(page.getByRole('grid')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Count sheet' })).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Adjust or count' })).toHaveCount(0);
  await page.goto(`/products/${product.sku}`);
  await expect(page.getByRole('region', { name: 'Variants' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Add variants' })).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Add a picture' })).toHaveCount(0);
});
