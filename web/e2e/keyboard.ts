// Hands that know no mouse.
import { expect, type Locator, type Page } from '@playwright/test';

const STEPS_MAX = 120;

/** Goes to it by Tab alone, as whoever has no mouse must; fails where the keyboard does not lead there. */
export async function tabTo(page: Page, target: Locator, key = 'Tab') {
  await expect(target).toBeVisible();
  for (let n = 0; n < STEPS_MAX; n++) {
    if (await target.evaluate((node) => node === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${STEPS_MAX} times ${key} do not lead to ${String(target)}`);
}

/** Goes there and presses it. */
export async function strike(page: Page, target: Locator, key = 'Enter', by = 'Tab') {
  await tabTo(page, target, by);
  await page.keyboard.press(key);
}

/** Opens a select and takes what is typed. */
export async function choose(page: Page, field: Locator, name: string) {
  await tabTo(page, field);
  await page.keyboard.press('ArrowDown');
  const option = page.locator('.ant-select-dropdown:visible .ant-select-item-option', { hasText: name }).first();
  await expect(option).toBeVisible();
  const active = page.locator('.ant-select-dropdown:visible .ant-select-item-option-active');
  for (let n = 0; n < STEPS_MAX; n++) {
    if ((await active.textContent())?.includes(name)) break;
    await page.keyboard.press('ArrowDown');
  }
  await page.keyboard.press('Enter');
  await expect(option).toBeHidden();
}
