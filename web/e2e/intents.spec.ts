// What is meant once happens once: an answer that was lost, a colleague who was faster, a device that goes from hand to hand.
import type { Page, Route } from '@playwright/test';
import { enter, expect, test, type Shop } from './fixtures';

async function order(shop: Shop) {
  return shop.ask<any>('POST', '/v1/orders', {
    channel: 'web',
    external_id: `intent-${Date.now()}-${Math.random()}`,
    currency: 'USD',
    payment_terms: 'cod',
    customer: { name: 'Ann Baker' },
    shipping_address: { name: 'Ann Baker', line1: '15 Astor Pl', city: 'New York', region: 'NY', postal_code: '10003', country: 'US' },
    lines: [{ sku: 'TEE-S', quantity: 2 }],
  });
}

/** Lets the first write to this path through to the server and loses its answer; tells the keys of all. */
async function lose(page: Page, path: RegExp, how: (route: Route) => Promise<void> = (route) => route.abort('connectionreset')) {
  const keys: string[] = [];
  await page.route(path, async (route) => {
    if (route.request().method() !== 'POST') return route.fallback();
    keys.push(route.request().headers()['idempotency-key'] ?? '');
    if (keys.length > 1) return route.fallback();
    const answer = await route.fetch();
    expect(answer.ok()).toBe(true);
    return how(route);
  });
  return keys;
}

test('a payment whose answer was lost is booked once when it is recorded again, and another amount is another payment @sample', async ({ page, shop }) => {
  const made = await order(shop);
  const keys = await lose(page, /\/v1\/orders\/[^/]+\/payments/);
  const paid = async () => (await shop.ask<any>('GET', `/v1/orders/${made.id}`)).payments.map((one: any) => one.captured);
  await page.goto(`/orders/${made.number}`);
  const record = async (amount: string) => {
    await page.getByRole('button', { name: 'Record payment' }).first().click();
    await page.getByRole('dialog').getByLabel('Amount').fill(amount);
  };
  await record('5.00');
  const save = page.getByRole('dialog').getByRole('button', { name: 'Record', exact: true });
  await save.click();
  await expect.poll(() => keys.length).toBe(1);
  await expect(page.locator('.ant-message-error').first()).toBeVisible();
  await expect(save).toBeEnabled();
  await save.click();
  await expect(page.getByRole('dialog')).toBeHidden();
  expect(keys).toEqual([keys[0], keys[0]]);
  expect(await paid()).toEqual([500]);
  // The same once more, after it is known, is a second payment.
  await record('5.00');
  await save.click();
  await expect(page.getByRole('dialog')).toBeHidden();
  expect(keys[2]).not.toBe(keys[0]);
  expect(await paid()).toEqual([500, 500]);
});

test('a decision stays with its hold when a colleague ends it meanwhile, and no other order is decided @sample', async ({ page, shop }) => {
  const made = [await order(shop), await order(shop)];
  for (const { id } of made) await shop.ask('POST', `/v1/orders/${id}/hold`, { reason: 'the customer asked us to wait', owner_role: 'service' });
  const active = async () => (await shop.ask<any>('GET', '/v1/holds?state=active&waiting=false&sort=created_at&limit=100')).data as any[];
  await page.goto('/review');
  const [first, ...others] = await active();
  // The first is open without a step to it.
  await expect(page.locator('.queue-entry[aria-current="true"]')).toHaveAttribute('href', new RegExp(first.id));
  await expect(page.locator('.case-head')).toBeVisible();
  await page.keyboard.press('l');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill('the customer called');
  const title = await dialog.locator('.ant-modal-title').textContent();
  await shop.ask('POST', `/v1/holds/${first.id}/release`, { reason: 'somebody was faster' });
  await expect(page.locator(`.queue-entry[href*="${first.id}"]`)).toHaveCount(0);
  await expect(dialog.locator('.ant-modal-title')).toHaveText(title ?? '');
  await dialog.getByRole('button', { name: 'Release' }).click();
  // Who was faster is told, and so is the refusal.
  await expect(dialog.locator('.ant-alert-error')).toBeVisible();
  await expect(dialog.getByRole('textbox')).toHaveValue('the customer called');
  await dialog.getByRole('button', { name: 'Release' }).click();
  await expect(dialog.locator('.ant-alert-error')).toBeVisible();
  expect((await active()).map(({ id }) => id)).toEqual(others.map(({ id }) => id));
  // Behind it the case is still the same, and ended.
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.locator('.case')).toContainText('This hold has ended');
  for (const { id, order_id } of await active()) if (made.some((one) => one.id === order_id)) await shop.ask('POST', `/v1/holds/${id}/release`, { reason: 'done' });
});

test('signing out takes along what was typed, in every tab; where it fails one is told, and still signed in @sample', async ({ page, shop, context }) => {
  await shop.ask('POST', '/v1/users', { login: 'bo', name: 'Bo', password: 'amber field 17 clouds', roles: ['manager'] }).catch(() => undefined);
  await page.goto('/orders/new');
  await page.locator('#desk-notes').fill('ring twice at Ann Baker');
  const kept = () => page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
  await expect.poll(kept).toContain('ring twice');
  const other = await context.newPage();
  await other.goto('/orders');
  await expect(other.getByRole('heading', { level: 1 })).toBeVisible();
  await page.bringToFront();
  const out = async () => {
    await expect(page.getByRole('menuitem', { name: 'Sign out' })).toBeHidden();
    await page.getByRole('button', { name: 'Account', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
  };
  await page.route('**/v1/session', (route) => (route.request().method() === 'DELETE' ? route.abort('connectionreset') : route.fallback()));
  await out();
  await expect(page.getByText('You are still signed in')).toBeVisible();
  expect(await kept()).toContain('ring twice');
  await page.unroute('**/v1/session');
  await out();
  await expect(page.getByLabel('Password', { exact: true })).toBeVisible();
  await expect(other.getByLabel('Password', { exact: true })).toBeVisible();
  expect(await kept()).not.toContain('ring twice');
  await enter(page, shop, 'bo', 'amber field 17 clouds');
  await page.goto('/orders/new');
  await expect(page.locator('#desk-notes')).toHaveValue('');
  await other.close();
});

test('scans of one are never sent by the next who has the device @sample', async ({ page, shop }) => {
  await shop.ask('POST', '/v1/users', { login: 'kai', name: 'Kai', password: 'velvet stone 52 rivers', roles: ['warehouse'] }).catch(() => undefined);
  const made = await order(shop);
  const [work] = made.fulfillments;
  await shop.ask('POST', `/v1/fulfillments/${work.id}/claim`, {});
  await page.setViewportSize({ width: 390, height: 844 });
  let sent = 0;
  const away = (route: Route) => (sent++, route.abort('connectionreset'));
  await page.route('**/v1/scans', away);
  await page.goto('/floor');
  await page.getByRole('button', { name: new RegExp(`${work.location}$`) }).click();
  await page.getByRole('button', { name: 'Pick next' }).click();
  await expect(page.getByRole('heading', { name: made.number })).toBeVisible();
  await page.keyboard.type('TEE-S');
  await page.keyboard.press('Enter');
  await expect.poll(() => sent).toBeGreaterThan(0);

  const change = async (login: string, password: string) => {
    await page.goto('/floor#/me');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Use login and password' }).click();
    await page.getByLabel('Login').fill(login);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Start' }).click();
    await expect(page.locator('.bar-who')).toBeVisible();
  };
  await change('kai', 'velvet stone 52 rivers');
  await page.unroute('**/v1/scans', away);
  let theirs = 0;
  page.on('request', (request) => request.url().endsWith('/v1/scans') && theirs++);
  await expect(page.getByRole('button', { name: 'Go on' })).toBeHidden();
  await page.goto('/floor#/outbox');
  await expect(page.getByText('1 entry of somebody else waits')).toBeVisible();
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await page.reload();
  await expect(page.getByText('1 entry of somebody else waits')).toBeVisible();
  expect(theirs).toBe(0);
  expect((await shop.ask<any>('GET', `/v1/fulfillments/${work.id}/scans`)).data).toEqual([]);

  await change(shop.login, shop.password);
  await expect.poll(async () => (await shop.ask<any>('GET', `/v1/fulfillments/${work.id}/scans`)).data.length).toBe(1);
  await shop.ask('POST', `/v1/fulfillments/${work.id}/release_claim`, {});
});

test('packing slips that cannot all be printed are not printed in part: one is told', async ({ page, context }) => {
  await page.goto('/orders');
  await page.locator('.grid-head input').click();
  await page.getByRole('button', { name: 'Select all that match' }).click();
  await page.getByRole('button', { name: 'Packing slips' }).click();
  await expect(page.getByText('At most 100 packing slips')).toBeVisible();
  expect(context.pages()).toHaveLength(1);

  await page.reload();
  await page.route(/\/v1\/orders\?.*expand=fulfillments/, (route) => route.abort('connectionreset'));
  await page.locator('.grid-row input').first().click();
  await page.getByRole('button', { name: 'Packing slips' }).click();
  await expect(page.locator('.ant-message-error')).toBeVisible();
  await expect.poll(() => context.pages().length).toBe(1);
});

test('an order by phone that a proxy answered for is placed once when it is placed again @sample', async ({ page, shop }) => {
  const keys = await lose(page, /\/v1\/orders$/, (route) => route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' }));
  const count = async () => (await shop.ask<any>('GET', '/v1/orders?sku=TEAPOT&limit=1&count=exact')).count as number;
  const before = await count();
  await page.goto('/orders/new');
  await page.locator('#desk-product').fill('teapot');
  await expect(page.locator('.ant-select-item-option', { hasText: 'TEAPOT' })).toBeVisible();
  await page.keyboard.press('Enter');
  const place = page.getByRole('button', { name: 'Place order' });
  await expect(place).toBeEnabled();
  await place.click();
  await expect.poll(() => keys.length).toBe(1);
  await expect(page.locator('.desk-sum').getByRole('alert')).toBeVisible();
  await place.click();
  await expect(page).toHaveURL(/\/orders\/PH-/);
  expect(keys).toEqual([keys[0], keys[0]]);
  expect(await count()).toBe(before + 1);
});
