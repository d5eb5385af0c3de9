// The customer's page: no sign-in, the expected day first, their language kept, one kind page for whatever leads nowhere.
import { barriers, expect, test, type Shop } from './fixtures';

test.use({ guest: true });

async function link(shop: Shop, status = 'shipped'): Promise<{ path: string; order: any }> {
  const { data } = await shop.ask<{ data: any[] }>('GET', `/v1/orders?fulfillment_status=${status}&limit=1`);
  const order = data[0];
  const { path } = await shop.ask<{ path: string }>('GET', `/v1/orders/${order.id}/tracking_link`);
  return { path, order };
}

test('says first when it comes, then the way, then the newest scan @sample', async ({ page, shop }) => {
  const { path, order } = await link(shop);
  await page.goto(path);
  const day = page.getByRole('heading', { level: 1 });
  await expect(day).toBeVisible();
  await expect(day).toHaveText(/\d/);
  await expect(page.locator('.way [aria-current="step"]')).toHaveCount(1);
  await expect(page.getByText(order.number)).toBeVisible();
  // Times are those of the place it leaves from, and say so.
  await expect(page.getByText(/^All times are .*Time\.$/)).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  // No personal data but city and country.
  const words = await page.locator('body').innerText();
  for (const secret of [order.shipping_address?.line1, order.shipping_address?.name, order.customer?.email]) if (secret) expect(words).not.toContain(secret);
});

test('the language that was chosen is kept @sample', async ({ page, shop }) => {
  const { path } = await link(shop);
  for (const [language, name] of [
    ['zh-TW', '繁體中文'],
    ['zh-CN', '简体中文'],
    ['en', 'English'],
  ] as const) {
    await page.goto(path);
    await page.getByRole('button', { name }).click();
    await expect(page.locator('html')).toHaveAttribute('lang', language);
    await page.reload();
    await expect(page.getByRole('button', { name })).toHaveAttribute('aria-pressed', 'true');
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    expect(await barriers(page)).toEqual([]);
  }
});

test('goods that wait at the counter are told as ready, with the place, and nothing of carriers', async ({ page, shop }) => {
  const made = await shop.ask<any>('POST', '/v1/orders', {
    channel: 'web',
    external_id: `pickup-${Date.now()}`,
    currency: 'USD',
    payment_terms: 'cod',
    delivery: { type: 'pickup', location: 'SOHO' },
    customer: { name: 'Ann Baker', email: 'ann@example.com' },
    lines: [{ sku: 'TOTE', quantity: 1 }],
  });
  const { path } = await shop.ask<{ path: string }>('GET', `/v1/orders/${made.id}/tracking_link`);
  await page.goto(path);
  await expect(page.locator('.kicker')).toHaveText('Ready for you by');
  const [work] = made.fulfillments;
  await shop.ask('POST', `/v1/fulfillments/${work.id}/pick`, {});
  const { state } = await shop.ask<any>('GET', `/v1/fulfillments/${work.id}`);
  if (state !== 'picked') throw new Error(state);
  await shop.ask('POST', `/v1/fulfillments/${work.id}/ready`, {}).catch(async () => {
    await shop.ask('POST', `/v1/fulfillments/${work.id}/pack`, {});
    await shop.ask('POST', `/v1/fulfillments/${work.id}/ready`, {});
  });
  await page.goto(path);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Ready to be collected');
  await expect(page.locator('.collect')).toContainText(/Please collect it at .*Soho/i);
  await expect(page.locator('.way [aria-current="step"]')).toContainText('Ready');
  const words = await page.locator('main').innerText();
  for (const wrong of ['carrier', 'arrive', 'on its way', 'separately']) expect(words).not.toContain(wrong);
  await expect(page).toHaveTitle(new RegExp(`${made.number} · .+`));
  expect(await barriers(page)).toEqual([]);
});

test('a link that leads nowhere gets one kind page, whatever it is @sample', async ({ page }) => {
  for (const token of ['x'.repeat(32), 'short', 'ord_0123456789abc']) {
    await page.goto(`/track/${token}`);
    await expect(page.getByRole('heading', { name: 'We cannot find this order' })).toBeVisible();
    expect(await barriers(page)).toEqual([]);
  }
});

test('on a phone nothing is wider than the screen, in the dark as well', async ({ page, shop }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await page.emulateMedia({ colorScheme: 'dark' });
  const { path } = await link(shop);
  await page.goto(path);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  expect(await barriers(page)).toEqual([]);
});

test('when the network goes, what was known stays', async ({ page, shop, context }) => {
  const { path } = await link(shop);
  await page.goto(path);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await context.setOffline(true);
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await expect(page.getByText('This is what we last knew.')).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
});
