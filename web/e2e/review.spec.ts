// Review by keys alone: evidence, a decision with its reason, the next one opens; two people at one hold.
import { barriers, dress, enter, expect, test, type Shop } from './fixtures';

const held = async (shop: Shop) => (await shop.ask<{ data: any[] }>('GET', '/v1/holds?state=active&sort=created_at&limit=100')).data;
let made = 0;
async function hold(shop: Shop, n = 1) {
  const { data } = await shop.ask<{ data: any[] }>('GET', '/v1/orders?state=open&limit=50');
  for (const order of data.slice(made, made + n)) await shop.ask('POST', `/v1/orders/${order.id}/hold`, { reason: 'the customer asked us to wait', owner_role: 'service' });
  made += n;
}

test('holds are decided by one key each, and the next opens @sample', async ({ page, shop }) => {
  await hold(shop, 2);
  const before = await held(shop);
  await page.goto('/review');
  await expect(page.locator('.queue-entry').first()).toBeVisible();
  await page.keyboard.press('j');
  const second = await page.locator('.queue-entry[aria-current="true"]').getAttribute('href');
  await expect(page.locator('.case-head')).toBeVisible();
  await page.keyboard.press('l');
  await expect(page.getByRole('dialog')).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  // Nothing goes without a reason.
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toContainText('Required');
  await page.keyboard.type('confirmed by phone');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect.poll(async () => (await held(shop)).length).toBe(before.length - 1);
  await expect(page.locator('.queue-entry[aria-current="true"]')).not.toHaveAttribute('href', second ?? '');
  const gone = before.find((one) => second?.includes(one.id));
  const now = await shop.ask<any>('GET', `/v1/holds/${gone.id}`);
  expect(now).toMatchObject({ state: 'released', release_reason: 'confirmed by phone' });
});

test('who takes a hold is seen by the other at once, who may take it over @sample', async ({ page, shop, browser }) => {
  await hold(shop);
  await shop.ask('POST', '/v1/users', { login: 'ann', name: 'Ann', password: 'a long password of hers', roles: ['manager'] });
  const other = await browser.newContext({ baseURL: shop.url });
  const ann = await other.newPage();
  await enter(ann, shop, 'ann', 'a long password of hers');
  const one = (await held(shop)).find((hold) => !hold.assigned_to);
  await page.goto(`/review?peek=${one.id}`);
  await ann.goto(`/review?peek=${one.id}`);
  await expect(ann.locator('.case-head')).toBeVisible();
  await expect(page.locator('.case-head')).toBeVisible();
  await ann.keyboard.press('m');
  await expect(page.locator('.case-why')).toContainText('Ann');
  await page.keyboard.press('m');
  await expect(page.getByRole('dialog')).toContainText('Ann');
  await page.getByRole('dialog').getByRole('button', { name: 'Take it' }).click();
  await expect.poll(async () => (await shop.ask<any>('GET', `/v1/holds/${one.id}`)).assigned_name).toBe('demo');
  await other.close();
});

test('what a colleague decides of the open hold is told, and no other takes its place unasked', async ({ page, shop }) => {
  await hold(shop, 2);
  const [one] = await held(shop);
  await page.goto('/review');
  await expect(page.locator(`.queue-entry[aria-current="true"][href$="${one.id}"]`)).toBeVisible();
  await expect(page.locator('.case-head')).toBeVisible();
  const order = await page.locator('.case-head a').first().textContent();
  await shop.ask('POST', `/v1/holds/${one.id}/release`, { reason: 'she called back' });
  await expect(page.locator('.case-ended')).toContainText('demo released this hold');
  await expect(page.locator('.case-ended')).toContainText('she called back');
  await expect(page.locator('.case-head')).toContainText(order ?? '');
  await expect(page.locator(`.queue-entry[href$="${one.id}"]`)).toBeHidden();
  expect(await barriers(page)).toEqual([]);
  await page.getByRole('button', { name: 'Next one' }).click();
  await expect(page.locator('.queue-entry[aria-current="true"]')).toBeVisible();
  await expect(page.locator('.case-ended')).toBeHidden();
});

test('what the server refuses is said, and what was typed stays', async ({ page, shop }) => {
  await hold(shop);
  const one = (await held(shop)).at(-1);
  await page.goto(`/review?peek=${one.id}`);
  await expect(page.locator('.case-head')).toBeVisible();
  await page.keyboard.press('l');
  await page.getByRole('dialog').getByRole('textbox').fill('too late');
  await shop.ask('POST', `/v1/holds/${one.id}/release`, { reason: 'somebody was faster' });
  await page.getByRole('dialog').getByRole('button', { name: 'Release' }).click();
  await expect(page.getByRole('dialog').getByRole('alert').first()).toBeVisible();
  await expect(page.getByRole('dialog').getByRole('textbox')).toHaveValue('too late');
});

test('on a phone the list comes first and a hold opens over it', async ({ page, shop }) => {
  await hold(shop);
  await page.setViewportSize({ width: 390, height: 844 });
  await dress(page, 'zh-CN', 'dark');
  await page.goto('/review');
  await page.locator('.queue-entry').first().click();
  await expect(page.locator('.case-head')).toBeVisible();
  await expect(page.locator('.queue')).toBeHidden();
  expect(await barriers(page)).toEqual([]);
});

test('a wave is released from the list by keys, and its pick list is a paper @sample', async ({ page, shop }) => {
  await page.goto('/fulfillments?location=NJ&state=open,picking');
  await page.getByRole('grid').focus();
  for (const key of ['x', 'j', 'x', 'j', 'x', 'j', 'x']) await page.keyboard.press(key);
  await page.getByRole('button', { name: 'Release as a wave' }).click();
  expect(await barriers(page)).toEqual([]);
  await page.getByRole('dialog').getByRole('button', { name: 'Release' }).click();
  const paper = page.getByRole('link', { name: 'Print the pick list' });
  await expect(paper).toBeVisible();
  const pdf = await page.request.get((await paper.getAttribute('href')) ?? '');
  expect(pdf.headers()['content-type']).toContain('application/pdf');
  expect((await shop.ask<any>('GET', '/v1/waves?location=NJ')).data.length).toBeGreaterThan(0);
});

test('two people at one order see each other, on its page and in review, until one leaves @sample', async ({ page, shop, browser }) => {
  await shop.ask('POST', '/v1/users', { login: 'ping', name: 'Ping Zhao', password: 'copper moon 81 stairs', roles: ['manager'] });
  await hold(shop);
  const [one] = (await held(shop)).slice(-1);
  const context = await browser.newContext({ locale: 'en-US' });
  const ping = await context.newPage();
  try {
    await enter(ping, shop, 'ping', 'copper moon 81 stairs');
    await ping.goto(`${shop.url}/orders/${one.order_id}`);
    await expect(ping.getByRole('heading', { level: 1 })).toBeVisible();
    await expect.poll(async () => (await shop.ask('PUT', `/v1/orders/${one.order_id}/presence`)).others.map(({ name }: { name: string }) => name)).toContain('Ping Zhao');
    await page.goto(`/review?peek=${one.id}`);
    await expect(page.getByText(/^Also here: .*Ping Zhao/)).toBeVisible();
    expect(await barriers(page)).toEqual([]);
    // The other one hears of it with his next question.
    await expect(ping.getByText(/^Also here: /)).toBeVisible({ timeout: 20_000 });
    await ping.getByRole('link', { name: 'Orders' }).first().click();
    await expect(page.getByText(/^Also here: .*Ping Zhao/)).toBeHidden({ timeout: 20_000 });
  } finally {
    await context.close();
  }
});

test('what is packed is shipped in one go, and what cannot be shipped stays out', async ({ page, shop }) => {
  const { data } = await shop.ask<{ data: any[] }>('GET', '/v1/fulfillments?state=open&limit=50&expand=next_actions');
  const [one, two] = data.filter((row) => row.next_actions.includes('pick'));
  for (const verb of ['pick', 'pack']) await shop.ask('POST', `/v1/fulfillments/${one.id}/${verb}`, {});
  await page.goto(`/fulfillments?state=open,packed&sort=ship_by&order_number=${one.order_number},${two.order_number}`);
  await page.getByRole('row', { name: new RegExp(one.order_number) }).getByRole('checkbox').check();
  await page.getByRole('row', { name: new RegExp(two.order_number) }).getByRole('checkbox').check();
  await page.getByRole('toolbar').getByRole('button', { name: 'Ship', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Ship what is packed' });
  await expect(dialog.getByText('1 fulfillment is shipped')).toBeVisible();
  await expect(dialog.getByText('1 of the selected rows cannot be shipped now')).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Ship', exact: true }).click();
  await expect(dialog.getByText('1 shipped.')).toBeVisible();
  expect((await shop.ask('GET', `/v1/fulfillments/${one.id}`)).state).toBe('shipped');
  expect((await shop.ask('GET', `/v1/fulfillments/${two.id}`)).state).toBe('open');
});
