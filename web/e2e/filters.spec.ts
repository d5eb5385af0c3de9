// A filter asks nothing before something is chosen in its box; an address that says nonsense is told, not a crash.
import { barriers, expect, test } from './fixtures';

test('a filter opens its box, and the list waits until something is chosen @sample', async ({ page }) => {
  await page.goto('/orders');
  await expect(page.getByRole('grid')).toBeVisible();
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Created' }).click();
  await expect(page.locator('.filter-editor')).toBeVisible();
  await expect(page.locator('.ant-picker-range')).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  expect(new URL(page.url()).search).not.toContain('created_at');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('grid')).toBeVisible();

  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  await page.getByRole('menuitem', { name: 'SKU' }).click();
  await page.locator('.filter-editor').getByRole('textbox').fill('CANDLE-3');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/CANDLE-3/);
  await expect(page.locator('.filter-editor')).toBeHidden();
  await expect(page.getByRole('grid').getByRole('row').nth(1)).toBeVisible();
});

test('an address with a day that is none is told', async ({ page }) => {
  await page.goto('/orders?created_at[gte]=*');
  await expect(page.getByRole('heading', { name: 'Orders' })).toBeVisible();
  await expect(page.getByRole('alert').first()).toBeVisible();
});
