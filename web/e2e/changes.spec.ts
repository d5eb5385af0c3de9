// An order that was placed is changed: what it would do is shown first; two people at one order; a channel that sends it again.
import { barriers, enter, expect, test, type Shop } from './fixtures';

interface Placed {
  id: string;
  number: string;
  channel: string;
  external_id: string;
  currency: string;
  lines: { line: number; sku: string; name: string; quantity: number; unit_price: number }[];
}
/** An order of two of a product, on account, with an address. */
async function placed(shop: Shop, external: string): Promise<Placed> {
  const { data } = await shop.ask<{ data: { sku: string; available: number }[] }>('GET', '/v1/stock?limit=200');
  const plenty = data.sort((a, b) => b.available - a.available)[0]?.sku;
  const product = await shop.ask<{ price: number; currency: string }>('GET', `/v1/products/${plenty}`);
  return shop.ask('PUT', `/v1/channels/web/orders/${external}`, body(plenty ?? '', 2, product.currency));
}
const body = (sku: string, quantity: number, currency: string) => ({ currency, payment_terms: 'account', lines: [{ sku, quantity }], shipping_address: { name: 'Li', line1: '1 Main St', city: 'Newark', country: 'US' } });

test('an order is changed by keys, and what it would do is shown before @sample', async ({ page, shop }) => {
  const order = await placed(shop, 'change-1');
  await page.goto(`/orders/${order.number}`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.keyboard.press('e');
  const dialog = page.getByRole('dialog');
  const quantity = dialog.getByRole('spinbutton').first();
  await quantity.focus();
  await quantity.press('ControlOrMeta+a');
  await page.keyboard.type('4');
  const preview = dialog.getByRole('region', { name: 'What it would do' });
  await expect(preview).toContainText('2 → 4');
  await expect(preview).toContainText('Difference');
  expect(await barriers(page)).toEqual([]);
  const confirm = dialog.getByRole('button', { name: 'Change the order' });
  await expect(confirm).toBeEnabled();
  await confirm.focus();
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  expect((await shop.ask<Placed>('GET', `/v1/orders/${order.id}`)).lines[0]?.quantity).toBe(4);
  await expect(page.getByRole('region', { name: 'Changes' })).toContainText('Done');
});

test('two people at one order: the second sees both values and keeps what was typed', async ({ page, browser, shop }) => {
  const order = await placed(shop, 'change-2');
  const context = await browser.newContext({ baseURL: shop.url });
  const other = await context.newPage();
  await enter(other, shop);
  const begin = async (at: typeof page, n: string) => {
    await at.goto(`/orders/${order.number}`);
    await expect(at.getByRole('heading', { level: 1 })).toBeVisible();
    await at.keyboard.press('e');
    const quantity = at.getByRole('dialog').getByRole('spinbutton').first();
    await quantity.focus();
    await quantity.press('ControlOrMeta+a');
    await at.keyboard.type(n);
    await expect(at.getByRole('dialog').getByRole('button', { name: 'Change the order' })).toBeEnabled();
  };
  await begin(page, '3');
  await begin(other, '5');
  await other.getByRole('dialog').getByRole('button', { name: 'Change the order' }).click();
  await expect(other.getByRole('dialog')).toBeHidden();
  await page.getByRole('dialog').getByRole('button', { name: 'Change the order' }).click();
  const conflict = page.getByRole('dialog').last();
  await expect(conflict.getByRole('row').last()).toContainText('3');
  await expect(conflict.getByRole('row').last()).toContainText('5');
  await conflict.getByRole('button').last().click();
  const confirm = page.getByRole('dialog').getByRole('button', { name: 'Change the order' });
  await expect(page.getByRole('dialog').getByRole('spinbutton').first()).toHaveValue('3');
  await expect(confirm).toBeEnabled();
  await confirm.click();
  await expect(page.getByRole('dialog')).toBeHidden();
  expect((await shop.ask<any>('GET', `/v1/orders/${order.id}`)).lines[0].counters.cancelled).toBe(2);
  await context.close();
});

test('what a channel wants and staff has changed is decided on the order page', async ({ page, shop }) => {
  const order = await placed(shop, 'change-3');
  const sku = order.lines[0]?.sku ?? '';
  const set = await shop.ask('POST', `/v1/orders/${order.id}/changes`, { lines: [{ line: 1, quantity: 4 }] });
  await shop.ask('POST', `/v1/changes/${set.id}/confirm`, {});
  await shop.ask('PUT', `/v1/channels/web/orders/change-3`, body(sku, 1, order.currency));
  await page.goto(`/orders/${order.number}`);
  const changes = page.getByRole('region', { name: 'Changes' });
  await expect(changes).toContainText('To decide');
  await expect(changes).toContainText('4 → 1');
  await changes.getByRole('button', { name: 'Decline' }).click();
  await expect(changes).toContainText('Declined');
  expect((await shop.ask<any>('GET', `/v1/orders/${order.id}`)).hold_count).toBe(0);
});
