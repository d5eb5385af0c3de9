// A day with orders: today's numbers, the list and its queues, many at once, one order by hand to the parcel, two people at
// one order, an order from a phone call by keys alone.
import { barriers, dress, enter, expect, test, type Shop } from './fixtures';

const orders = async (shop: Shop, query: string) => (await shop.ask<{ data: any[] }>('GET', `/v1/orders?${query}`)).data;

test('a number of today opens exactly its rows @sample', async ({ page, shop }) => {
  await page.goto('/');
  const tile = page.locator('.need', { hasText: 'Late orders' });
  const count = Number(await tile.locator('.tile-figure').textContent());
  expect(count).toBe((await orders(shop, 'late=true&limit=200')).length);
  expect(await barriers(page)).toEqual([]);
  await tile.click();
  await expect(page).toHaveURL(/late=true/);
  await expect(page.locator('.grid-row').first()).toBeVisible();
  await expect(page.locator('.tab[aria-current="true"]')).toContainText(`Late${count}`);
});

test('one verb for many shows what became of each, and undoes nothing', async ({ page, shop }) => {
  await page.goto('/orders?state=open');
  await page.locator('.grid-check input').nth(1).click();
  await page.locator('.grid-check input').nth(2).click();
  await page.locator('.bulkbar').getByRole('button', { name: 'Tag' }).click();
  await expect(page.getByRole('dialog')).toContainText('2 orders');
  expect(await barriers(page)).toEqual([]);
  await page.getByRole('dialog').getByRole('combobox').fill('shelf-gift');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Tag', exact: true }).click();
  await expect(page.getByText('2 done, 0 refused, of 2')).toBeVisible();
  expect(await orders(shop, 'tag=shelf-gift')).toHaveLength(2);
});

test('a hold of many tells each result and is taken back at once', async ({ page, shop }) => {
  await page.goto('/orders?state=open&has_hold=false');
  await page.locator('.grid-check input').nth(1).click();
  await page.locator('.grid-check input').nth(2).click();
  await page.locator('.bulkbar').getByRole('button', { name: 'Hold', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill('a recall');
  await dialog.getByRole('button', { name: 'Hold', exact: true }).click();
  await expect(dialog.getByText('2 done, 0 refused, of 2')).toBeVisible();
  const results = dialog.getByRole('group', { name: 'What became of each' });
  await expect(results.getByRole('row')).toHaveCount(3);
  expect(await barriers(page)).toEqual([]);
  const held = async () => (await orders(shop, 'has_hold=true&limit=200&expand=holds')).filter((one) => one.holds.some((hold: any) => hold.reason === 'a recall' && hold.state === 'active')).length;
  expect(await held()).toBe(2);
  await dialog.getByRole('button', { name: 'Undo 2' }).click();
  await expect(dialog.getByText('Taken back.')).toBeVisible();
  await expect.poll(held).toBe(0);
});

test('pasted numbers show their orders and name what is missing', async ({ page, shop }) => {
  const [a, b] = await orders(shop, 'state=open&limit=2');
  await page.goto('/orders');
  await page.getByRole('button', { name: 'Paste numbers' }).click();
  await page.getByRole('dialog').getByRole('textbox').fill(`${a.number}; ${b.number}\nNOPE-1`);
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText('1 not found')).toBeVisible();
  await expect(page.locator('.grid-row')).toHaveCount(2);
});

test('the board moves a card by its menu only where the server allows it', async ({ page }) => {
  await page.goto('/orders?as=board&state=open');
  const column = page.locator('.board-column').nth(1);
  const card = column.locator('.board-card.can').first();
  const number = (await card.locator('a').textContent()) ?? '';
  await card.getByRole('button', { name: `Move ${number}` }).click();
  await page.getByRole('menuitem', { name: 'Pick' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Pick' }).click();
  await expect(page.locator('.board-column').nth(2).getByText(number)).toBeVisible();
});

test('each column of the board counts and shows all that the server has, without drafts @sample', async ({ page, shop }) => {
  const columns = ['unallocated,backordered,partially_allocated', 'allocated', 'released,ready_for_pickup,partially_shipped', 'shipped,partially_delivered', 'delivered'];
  await page.goto('/orders?as=board');
  for (const [i, status] of columns.entries()) {
    const { count } = await shop.ask('GET', `/v1/orders?state=placed,open,closed&fulfillment_status=${status}&limit=1&count=exact`);
    await expect(page.locator('.board-column').nth(i).locator('.board-count')).toHaveText(Number(count).toLocaleString('en'));
    await expect(page.locator('.board-column').nth(i).locator('.board-card')).toHaveCount(Math.min(40, count));
  }
  const [draft] = await orders(shop, 'state=draft&limit=1');
  expect(draft).toBeTruthy();
  await expect(page.locator(`.board-card a[href$="/${draft.number ?? draft.id}"]`)).toHaveCount(0);
  const [oldest] = await orders(shop, 'state=placed,open&fulfillment_status=allocated&sort=created_at&limit=1');
  await expect(page.locator('.board-column').nth(1).locator('.board-card').first()).toContainText(oldest.number);
  expect(await barriers(page)).toEqual([]);
});

test('an order goes from the shelf to the carrier on its page; money goes back within its cap', async ({ page, shop }) => {
  const found = (await orders(shop, 'state=open&fulfillment_status=allocated&payment_status=paid&has_hold=false&expand=fulfillments&limit=100')).find((one) => one.fulfillments.length === 1 && one.delivery.type === 'ship' && one.fulfillments[0].carrier === 'ordo');
  await page.goto(`/orders/${found.number}`);
  for (const act of ['pick', 'pack', 'ship']) {
    await page.locator(`[data-act=${act}]`).click();
    await page.getByRole('dialog').getByRole('button', { name: act, exact: false }).last().click();
  }
  await expect(page.locator('.order-head')).toContainText('Shipped');
  await expect(page.locator('.parcel')).toContainText(/OD\d+/);
  await page.getByRole('button', { name: 'Refund', exact: true }).click();
  const amount = page.getByRole('dialog').getByLabel('Amount');
  await amount.fill('999999');
  await page.getByRole('dialog').getByLabel('Reason').fill('one was broken');
  await page.getByRole('dialog').getByRole('button', { name: 'Refund' }).click();
  await expect(page.getByRole('dialog')).toContainText('Between 0 and');
  await amount.fill('1.00');
  await page.getByRole('dialog').getByRole('button', { name: 'Refund' }).click();
  await expect(page.locator('.order-head')).toContainText('Partly refunded');
  expect((await shop.ask<any>('GET', `/v1/orders/${found.id}`)).totals.refunded).toBe(100);
});

test('a refund is suggested by lines and shipping, never above the cap, and what went back is not offered again', async ({ page, shop }) => {
  const found = (await orders(shop, 'state=open&payment_status=paid&has_hold=false&expand=lines,payments&limit=100')).find((one) => one.payments.length === 1 && one.lines.some((line: any) => line.quantity >= 2 && !line.counters.cancelled && line.total > 0 && !line.parent_line));
  expect(found).toBeTruthy();
  const line = found.lines.find((one: any) => one.quantity >= 2 && !one.parent_line && one.total > 0);
  await page.goto(`/orders/${found.number}`);
  await page.getByRole('button', { name: 'Refund', exact: true }).click();
  const dialog = page.getByRole('dialog');
  const units = dialog.getByRole('row').filter({ hasText: line.name }).getByRole('spinbutton').first();
  await units.fill('1');
  const amount = dialog.getByLabel('Amount');
  const one = Math.round(line.total / line.quantity);
  await expect(amount).toHaveValue((one / 100).toFixed(2));
  expect(await barriers(page)).toEqual([]);
  // All of it is what was captured.
  await dialog.getByRole('checkbox', { name: 'Everything' }).check();
  await expect(amount).toHaveValue((found.totals.paid / 100).toFixed(2));
  await dialog.getByRole('checkbox', { name: 'Everything' }).uncheck();
  await units.fill('1');
  await expect(amount).toHaveValue((one / 100).toFixed(2));
  await dialog.getByLabel('Reason').fill('it arrived torn');
  await dialog.getByRole('button', { name: 'Refund' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.locator('.entries')).toContainText(`#${line.line} ${line.sku} × 1: it arrived torn`);
  expect((await shop.ask<any>('GET', `/v1/orders/${found.id}`)).totals.refunded).toBe(one);
  await page.getByRole('button', { name: 'Refund', exact: true }).click();
  await expect(units).toHaveAttribute('aria-valuemax', String(line.quantity - 1));
});

test('a hold by one key is released with a reason; taking an order can be undone', async ({ page, shop }) => {
  const [found] = await orders(shop, 'state=open&fulfillment_status=allocated&has_hold=false&limit=1');
  await page.goto(`/orders/${found.number}`);
  await expect(page.locator('.order-head h1')).toHaveText(found.number);
  await page.keyboard.press('h');
  await page.getByRole('dialog').getByLabel('Reason').fill('recall');
  expect(await barriers(page)).toEqual([]);
  await page.getByRole('dialog').getByRole('button', { name: 'Hold' }).click();
  await page.getByRole('button', { name: 'Release hold' }).click();
  await page.getByRole('dialog').getByLabel('Reason').fill('checked');
  await page.getByRole('dialog').getByRole('button', { name: 'Release hold' }).click();
  await expect(page.locator('.hold', { hasText: 'checked' })).toHaveCount(1);
  await page.getByRole('button', { name: 'Take it' }).click();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('button', { name: 'Take it' })).toBeVisible();
});

test('what one types stays while a colleague writes; both values are shown @sample', async ({ page, shop }) => {
  const [found] = await orders(shop, 'state=open&limit=1&sort=created_at');
  await page.goto(`/orders/${found.number}`);
  await page.getByLabel('Notes').fill('mine');
  await shop.ask('PATCH', `/v1/orders/${found.id}`, { notes: 'theirs' });
  await expect.poll(async () => page.getByText('Order edited').count()).toBeGreaterThan(0);
  await expect(page.getByLabel('Notes')).toHaveValue('mine');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('dialog')).toContainText('theirs');
  expect(await barriers(page)).toEqual([]);
  await page.getByRole('dialog').getByRole('button', { name: 'Save mine' }).click();
  await expect.poll(async () => (await shop.ask<any>('GET', `/v1/orders/${found.id}`)).notes).toBe('mine');
});

test('an order from a phone call is typed by keys alone, and survives a reload', async ({ page, shop }) => {
  const begun = Date.now();
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
  await expect(page.getByLabel(/^Quantity of/)).toBeFocused();
  await page.keyboard.type('2');
  await page.keyboard.press('Enter');
  await expect(page.locator('.desk-lines')).toContainText('available');
  await expect(page.locator('.desk-promise')).toContainText('Ships by');
  expect(await barriers(page)).toEqual([]);
  await page.reload();
  await expect(page.locator('.desk-lines li')).toHaveCount(1);
  await expect(page.locator('.desk-promise')).toContainText('Ships by');
  await page.keyboard.press('Control+Enter');
  await expect(page).toHaveURL(/\/orders\/PH-/);
  expect(Date.now() - begun).toBeLessThan(60_000);
  // Escape closes the menu first; then it leads back to the list, not to the form that is done with.
  await page.getByRole('button', { name: 'More' }).click();
  await expect(page.getByRole('menu')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('menu')).toBeHidden();
  await expect(page).toHaveURL(/\/orders\/PH-/);
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/\/orders(\?|$)/);
  const [made] = await orders(shop, 'limit=1&expand=lines');
  expect(made.lines[0]).toMatchObject({ sku: 'TEAPOT', quantity: 2 });
});

test('what is no quantity is marked and never placed as another one; a server that was away is asked again by itself', async ({ page }) => {
  await page.goto('/orders/new');
  const search = page.locator('#desk-product');
  await search.fill('teapot');
  await expect(page.locator('.ant-select-item-option', { hasText: 'TEAPOT' })).toBeVisible();
  await page.keyboard.press('Enter');
  const amount = page.getByLabel('Quantity of Cast iron teapot');
  const place = page.getByRole('button', { name: 'Place order' });
  const total = page.locator('.desk-sum .total dd');
  await expect(place).toBeEnabled();
  const before = await total.textContent();
  for (const [text, why] of [['-5', 'A number above 0'], ['abc', 'A number above 0'], ['2.5', 'Whole pieces only']] as const) {
    await amount.fill(text);
    await expect(amount).toHaveAttribute('aria-invalid', 'true');
    await expect(page.locator('.desk-fault')).toHaveText(why);
    await expect(place).toBeDisabled();
    await expect(total).toHaveText(before ?? '');
    await page.keyboard.press('Tab');
    await expect(amount).toHaveValue(text);
  }
  expect(await barriers(page)).toEqual([]);
  await amount.fill('2');
  await expect(place).toBeEnabled();
  await expect(total).not.toHaveText(before ?? '');
  await page.getByLabel('Price of Cast iron teapot').fill('50');
  await page.keyboard.press('Tab');
  await expect(page.getByLabel('Why another price for Cast iron teapot')).toBeFocused();
  await page.keyboard.type('regular customer');
  await expect(place).toBeEnabled();

  // The server's process ended, and begins again.
  let gone = true;
  await page.route('**/v1/orders/quote', (route) => (gone ? route.abort('connectionrefused') : route.continue()));
  await amount.fill('3');
  await expect(page.locator('.desk-sum [role="alert"]')).toContainText('cannot be reached');
  await expect(page.locator('.desk-sum').getByRole('button', { name: 'Try again' })).toBeVisible();
  await expect(place).toBeDisabled();
  gone = false;
  await expect(place).toBeEnabled();
  await expect(page.locator('.desk-sum [role="alert"]')).toBeHidden();
});

test('a draft from the desk keeps its stock for as long as the desk says', async ({ page, shop }) => {
  const free = async () => (await shop.ask<{ data: { available: number }[] }>('GET', '/v1/stock?sku=TEAPOT&limit=200')).data.reduce((sum, row) => sum + row.available, 0);
  const before = await free();
  await page.goto('/orders/new');
  await page.locator('#desk-product').fill('teapot');
  await expect(page.locator('.ant-select-item-option', { hasText: 'TEAPOT' })).toBeVisible();
  await page.keyboard.press('Enter');
  await page.getByLabel('Quantity of Cast iron teapot').fill('2');
  await page.getByRole('checkbox', { name: 'Keep the stock for 30 min' }).check();
  await page.getByRole('button', { name: 'Save as draft' }).click();
  await expect(page.locator('.order-sub')).toContainText('Stock kept until');
  expect(await free()).toBe(before - 2);
  await expect(page.locator('.order-page')).toContainText('Draft keeps stock');
  const draft = page.url().split('/').pop();
  await shop.ask('POST', `/v1/orders/${draft}/cancel`, { reason: 'never mind' });
  expect(await free()).toBe(before);
});

test('cancelling a part names the money that goes back', async ({ page, shop }) => {
  const found = (await orders(shop, 'state=open&fulfillment_status=allocated&payment_status=paid&expand=lines&limit=100')).find((one) => one.lines.length === 1 && one.lines[0].quantity > 1);
  await page.goto(`/orders/${found.number}`);
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Cancel' }).click();
  await page.getByRole('dialog').getByRole('spinbutton').fill('1');
  await page.keyboard.press('Tab');
  await expect(page.locator('.refund-box .num')).toHaveText(/\d/);
  const shown = Number((await page.locator('.refund-box .num').textContent())?.replace(/[^\d.]/g, '')) * 100;
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel these units' }).click();
  await expect(page.getByRole('dialog')).toBeHidden();
  const now = await shop.ask<any>('GET', `/v1/orders/${found.id}`);
  expect(now.lines[0].counters.cancelled).toBe(1);
  expect(now.totals.refunded).toBe(Math.round(shown));
});

test('cancelling a whole order says the sum that is paid back, charges too; more units than there are is told', async ({ page, shop }) => {
  const found = (await orders(shop, 'state=open&fulfillment_status=allocated&payment_status=paid&expand=lines&limit=100')).find((one) => one.totals.charges > 0 && one.totals.refunded === 0 && one.lines.every((line: any) => !line.parent_line));
  await page.goto(`/orders/${found.number}`);
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Cancel' }).click();
  const dialog = page.getByRole('dialog');
  const units = dialog.getByRole('spinbutton').first();
  const most = await units.inputValue();
  await units.fill('999');
  await expect(dialog.getByRole('alert')).toHaveText(`At most ${most}`);
  await dialog.getByRole('button', { name: 'Cancel these units' }).click();
  await expect(page.locator('.ant-message')).toContainText('More units than there are');
  await units.fill(most);
  await expect(dialog.locator('.refund-box .num')).toHaveText(/\d/);
  const shown = Math.round(Number((await dialog.locator('.refund-box .num').textContent())?.replace(/[^\d.]/g, '')) * 100);
  expect(shown).toBe(found.totals.paid);
  await dialog.getByRole('button', { name: 'Cancel the order' }).click();
  await expect(dialog).toBeHidden();
  expect((await shop.ask<any>('GET', `/v1/orders/${found.id}`)).totals.refunded).toBe(shown);
});

test('the first act of the head asks at once, and what a price has beyond the cent is shown', async ({ page, shop }) => {
  const { price } = await shop.ask<any>('GET', '/v1/products/TOTE');
  const made = await shop.ask<any>('POST', '/v1/orders', {
    channel: 'web',
    external_id: `fine-${Date.now()}`,
    currency: 'USD',
    payment_terms: 'cod',
    shipping_address: { name: 'Ann Baker', line1: '15 Astor Pl', city: 'New York', region: 'NY', postal_code: '10003', country: 'US' },
    lines: [{ sku: 'TOTE', quantity: 3, unit_price: `${price}.5`, price_reason: 'by the kilogram' }],
  });
  await page.goto(`/orders/${made.number}`);
  await expect(page.locator('.lines-table')).toContainText(`${(Number(price) / 100).toFixed(2)}5`);
  await page.locator('.order-head').getByRole('button', { name: 'Pick', exact: true }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.getByRole('dialog').getByRole('button', { name: 'Pick', exact: true }).click();
  await expect.poll(async () => (await shop.ask<any>('GET', `/v1/orders/${made.id}`)).fulfillments[0].state).toBe('picked');
});

test('who may only look finds no verbs', async ({ page, shop }) => {
  await shop.ask('POST', '/v1/users', { login: 'looker', name: 'Looker', password: 'a long password of theirs', roles: ['viewer'] });
  await enter(page, shop, 'looker', 'a long password of theirs');
  const [found] = await orders(shop, 'state=open&limit=1');
  await page.goto(`/orders/${found.number}`);
  await expect(page.locator('.order-head h1')).toHaveText(found.number);
  await expect(page.getByRole('button', { name: 'More' })).toHaveCount(0);
  await expect(page.locator('#order-comment')).toHaveCount(0);
  await page.goto('/orders');
  await expect(page.getByRole('link', { name: 'New order' })).toHaveCount(0);
});

for (const language of ['en', 'zh-CN', 'zh-TW'] as const)
  test(`orders and today have no barriers in ${language}, dark`, async ({ page, shop }) => {
    await dress(page, language, 'dark');
    const [found] = await orders(shop, 'state=placed&limit=1');
    for (const path of ['/', '/orders', '/orders?as=board', `/orders/${found.number}`, '/orders/new']) {
      await page.goto(path);
      await expect(page.locator('.screen h1')).toBeVisible();
      await expect(page.locator('.bone')).toHaveCount(0);
      expect(await barriers(page), path).toEqual([]);
    }
  });
