// Files come in by the browser: mapped, tried, run; and go out again in columns that come back.
import type { Page } from '@playwright/test';
import { barriers, expect, test } from './fixtures';

const bring = async (page: Page, kind: string, name: string, text: string) => {
  await page.goto('/imports');
  await page.getByRole('radio', { name: kind }).check();
  await page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
};

test('a file is mapped, tried, run; wrong rows are named and stop no other @sample', async ({ page, shop }) => {
  await bring(page, 'Products', 'hats.csv', 'Item no,Product name,Price,Weight (kg),Shelf\nHAT-1,Hat,19.90,0.25,A\nHAT-2,"Hat, blue",cheap,,B\nHAT-3,Cap,21,0.2,C\n');
  await expect(page.getByRole('row', { name: /Item no/ })).toContainText('SKU');
  await expect(page.getByRole('row', { name: /Weight/ })).toContainText('Kilograms');
  expect(await barriers(page)).toEqual([]);
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await expect(page.getByText('The right rows can be imported now')).toBeVisible();
  const fault = page.getByRole('region', { name: 'Errors' }).getByRole('row', { name: /Price/ });
  await expect(fault).toContainText('3');
  await expect(fault).toContainText('Not a number');
  expect(await barriers(page)).toEqual([]);
  expect((await shop.ask('GET', '/v1/products?sku=HAT-1')).data).toEqual([]);
  // What the file has and nobody takes is said beside the trial.
  await expect(page.getByRole('status').filter({ hasText: '1 column fills no field' })).toContainText('Shelf');
  await page.getByRole('button', { name: 'Import 2 records' }).click();
  await expect(page.getByText('The right rows are in.')).toBeVisible();
  const hat = await shop.ask('GET', '/v1/products/HAT-1');
  expect([hat.price, hat.weight_g]).toEqual([1990, 250]);
  const file = await page.evaluate(async (path) => (await fetch(path)).text(), (await page.getByRole('link', { name: 'Wrong rows (CSV)' }).getAttribute('href')) as string);
  expect(file).toContain('HAT-2,"Hat, blue",cheap');
  expect(file).not.toContain('HAT-1');
});

test('what is missing is said before the check, and a value for all rows fills it', async ({ page, shop }) => {
  const [place] = (await shop.ask('GET', '/v1/locations?limit=1')).data;
  const [product] = (await shop.ask('GET', '/v1/products?limit=1')).data;
  await bring(page, 'Stock', 'count.csv', `SKU;Lot of words;Qty\n${product.sku};x;77\n`);
  await expect(page.getByText('these fields need a column or a value')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Check', exact: true })).toBeDisabled();
  await page.getByRole('button', { name: 'Add a value' }).click();
  await page.getByRole('combobox', { name: 'Field', exact: true }).click();
  await page.keyboard.type('Location');
  await page.keyboard.press('Enter');
  await page.getByLabel('Value', { exact: true }).fill(place.code);
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await expect(page.getByText('What the import would do')).toBeVisible();
  await expect(page.getByText('Matched by hand')).toBeVisible();
  const upload = await shop.ask('GET', `/v1/imports/${page.url().split('/').pop()}`);
  expect(upload.mapping.columns).toContainEqual({ field: 'location', constant: place.code });
  await page.getByRole('button', { name: 'Import 1 record', exact: true }).click();
  await expect(page.getByText('Everything is in.')).toBeVisible();
  // The next file with this header is known.
  await bring(page, 'Stock', 'next.csv', `SKU;Lot of words;Qty\n${product.sku};x;78\n`);
  await expect(page.getByText('as in your last file')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Check', exact: true })).toBeEnabled();
});

test('cells of a sheet are pasted', async ({ page }) => {
  await page.goto('/imports?kind=customers');
  await page.getByRole('button', { name: 'Paste from a sheet' }).click();
  await page.getByLabel('Copy the cells').fill('Name\tE-mail\nLi Wei\tli.wei@example.com\n');
  expect(await barriers(page)).toEqual([]);
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('row', { name: /E-mail/ })).toContainText('li.wei@example.com');
});

test('orders that tell no currency are in the company\'s, which is shown as chosen and may be another', async ({ page, shop }) => {
  const [product] = (await shop.ask('GET', '/v1/products?limit=1')).data;
  const [channel] = (await shop.ask('GET', '/v1/channels?limit=1')).data;
  await bring(page, 'Orders', 'orders.csv', `Order number,Channel,SKU,Qty,Price\nCUR-1,${channel.code},${product.sku},1,12.50\n`);
  const box = page.getByRole('region', { name: 'Of the whole file' }).getByRole('combobox', { name: 'Currency' });
  await expect(page.getByLabel('Value', { exact: true })).toHaveValue('USD');
  await expect(page.getByRole('button', { name: 'Check', exact: true })).toBeEnabled();
  await box.click();
  await page.keyboard.type('EUR');
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Value', { exact: true })).toHaveValue('EUR');
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await expect(page.getByText('What the import would do')).toBeVisible();
  const upload = await shop.ask('GET', `/v1/imports/${page.url().split('/').pop()}`);
  expect(upload.mapping.columns).toContainEqual({ field: 'currency', constant: 'EUR' });
});

test('what was taken out comes back unchanged', async ({ page }) => {
  await page.goto('/imports');
  const text = await page.evaluate(async (path) => (await fetch(path)).text(), (await page.getByRole('link', { name: 'Products as CSV' }).getAttribute('href')) as string);
  await bring(page, 'Products', 'back.csv', text);
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await expect(page.getByText('Everything is there like this already')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Import 0 records' })).toBeDisabled();
});

test('a file that is none is refused in words', async ({ page }) => {
  await page.goto('/imports');
  await page.locator('input[type=file]').setInputFiles({ name: 'empty.csv', mimeType: 'text/csv', buffer: Buffer.from('') });
  await expect(page.getByRole('alert')).toContainText('The file is empty');
});
