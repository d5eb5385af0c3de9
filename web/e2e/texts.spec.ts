// Texts come room by room; a language is changed in place.
import { expect, test } from './fixtures';

test('the language changes in place, also of rooms that were entered before and are entered later @sample', async ({ page }) => {
  await page.goto('/review');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.getByRole('link', { name: 'Orders', exact: true }).click();
  await expect(page.getByRole('grid', { name: 'Orders' })).toBeVisible();
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('menuitem', { name: '繁體中文' }).click();
  await expect(page.getByRole('grid', { name: '訂單' })).toBeVisible();
  for (const room of ['審核', '客戶', '設定', '訂單']) {
    await page.getByRole('navigation').getByRole('link', { name: room, exact: true }).first().click();
    await expect(page.locator('main').getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.locator('.bones')).toHaveCount(0);
    expect(await page.locator('body').innerText(), 'a key instead of a text').not.toMatch(/\b[a-z]+\.[a-z_]+\.[a-z_]+\b(?!@)/);
  }
  // It is kept for this person, on every device: those who come next want their own.
  const kept = page.waitForResponse((answer) => answer.url().endsWith('/preferences') && answer.request().method() !== 'GET');
  await page.getByRole('button', { name: '帳號' }).click();
  await page.getByRole('menuitem', { name: 'English' }).click();
  await expect(page.getByRole('grid', { name: 'Orders' })).toBeVisible();
  expect((await kept).ok()).toBe(true);
});
