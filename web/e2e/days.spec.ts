// Whole days: what people do from the call to the closed order, told by what the server holds in the end.
import { barriers, enter, expect, test, type Shop } from './fixtures';
import { choose, strike, tabTo } from './keyboard';

const order = (shop: Shop, id: string) => shop.ask<any>('GET', `/v1/orders/${id}`);
const onHand = async (shop: Shop, sku: string, location: string) => (await shop.ask<any>('GET', `/v1/stock?sku=${sku}&location=${location}`)).data[0].on_hand as number;
async function figures(shop: Shop) {
  const today = await shop.ask<any>('GET', '/v1/today');
  const counter = (code: string) => today.counters.find((one: any) => one.code === code).count as number;
  return { placed: counter('orders_today'), shipped: counter('shipped_today') };
}
async function reported(shop: Shop) {
  const report = await shop.ask<any>('GET', '/v1/reports/orders?by=channel');
  const row = report.rows.find((one: any) => one.key === 'phone');
  const value = (measure: string) => (row?.values.find((one: any) => one.measure === measure)?.value ?? 0) as number;
  return { orders: value('orders'), units: value('units'), revenue: value('revenue') };
}

test('an order goes from the phone call to the closed record by keys alone, and every figure agrees @sample', async ({ page, shop, browser }) => {
  test.slow();
  const rule = (await shop.ask<any>('GET', '/v1/review_rules?limit=50')).data.find((one: any) => one.code === 'price_deviation');
  await shop.ask('PATCH', `/v1/review_rules/${rule.id}`, { enabled: true, params: { ...rule.params, deviation: '0.05' } });
  const before = { ...(await figures(shop)), ...(await reported(shop)) };

  // The call: who, what, for how much and why, paid by card.
  await page.goto('/orders');
  await expect(page.locator('.grid-row').first()).toBeVisible();
  await page.keyboard.press('c');
  await expect(page.getByRole('combobox', { name: 'Phone, e-mail or name' })).toBeFocused();
  await page.keyboard.type('138 0000');
  await expect(page.locator('.ant-select-item-option', { hasText: 'Li Wei' })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.locator('#desk-product')).toBeFocused();
  await page.keyboard.type('teapot');
  await expect(page.locator('.ant-select-item-option', { hasText: 'TEAPOT' })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Quantity of Cast iron teapot')).toBeFocused();
  await page.keyboard.type('2');
  await expect(page.locator('.desk-stock')).toContainText(/\d+ available/);
  await expect(page.locator('.desk-promise')).toContainText('Ships by');
  await tabTo(page, page.getByLabel('Price of Cast iron teapot'));
  await page.keyboard.press('Control+a');
  await page.keyboard.type('50.00');
  await page.keyboard.press('Tab');
  await expect(page.getByText('A price by hand needs a reason.')).toBeVisible();
  await tabTo(page, page.getByLabel('Why another price for Cast iron teapot'));
  await page.keyboard.type('regular customer');
  await choose(page, page.locator('#desk-paid'), 'Card');
  await tabTo(page, page.locator('#desk-reference'));
  await page.keyboard.type('terminal 12');
  await expect(page.getByText('It will be held')).toBeVisible();
  const place = page.getByRole('button', { name: /^Take .* and place$/ });
  await expect(place).toBeEnabled();
  await strike(page, place);
  await expect(page).toHaveURL(/\/orders\/PH-/);
  const number = page.url().split('/').pop() as string;

  // It waits for somebody who may allow the price.
  await expect(page.locator('.order-head')).toContainText('In review');
  await expect(page.locator('.hold')).toContainText('Price');
  await page.keyboard.press('g');
  await page.keyboard.press('r');
  const entry = page.locator('.queue-entry', { hasText: 'Price' });
  await expect(entry).toHaveCount(1);
  await strike(page, entry);
  await expect(page.locator('.case-head')).toContainText(number);
  await page.keyboard.press('a');
  await page.keyboard.type('agreed with the customer');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeHidden();

  // Where it comes from is told: a sentence for each location, and the map.
  await page.goto(`/orders/${number}`);
  await expect(page.locator('.order-head')).toContainText('Open');
  const [{ id }] = (await shop.ask<any>('GET', `/v1/orders?number=${number}`)).data;
  const opened = await order(shop, id);
  const [work] = opened.fulfillments;
  const [decision] = (await shop.ask<any>('GET', `/v1/orders/${id}/sourcing`)).data;
  await expect(page.locator('.why-table tbody tr')).toHaveCount(decision.candidates.length);
  for (const text of await page.locator('.why-table tbody tr td:nth-child(2)').allTextContents()) expect(text).toMatch(/^[A-Z].*\.$/);
  await expect(page.locator('.map-box').getByRole('img')).toBeVisible();
  const stock = await onHand(shop, 'TEAPOT', work.location);

  // Released with the wave, from the list.
  await page.goto(`/fulfillments?location=${work.location}&order_number=${number}`);
  await expect(page.locator('.grid-row')).toHaveCount(1);
  await tabTo(page, page.getByRole('grid'));
  await page.keyboard.press('x');
  await strike(page, page.getByRole('button', { name: 'Release as a wave' }));
  await strike(page, page.getByRole('dialog').getByRole('button', { name: 'Release' }));
  await expect(page.getByRole('link', { name: 'Print the pick list' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();

  // Picked, packed and handed over on the floor, with a hand scanner.
  await page.setViewportSize({ width: 390, height: 844 });
  await shop.ask('POST', `/v1/fulfillments/${work.id}/claim`, {});
  await page.goto('/floor');
  await strike(page, page.getByRole('button', { name: new RegExp(`${work.location}$`) }));
  await strike(page, page.getByRole('button', { name: 'Pick next' }));
  await expect(page.getByRole('heading', { name: number })).toBeVisible();
  const scan = async () => {
    await page.keyboard.type('TEAPOT');
    await page.keyboard.press('Enter');
  };
  await scan();
  await expect(page.getByText('1of 2')).toBeVisible();
  await scan();
  await strike(page, page.getByRole('button', { name: 'Pack it now' }));
  await scan();
  await expect(page.getByText('1 / 2')).toBeVisible();
  await scan();
  await expect(page.getByLabel('Weight')).toBeFocused();
  await page.keyboard.type('4.1 kg');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('link', { name: 'Label of parcel 1' })).toBeVisible();
  await strike(page, page.getByRole('button', { name: 'Handed over' }));
  await expect.poll(async () => (await order(shop, id)).fulfillment_status).toBe('shipped');

  // The order has its tracking number; the customer reads of it in their language.
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(`/orders/${number}`);
  await expect(page.locator('.order-head')).toContainText('Shipped');
  const tracking = (await page.locator('.parcel .mono').textContent()) ?? '';
  expect(tracking).toMatch(/^OD\d+/);
  const { path } = await shop.ask<any>('GET', `/v1/orders/${id}/tracking_link`);
  const guest = await browser.newContext({ baseURL: shop.url, locale: 'en-US', timezoneId: 'UTC' });
  const customer = await guest.newPage();
  await customer.goto(path);
  await expect(customer.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await expect(customer.getByText(tracking)).toBeVisible();
  await expect(customer.getByText('已发货').first()).toBeVisible();
  expect(await barriers(customer)).toEqual([]);

  await shop.ask('POST', '/v1/tracking_events', { tracking_number: tracking, status: 'in_transit', occurred_at: new Date(Date.now() - 2000).toISOString(), place: 'Hangzhou' });
  await shop.ask('POST', '/v1/tracking_events', { tracking_number: tracking, status: 'delivered', occurred_at: new Date().toISOString(), place: '上海' });
  await expect(page.locator('.order-head')).toContainText('Closed');
  await expect(page.locator('.order-head')).toContainText('Delivered');
  await customer.reload();
  await expect(customer.getByText('已送达').first()).toBeVisible();
  await guest.close();

  // What happened is what is counted.
  const closed = await order(shop, id);
  expect(closed).toMatchObject({ state: 'closed', payment_status: 'paid', fulfillment_status: 'delivered' });
  expect(closed.totals.paid).toBe(closed.totals.total);
  expect(closed.lines[0]).toMatchObject({ sku: 'TEAPOT', quantity: 2, unit_price: 5000, price_reason: 'regular customer' });
  expect(await onHand(shop, 'TEAPOT', work.location)).toBe(stock - 2);
  expect(await figures(shop)).toEqual({ placed: before.placed + 1, shipped: before.shipped + 1 });
  await expect.poll(() => reported(shop)).toEqual({ orders: before.orders + 1, units: before.units + 2, revenue: before.revenue + closed.totals.total });
  await page.goto('/');
  await expect(page.locator('.tile', { has: page.getByText('Orders', { exact: true }) }).locator('.tile-figure')).toHaveText(String(before.placed + 1));
  await shop.ask('PATCH', `/v1/review_rules/${rule.id}`, { enabled: false });
});

let made = 0;
/** Orders of a product that only this test sells; by location so many of it lie there. */
async function ordersOf(shop: Shop, sku: string, stock: Record<string, number>, quantities: number[], more: object = {}) {
  await shop.ask('POST', '/v1/products', { sku, name: { en: `Thing ${sku}`, 'zh-CN': `东西 ${sku}`, 'zh-TW': `東西 ${sku}` }, price: 1000, currency: 'USD', tax_category: 'standard', weight_g: 100 });
  for (const [location, delta] of Object.entries(stock)) await shop.ask('POST', '/v1/stock/adjustments', { location, reason: 'delivery', lines: [{ sku, delta }] });
  const all: any[] = [];
  for (const quantity of quantities)
    all.push(
      await shop.ask<any>('POST', '/v1/orders', {
        channel: 'web',
        external_id: `days-${Date.now()}-${made++}`,
        currency: 'USD',
        payment_terms: 'cod',
        shipping_address: { name: 'Ann Baker', line1: '15 Astor Pl', city: 'New York', region: 'NY', postal_code: '10003', country: 'US' },
        lines: [{ sku, quantity }],
        ...more,
      }),
    );
  return all;
}

test('an order is split between two places, held, released with a reason, and cancelled in part with its refund shown @sample', async ({ page, shop }) => {
  const [made] = await ordersOf(shop, 'SPLIT-1', { NJ: 3, LA: 2 }, [4], { payments: [{ provider: 'card', kind: 'capture', amount: 4000 }], payment_terms: 'prepaid' });
  await page.goto(`/orders/${made.number}`);
  await expect(page.locator('.work')).toHaveCount(2);
  await expect(page.locator('.why-table')).toContainText('Sends 3 of 4 units.');
  await expect(page.locator('.why-table')).toContainText('Sends 1 of 4 units.');

  await page.keyboard.press('h');
  await expect(page.getByRole('dialog').getByLabel('Reason')).toBeFocused();
  await page.keyboard.type('the customer calls back');
  await strike(page, page.getByRole('dialog').getByRole('button', { name: 'Hold', exact: true }));
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(page.locator('.hold')).toContainText('the customer calls back');
  // Held work is not picked, whoever asks.
  const refused = await shop.ask('POST', `/v1/fulfillments/${made.fulfillments[0].id}/pick`, {}).then(() => 'done', String);
  expect(refused).toContain('409');
  await strike(page, page.getByRole('button', { name: 'Release hold' }));
  await expect(page.getByRole('dialog').getByLabel('Reason')).toBeFocused();
  await page.keyboard.type('they take three');
  await strike(page, page.getByRole('dialog').getByRole('button', { name: 'Release hold' }));
  await expect(page.locator('.hold')).toContainText('they take three');
  await expect(page.getByRole('dialog')).toBeHidden();

  await strike(page, page.getByRole('button', { name: 'More' }));
  await strike(page, page.getByRole('menuitem', { name: 'Cancel' }), 'Enter', 'ArrowDown');
  await tabTo(page, page.getByRole('dialog').getByRole('spinbutton'));
  await page.keyboard.press('Control+a');
  await page.keyboard.type('1');
  await page.keyboard.press('Tab');
  await expect(page.locator('.refund-box .num')).toHaveText('$10.00');
  expect(await barriers(page)).toEqual([]);
  await strike(page, page.getByRole('dialog').getByRole('button', { name: 'Cancel these units' }));
  await expect(page.getByRole('dialog')).toBeHidden();
  const now = await order(shop, made.id);
  expect(now.totals).toMatchObject({ paid: 4000, refunded: 1000, due: 0 });
  expect(now.lines[0].counters.cancelled).toBe(1);
  await expect(page.locator('.order-head')).toContainText('Partly refunded');
});

test('many orders are held, released and cancelled at once: progress, a result for each, and again what failed', async ({ page, shop }) => {
  test.slow();
  const all = await ordersOf(shop, 'BULK-1', { NJ: 50 }, [1, 1, 1, 1, 1, 1]);
  await page.goto('/orders?sku=BULK-1');
  const rows = page.locator('.grid-row');
  await expect(rows).toHaveCount(6);
  const bar = page.locator('.bulkbar');
  const dialog = page.getByRole('dialog');
  const every = async (verb: string, reason: string) => {
    await tabTo(page, page.getByRole('grid'));
    await page.keyboard.press('Control+a');
    await expect(bar).toContainText('6 selected');
    await strike(page, bar.getByRole('button', { name: verb, exact: true }));
    await expect(dialog).toContainText('6 orders');
    await expect(dialog.getByLabel('Reason')).toBeFocused();
    await page.keyboard.type(reason);
    await strike(page, dialog.getByRole('button', { name: verb, exact: true }));
  };
  const done = async () => {
    await strike(page, dialog.getByRole('button', { name: 'Done' }));
    await expect(dialog).toBeHidden();
  };

  await every('Hold', 'recall');
  await expect(dialog).toContainText('6 done, 0 refused, of 6');
  await done();
  for (const one of all) expect((await order(shop, one.id)).hold_count).toBe(1);
  await every('Release holds', 'all is well');
  await expect(dialog).toContainText('6 done, 0 refused, of 6');
  await done();

  // One has left meanwhile: it is refused by name; taken back, it is tried again.
  const gone = all[2].fulfillments[0].id;
  for (const step of ['pick', 'pack', 'ship']) await shop.ask('POST', `/v1/fulfillments/${gone}/${step}`, {});
  await every('Cancel', 'the series is faulty');
  await expect(dialog).toContainText('5 done, 1 refused, of 6');
  expect(await barriers(page)).toEqual([]);
  await expect(dialog.getByRole('group', { name: /./ }).locator('tbody tr')).toHaveCount(1);
  await expect(dialog).toContainText(all[2].number);
  const shipment = (await shop.ask<any>('GET', `/v1/shipments?order=${all[2].number}`)).data[0];
  await shop.ask('POST', `/v1/shipments/${shipment.id}/void`, {});
  await strike(page, dialog.getByRole('button', { name: /^Try .*again/ }));
  await expect(dialog).toContainText('6 done, 0 refused, of 6');
  await done();
  for (const one of all) expect((await order(shop, one.id)).state).toBe('cancelled');
});

test('all orders that match are one selection, though not all of them are loaded', async ({ page, shop }) => {
  test.slow();
  await page.goto('/orders?state=closed');
  await expect(page.locator('.grid-row').first()).toBeVisible();
  const total = (await shop.ask<any>('GET', '/v1/orders?state=closed&limit=1&count=estimate')).count;
  expect(total).toBeGreaterThan(100);
  await page.getByLabel('Select all rows').click();
  await page.getByRole('button', { name: 'Select all that match' }).click();
  await page.locator('.bulkbar').getByRole('button', { name: 'Tag' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText(`${total} orders`);
  await dialog.getByRole('combobox').fill('year-end');
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'Tag', exact: true }).click();
  await expect(dialog).toContainText(`${total} done, 0 refused, of ${total}`, { timeout: 60_000 });
  expect((await shop.ask<any>('GET', '/v1/orders?tag=year-end&limit=1&count=estimate')).count).toBe(total);
});

test('two people at one order see each other at once, and neither loses a word @sample', async ({ page, shop, browser }) => {
  const [made] = await ordersOf(shop, 'PAIR-1', { NJ: 5 }, [1]);
  await shop.ask('POST', '/v1/users', { login: 'pia', name: 'Pia', password: 'a long password of hers', roles: ['manager'] });
  const other = await browser.newContext({ baseURL: shop.url, locale: 'en-US', timezoneId: 'UTC' });
  const pia = await other.newPage();
  await enter(pia, shop, 'pia', 'a long password of hers');
  await page.goto(`/orders/${made.number}`);
  await pia.goto(`/orders/${made.number}`);
  await expect(pia.locator('.order-head h1')).toHaveText(made.number);
  await expect(page.locator('.order-head h1')).toHaveText(made.number);

  await page.getByLabel('Notes').fill('ring the bell twi');
  const begun = Date.now();
  await pia.keyboard.press('h');
  await expect(pia.getByRole('dialog').getByLabel('Reason')).toBeFocused();
  await pia.keyboard.type('stolen card');
  await pia.getByRole('dialog').getByRole('button', { name: 'Hold', exact: true }).click();
  await expect(pia.locator('.hold')).toContainText('stolen card');
  const hers = Date.now();
  await expect(page.locator('.hold')).toContainText('stolen card');
  console.log(`seen by the other ${Date.now() - hers} ms after oneself, ${hers - begun} ms after the key`);
  await page.getByLabel('Notes').focus();
  await page.keyboard.press('End');
  await page.keyboard.type('ce');
  await expect(page.getByLabel('Notes')).toHaveValue('ring the bell twice');

  // The same field by both: who saves second is asked, with both values.
  await pia.getByLabel('Notes').fill('leave at the door');
  await pia.getByRole('button', { name: 'Save', exact: true }).click();
  await expect.poll(async () => (await order(shop, made.id)).notes).toBe('leave at the door');
  await expect(page.getByLabel('Notes')).toHaveValue('ring the bell twice');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Somebody else changed this' });
  await expect(dialog).toContainText('leave at the door');
  await expect(dialog).toContainText('ring the bell twice');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(page.getByLabel('Notes')).toHaveValue('ring the bell twice');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await dialog.getByRole('button', { name: 'Save mine' }).click();
  await expect(dialog).toBeHidden();
  await expect.poll(async () => (await order(shop, made.id)).notes).toBe('ring the bell twice');
  await expect(pia.getByLabel('Notes')).toHaveValue('ring the bell twice');
  await other.close();
});

test('the board is moved by drag and by buttons, and only where the server allows it', async ({ page, shop }) => {
  const [first, second] = await ordersOf(shop, 'BOARD-1', { NJ: 5 }, [1, 1]);
  await page.goto('/orders?as=board&sku=BOARD-1');
  const column = (n: number) => page.locator('.board-column').nth(n);
  const card = (number: string) => page.locator('.board-card', { hasText: number });
  await expect(column(1).locator('.board-card')).toHaveCount(2);
  const drag = async (number: string, to: number) => {
    const from = (await card(number).boundingBox()) as { x: number; y: number; width: number };
    const goal = (await column(to).boundingBox()) as { x: number; y: number; width: number };
    await page.mouse.move(from.x + from.width / 2, from.y + 50);
    await page.mouse.down();
    await page.mouse.move(from.x + from.width / 2 + 20, from.y + 60, { steps: 4 });
    await page.mouse.move(goal.x + goal.width / 2, goal.y + 120, { steps: 10 });
    const open = await column(to).evaluate((node) => node.classList.contains('over'));
    await page.mouse.up();
    return open;
  };
  expect(await drag(first.number, 4)).toBe(false);
  await expect(page.getByRole('dialog')).toHaveCount(0);
  expect(await drag(first.number, 2)).toBe(true);
  expect(await barriers(page)).toEqual([]);
  await page.getByRole('dialog').getByRole('button', { name: 'Pick' }).click();
  await expect(column(2).getByText(first.number)).toBeVisible();
  await strike(page, card(second.number).getByRole('button', { name: `Move ${second.number}` }));
  await strike(page, page.getByRole('menuitem', { name: 'Pick' }), 'Enter', 'ArrowDown');
  await strike(page, page.getByRole('dialog').getByRole('button', { name: 'Pick' }));
  await expect(column(2).getByText(second.number)).toBeVisible();
  await expect(column(1).locator('.board-card')).toHaveCount(0);
  for (const one of [first, second]) expect((await order(shop, one.id)).fulfillments[0].state).toBe('picked');
});

test('forty pasted numbers find exactly their orders, whatever stands between them', async ({ page, shop }) => {
  const { data } = await shop.ask<any>('GET', '/v1/orders?state=closed&limit=40');
  const marks = ['\n', ', ', ';', '\t', '  '];
  await page.goto('/orders');
  await page.getByRole('button', { name: 'Paste numbers' }).click();
  await page.getByRole('dialog').getByRole('textbox').fill(data.map((one: any, i: number) => one.number + marks[i % marks.length]).join(''));
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('dialog')).toBeHidden();
  await page.getByRole('button', { name: 'Count', exact: true }).click();
  await expect(page.locator('.count')).toHaveText(`${data.length} rows`);
});

test('what is late on its way is told with its reason, in one question for all of it', async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  // Everything that is on its way should have arrived yesterday.
  await page.route(/\/v1\/fulfillments\?.*state=shipped&/, async (route) => {
    const answer = await route.fetch();
    const body = await answer.json();
    for (const row of body.data) row.deliver_by = new Date(Date.now() - 86_400_000).toISOString();
    await route.fulfill({ response: answer, json: body });
  });
  await page.goto('/shipments');
  const list = page.locator('.exceptions');
  await expect(list.getByRole('listitem').nth(1)).toBeVisible();
  await expect.poll(() => asked.filter((path) => path === '/v1/delivery_promises').length).toBe(1);
  await list.getByRole('listitem').first().getByRole('button').click();
  await expect(page.locator('.peek')).toContainText('Promised');
  expect(asked.filter((path) => path.startsWith('/v1/track/'))).toEqual([]);
});
