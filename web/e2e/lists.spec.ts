// What holds for every list: live without jumping, views, columns, density, files of exactly what is shown, one verb for many.
import { barriers, expect, test, type Shop } from './fixtures';

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
