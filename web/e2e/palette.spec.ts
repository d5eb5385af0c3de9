// The command palette finds pages by any of their names.
import { expect, test } from './fixtures';

test('the palette finds a page by its name in another language, and a parcel by its id', async ({ page, shop }) => {
  const { data } = await shop.ask<{ data: { parcels?: { id: string }[] }[] }>('GET', '/v1/fulfillments?state=shipped&expand=parcels&limit=20');
  const parcel = data.flatMap((one) => one.parcels ?? [])[0]?.id ?? '';
  expect(parcel).not.toBe('');
  await page.goto('/');
  await page.locator('.palette-button').click();
  const box = page.locator('.palette input');
  await box.fill('設定');
  await expect(page.locator('.palette-entry', { hasText: 'Settings' })).toBeVisible();
  await box.fill(parcel);
  await page.locator('.palette-entry').first().click();
  await expect(page).toHaveURL(/\/orders\//);
});
