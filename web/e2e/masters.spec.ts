// Stock, products, locations, customers, channels, carriers, settings and the audit log: what people do with them all day.
import { barriers, expect, test, type Shop } from './fixtures';
import type { Page } from '@playwright/test';

async function pick(page: Page, label: string, text: string, within: ReturnType<Page['locator']> | Page = page) {
  await within.getByLabel(label, { exact: true }).first().click();
  await page.keyboard.type(text);
  await page.locator('.ant-select-dropdown:visible .ant-select-item-option', { hasText: text }).first().click();
}

async function saved(page: Page) {
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('region', { name: 'Unsaved changes' })).toHaveCount(0);
}

const some = async (shop: Shop, list: string) => (await shop.ask<{ data: any[] }>('GET', `/v1/${list}?limit=1`)).data[0];

test('stock is counted with a reason, and the ledger tells it @sample', async ({ page, shop }) => {
  const row = await some(shop, 'stock');
  await page.goto(`/stock?sku=${row.sku}&location=${row.location}`);
  await page.getByRole('row').filter({ hasText: row.sku }).first().click();
  await page.locator('.peek').getByRole('button', { name: 'Adjust or count' }).click();
  const dialog = page.getByRole('dialog', { name: 'Adjust or count' });
  expect(await barriers(page)).toEqual([]);
  await dialog.getByLabel('Counted').fill(String(row.on_hand + 5));
  await dialog.getByRole('button', { name: 'Book' }).click();
  await expect(dialog.getByText('Required')).toBeVisible();
  await dialog.getByLabel('Reason').fill('Cycle count in the morning');
  await dialog.getByRole('button', { name: 'Book' }).click();
  await expect(dialog).toBeHidden();
  await page.goto(`/stock/movements?sku=${row.sku}&location=${row.location}`);
  const newest = page.getByRole('row').filter({ hasText: 'Cycle count in the morning' }).first();
  await expect(newest).toContainText('+5');
  await expect(newest).toContainText('Count');
});

test('stock changes by a difference, several products at once', async ({ page, shop }) => {
  const { data } = await shop.ask<{ data: any[] }>('GET', '/v1/stock?limit=200');
  const here = data.filter((row) => row.location === data[0].location && row.condition === 'good').slice(0, 2);
  await page.goto(`/stock?location=${here[0].location}`);
  for (const row of here) await page.getByRole('row').filter({ hasText: row.sku }).first().getByRole('checkbox').click();
  await page.getByRole('toolbar').getByRole('button', { name: 'Adjust or count' }).click();
  const dialog = page.getByRole('dialog', { name: 'Adjust or count' });
  await dialog.getByText('Difference: came in or went out').click();
  await dialog.getByLabel('Difference', { exact: true }).nth(0).fill('3');
  await dialog.getByLabel('Difference', { exact: true }).nth(1).fill('-1');
  await dialog.getByLabel('Reason').fill('Found behind the shelf');
  await dialog.getByRole('button', { name: 'Book' }).click();
  await expect(dialog).toBeHidden();
  const after = await shop.ask<{ data: any[] }>('GET', `/v1/stock?location=${here[0].location}&limit=200`);
  const now = (sku: string) => after.data.find((row) => row.sku === sku && row.condition === 'good').on_hand;
  expect([now(here[0].sku), now(here[1].sku)].map((n, i) => n - here[i].on_hand).sort()).toEqual([-1, 3]);
});

test('low, out and negative are one touch away, and lead to their ledger', async ({ page }) => {
  await page.goto('/stock');
  for (const [name, level] of [
    ['Low', 'low'],
    ['Out', 'out'],
    ['Negative', 'negative'],
  ] as const) {
    await page.getByRole('button', { name: new RegExp(`^${name}( |$)`) }).click();
    await expect(page).toHaveURL(new RegExp(`level=${level}`));
    await expect(page.locator('.bones')).toHaveCount(0);
    await expect(page.getByRole('alert')).toHaveCount(0);
  }
});

test('a product is made, its GTIN is checked at once, and its price is kept exactly @sample', async ({ page, shop }) => {
  await page.goto('/products');
  await page.getByRole('button', { name: 'New product' }).click();
  const dialog = page.getByRole('dialog', { name: 'New product' });
  await dialog.getByLabel('SKU').fill('LAMP-9');
  await dialog.getByLabel('English').fill('Oak lamp');
  await dialog.getByLabel('繁體中文').fill('橡木檯燈');
  await dialog.getByLabel('Price').fill('19.99');
  await dialog.getByLabel('GTIN').fill('4006381333932');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await expect(dialog.getByText('it would be 1')).toBeVisible();
  await dialog.getByLabel('GTIN').fill('4006381333931');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await expect(page.getByRole('heading', { name: 'Oak lamp' })).toBeVisible();
  expect(await shop.ask('GET', '/v1/products/LAMP-9')).toMatchObject({ price: 1999, gtin: '4006381333931', name: { en: 'Oak lamp', 'zh-TW': '橡木檯燈' } });
  await page.getByRole('button', { name: 'Add a unit' }).click();
  await page.getByLabel('Unit', { exact: true }).last().fill('case');
  await page.getByRole('button', { name: 'Add an attribute' }).click();
  await page.getByLabel('Name', { exact: true }).last().fill('wood');
  await page.getByLabel('Value', { exact: true }).fill('oak');
  await saved(page);
  const product = await shop.ask('GET', '/v1/products/LAMP-9');
  expect(product.units).toMatchObject([{ unit: 'case', numerator: 12 }]);
  expect(product.attributes).toEqual({ wood: 'oak' });
});

test('a code that is taken is told at its field', async ({ page, shop }) => {
  const { sku } = await some(shop, 'products');
  await page.goto('/products');
  await page.getByRole('button', { name: 'New product' }).click();
  const dialog = page.getByRole('dialog', { name: 'New product' });
  await dialog.getByLabel('SKU').fill(sku);
  await dialog.getByRole('button', { name: 'Create' }).click();
  await expect(page.locator('.ant-form-item-explain-error, .ant-message-error')).toBeVisible();
  await expect(dialog.getByLabel('SKU')).toHaveValue(sku);
});

test('who is slower is asked whose value counts, and loses nothing @sample', async ({ page, shop }) => {
  const { sku } = await some(shop, 'products');
  await page.goto(`/products/${sku}`);
  await page.getByLabel('Tax category').fill('reduced');
  await shop.ask('PATCH', `/v1/products/${sku}`, { tax_category: 'books' });
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Somebody else changed this' });
  await expect(dialog).toContainText('books');
  await expect(dialog).toContainText('reduced');
  expect(await barriers(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Save mine' }).click();
  await expect(dialog).toBeHidden();
  await expect.poll(async () => (await shop.ask('GET', `/v1/products/${sku}`)).tax_category).toBe('reduced');
});

test('what another does is seen without losing what one types', async ({ page, shop }) => {
  const { sku } = await some(shop, 'products');
  await page.goto(`/products/${sku}`);
  await page.getByLabel('Customs tariff number').fill('1111.11');
  await shop.ask('PATCH', `/v1/products/${sku}`, { active: false });
  await expect(page.getByText('Not on sale')).toBeVisible();
  await expect(page.getByLabel('Customs tariff number')).toHaveValue('1111.11');
  await shop.ask('PATCH', `/v1/products/${sku}`, { active: true });
});

test('a location keeps its hours, holidays and cut-off', async ({ page, shop }) => {
  const { code } = await some(shop, 'locations');
  await page.goto(`/locations/${code}`);
  await page.getByLabel('Cut-off', { exact: true }).fill('1530');
  await page.getByLabel('Cut-off', { exact: true }).blur();
  await page.getByRole('button', { name: 'Add a holiday or working day' }).click();
  await page.getByLabel('Date').last().fill('2027-01-01');
  await page.getByLabel('Why, for people').last().fill('New Year');
  await saved(page);
  const location = await shop.ask('GET', `/v1/locations/${code}`);
  expect(location.cut_off).toBe('15:30');
  expect(location.calendar.exceptions).toContainEqual(expect.objectContaining({ date: '2027-01-01', open: false, why: 'New Year' }));
});

test('a customer is blocked with a reason and let go again @sample', async ({ page, shop }) => {
  const { id } = await some(shop, 'customers');
  await page.goto(`/customers/${id}`);
  await page.getByRole('button', { name: 'Block', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill('Card was stolen');
  expect(await barriers(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Block', exact: true }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText('Card was stolen')).toBeVisible();
  expect(await shop.ask('GET', `/v1/customers/${id}`)).toMatchObject({ blocked: true, blocked_reason: 'Card was stolen' });
  await page.getByRole('button', { name: 'Unblock' }).click();
  await expect.poll(async () => (await shop.ask('GET', `/v1/customers/${id}`)).blocked).toBe(false);
  await expect(page.getByRole('button', { name: 'Block', exact: true })).toBeVisible();
});

test('sourcing rules of a channel are moved by buttons', async ({ page, shop }) => {
  const { data } = await shop.ask<{ data: any[] }>('GET', '/v1/channels?limit=50&expand=sourcing_rules');
  const channel = data.find((one) => one.sourcing_rules.length > 1) ?? data[0];
  await page.goto(`/channels/${channel.code}`);
  if (channel.sourcing_rules.length < 2) {
    for (let i = channel.sourcing_rules.length; i < 2; i++) await page.getByRole('button', { name: 'Add a rule' }).click();
    await saved(page);
  }
  await page.getByRole('button', { name: 'Later' }).first().click();
  await saved(page);
  const after = await shop.ask('GET', `/v1/channels/${channel.code}`);
  if (channel.sourcing_rules.length > 1) expect(after.sourcing_rules.map((rule: any) => rule.name).slice(0, 2)).toEqual(channel.sourcing_rules.map((rule: any) => rule.name).slice(0, 2).reverse());
  else expect(after.sourcing_rules).toHaveLength(2);
});

test('a carrier says what a shipment would cost', async ({ page, shop }) => {
  const { data } = await shop.ask<{ data: any[] }>('GET', '/v1/carriers?limit=50&expand=zones,services,rates');
  const carrier = data.find((one) => one.rates?.length);
  const zone = carrier.zones.find((one: any) => one.code === carrier.rates[0].zone);
  const country = zone.countries[0] ?? 'US';
  await page.goto(`/carriers/${carrier.code}`);
  await pick(page, 'To country', country);
  await page.getByRole('button', { name: 'Quote' }).click();
  await expect(page.locator('[aria-live=polite] .tag').first()).toBeVisible();
  expect(await barriers(page)).toEqual([]);
});

test('settings are found by what they do, changed and set back @sample', async ({ page, shop }) => {
  await page.goto('/settings');
  await page.getByRole('textbox', { name: 'Search settings' }).fill('fewer splits');
  await expect(page.locator('.setting')).toHaveCount(1);
  const penalty = page.getByLabel('Cost of another location');
  await penalty.fill('7.50');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect.poll(async () => (await shop.ask('GET', '/v1/settings/sourcing.split_penalty')).value).toBe('750');
  await page.getByRole('button', { name: 'Back to the default' }).click();
  await expect.poll(async () => (await shop.ask('GET', '/v1/settings/sourcing.split_penalty')).value).toBe('500');
});

test('tax rates are typed as percentages and kept exactly', async ({ page, shop }) => {
  await page.goto('/settings/tax');
  await page.getByRole('button', { name: 'New tax rate' }).click();
  const dialog = page.getByRole('dialog', { name: 'New tax rate' });
  await dialog.getByLabel('Category').fill('garden');
  await dialog.getByLabel('Rate, %').fill('8.875');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await expect(page.getByRole('row').filter({ hasText: 'garden' })).toContainText('8.875%');
  const { data } = await shop.ask<{ data: any[] }>('GET', '/v1/tax_rates?category=garden');
  expect(data[0].rate).toBe('0.08875');
});

test('a review rule is switched off and on', async ({ page, shop }) => {
  await page.goto('/settings/rules');
  const { data } = await shop.ask<{ data: any[] }>('GET', '/v1/review_rules?limit=50&sort=code');
  await page.getByRole('switch').first().click();
  await expect.poll(async () => (await shop.ask('GET', `/v1/review_rules/${data[0].id}`)).enabled).toBe(!data[0].enabled);
});

test('a key is shown once and limited to what was ticked @sample', async ({ page, shop }) => {
  await page.goto('/api-keys');
  await page.getByRole('button', { name: 'Make a key' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Make a key' });
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Web shop');
  await dialog.getByRole('checkbox', { name: /order\.read/ }).check();
  await dialog.getByRole('button', { name: 'Make a key' }).click();
  const key = await page.locator('.secret code').innerText();
  const asked = await fetch(`${shop.url}/v1/orders?limit=1`, { headers: { Authorization: `Bearer ${key}` } });
  expect(asked.status).toBe(200);
  const refused = await fetch(`${shop.url}/v1/users`, { headers: { Authorization: `Bearer ${key}` } });
  expect(refused.status).toBe(403);
  await page.keyboard.press('Escape');
  await expect(page.locator('.secret')).toHaveCount(0);
  await expect(page.getByRole('row').filter({ hasText: 'Web shop' })).toContainText('order.read');
});

test('the audit log tells who changed what from what to what, and is proved @sample', async ({ page, shop }) => {
  const { sku } = await some(shop, 'products');
  await shop.ask('PATCH', `/v1/products/${sku}`, { hs_code: '4202.92' });
  await page.goto('/audit?type=product.');
  await page.getByRole('row').nth(1).click();
  await expect(page.locator('.peek')).toContainText('4202.92');
  await expect(page.locator('.peek')).toContainText('Product changed');
  await expect(page.locator('.peek').getByRole('link', { name: sku })).toBeVisible();
  await page.getByRole('button', { name: 'Verify the chain' }).click();
  await expect(page.getByText(/Unchanged: all/)).toBeVisible();
  expect(await barriers(page)).toEqual([]);
});

test('the books are checked and a backup is written from the system page', async ({ page }) => {
  await page.goto('/system');
  await page.getByRole('button', { name: 'Check now' }).click();
  await expect(page.getByText('No differences')).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Back up now' }).click();
  await expect(page.getByRole('table').filter({ hasText: 'Written' })).toContainText('ordo-', { timeout: 60_000 });
});

test('masters are usable on a phone', async ({ page, shop }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const { sku } = await some(shop, 'products');
  for (const path of ['/stock', '/products', `/products/${sku}`, '/customers', '/locations', '/settings', '/settings/rules', '/system', '/users', '/me', '/audit']) {
    await page.goto(path);
    await expect(page.locator('h1').first()).toBeVisible();
    await expect(page.locator('.bones')).toHaveCount(0);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(wide, path).toBeLessThanOrEqual(0);
  }
});
