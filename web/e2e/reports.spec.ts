// Reports: figures against the time before, pictures and tables that open their rows, the same in files.
import { barriers, expect, test } from './fixtures';

test('the home leads to a report, and a figure to its orders @sample', async ({ page, shop }) => {
  await page.goto('/reports');
  await page.getByRole('link', { name: 'Orders and revenue' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Orders and revenue' })).toBeVisible();
  await page.getByRole('group', { name: 'Figures' }).getByRole('button', { name: /^Revenue/ }).click();
  await expect(page).toHaveURL(/measure=revenue/);
  await page.getByText('Table', { exact: true }).click();
  const report = await shop.ask<any>('GET', '/v1/reports/orders');
  const day = report.rows.find((row: any) => row.values.some((one: any) => one.measure === 'orders' && one.value > 0));
  const orders = day.values.find((one: any) => one.measure === 'orders').value;
  await page.goto(`/reports/orders?as=table&cell=${day.key}&of=orders`);
  const drawer = page.getByRole('dialog');
  await expect(drawer.locator('tbody tr')).toHaveCount(orders);
  expect(await barriers(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(drawer).toBeHidden();
  await expect(page).not.toHaveURL(/cell=/);
});

test('a cell of the table opens its rows by keyboard, and the address keeps it', async ({ page }) => {
  await page.goto('/reports/orders?as=table&measure=orders');
  const cell = page.locator('.report-table tbody button').first();
  const text = await cell.textContent();
  await cell.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog').locator('.drill-figure')).toHaveText(text ?? '');
  await page.reload();
  await expect(page.getByRole('dialog').locator('.drill-figure')).toHaveText(text ?? '');
});

test('files have the parameters of the screen', async ({ page }) => {
  await page.goto('/reports/flow?by=location&from=2026-01-01&location=NJ');
  await page.getByRole('button', { name: 'Download' }).click();
  const href = (await page.getByRole('link', { name: 'CSV' }).getAttribute('href')) ?? '';
  const asked = new URL(href, 'http://here').searchParams;
  expect([asked.get('by'), asked.get('from'), asked.get('location'), asked.get('format')]).toEqual(['location', '2026-01-01', 'NJ', 'csv_major']);
  const answer = await page.request.get(href);
  expect(answer.status()).toBe(200);
  expect(await answer.text()).toContain('NJ');
});

test('the heat map opens its customers', async ({ page, shop }) => {
  const report = await shop.ask<any>('GET', '/v1/reports/segments');
  const [row] = report.rows;
  await page.goto('/reports/segments');
  const cell = page.locator('button.heat-cell');
  await expect(cell).toHaveCount(report.rows.length);
  await page.goto(`/reports/segments?cell=${row.key}&of=customers`);
  await expect(page.getByRole('dialog').locator('tbody tr')).toHaveCount(row.values[0].value);
});

for (const name of ['', '/orders', '/products', '/flow', '/backlog', '/stock', '/reviews', '/customers', '/segments'])
  test(`reports${name} has no barrier`, async ({ page }) => {
    await page.goto(`/reports${name}`);
    await expect(name ? page.locator('.report-words') : page.locator('.report-figure').first()).toBeVisible();
    expect(await barriers(page)).toEqual([]);
  });
