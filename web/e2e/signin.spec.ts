// Coming in: by the form, again after the session has ended, for the first time, and by invitation.
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { barriers, begin, enter, expect, test } from './fixtures';

test.describe('nobody is signed in', () => {
  test.use({ guest: true });

  test('signing in goes by keyboard alone; a wrong password is told and nothing is lost @sample', async ({ page, shop }) => {
    await page.goto('/orders?state=open');
    await expect(page.getByLabel('Login')).toBeFocused();
    await page.keyboard.type(shop.login);
    await page.keyboard.press('Tab');
    await page.keyboard.type('not the password');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('alert')).toHaveText('Login or password is wrong');
    expect(await barriers(page)).toEqual([]);
    await expect(page.getByLabel('Login')).toHaveValue(shop.login);
    await page.getByLabel('Password', { exact: true }).fill(shop.password);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'Orders' })).toBeVisible();
    expect(new URL(page.url()).search).toBe('?state=open');
  });

  test('the page of signing in speaks three languages, and keeps the choice', async ({ page }) => {
    await page.goto('/');
    await page.getByRole('button', { name: '繁體中文' }).click();
    await expect(page.getByRole('button', { name: '登入' })).toBeVisible();
    await page.reload();
    await expect(page.getByRole('button', { name: '登入' })).toBeVisible();
    await expect(page.locator('html')).toHaveAttribute('lang', 'zh-TW');
    expect(await barriers(page)).toEqual([]);
  });

  test('passwords may be pasted, looked at, and filled in by a password manager', async ({ page }) => {
    await page.goto('/');
    const field = page.getByLabel('Password', { exact: true });
    await expect(field).toHaveAttribute('autocomplete', 'current-password');
    await expect(page.getByLabel('Login')).toHaveAttribute('autocomplete', 'username');
    await field.evaluate((box) => {
      box.focus();
      document.execCommand('insertText', false, 'pasted words');
    });
    await page.getByRole('button', { name: 'Show password' }).click();
    await expect(field).toHaveAttribute('type', 'text');
    await expect(field).toHaveValue('pasted words');
  });
});

test('an ended session asks for the password in place, and what was typed stays @sample', async ({ page, shop }) => {
  const { data } = await shop.ask<{ data: { sku: string }[] }>('GET', '/v1/products?limit=1');
  await page.goto(`/products/${data[0]?.sku}`);
  const origin = page.getByLabel('Customs tariff number');
  await origin.fill('9403.60');
  // The session ends elsewhere: the cookie is not good any more.
  await page.context().clearCookies();
  await page.getByRole('button', { name: 'Save' }).click();
  const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
  await expect(dialog).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await dialog.getByLabel('Password', { exact: true }).fill(shop.password);
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(origin).toHaveValue('9403.60');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('button', { name: 'Save' })).toBeHidden();
  expect((await shop.ask('GET', `/v1/products/${data[0]?.sku}`)).hs_code).toBe('9403.60');
});

test('what was typed survives a reload', async ({ page, shop }) => {
  const { data } = await shop.ask<{ data: { sku: string }[] }>('GET', '/v1/products?limit=1');
  await page.goto(`/products/${data[0]?.sku}`);
  await page.getByLabel('Unit', { exact: true }).fill('box');
  await page.reload();
  await expect(page.getByLabel('Unit', { exact: true })).toHaveValue('box');
  await page.getByRole('button', { name: 'Discard' }).click();
  await expect(page.getByLabel('Unit', { exact: true })).not.toHaveValue('box');
});

test('a company is set up in one page, and its owner is signed in @sample', async ({ browser }) => {
  const folder = mkdtempSync(join(tmpdir(), 'ordo-setup-'));
  const server = await begin(['serve', '--database', `sqlite:${folder}/o.db`, '--listen', '127.0.0.1:0']);
  const context = await browser.newContext({ locale: 'en-US', timezoneId: 'America/New_York' });
  const page = await context.newPage();
  try {
    await page.goto(server.url);
    await expect(page.getByRole('heading', { name: 'Set up your company' })).toBeVisible();
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Set up and begin' }).click();
    await expect(page.getByText('Required').first()).toBeVisible();
    await page.getByLabel('Name of the company').fill('Lantern & Loom');
    await page.getByLabel('Your name').fill('Li Wei');
    await page.getByLabel('Login').fill('li@example.com');
    await page.getByLabel('Password', { exact: true }).fill('glass river 27 lamps');
    const names = page.getByLabel('Name', { exact: true });
    await names.nth(0).fill('Newark');
    await page.getByLabel('State, province').fill('NJ');
    // A reload takes nothing that was typed but the password.
    await page.reload();
    await expect(page.getByLabel('Name of the company')).toHaveValue('Lantern & Loom');
    await expect(page.getByLabel('State, province')).toHaveValue('NJ');
    await expect(page.getByLabel('Password', { exact: true })).toHaveValue('');
    await page.getByLabel('Password', { exact: true }).fill('short');
    await expect(page.getByText('This is shorter than 10 characters')).toBeVisible();
    await expect(page.getByText('At least 10 characters.')).toHaveCount(1);
    await page.getByLabel('Password', { exact: true }).fill('glass river 27 lamps');
    await names.nth(1).fill('Web shop');
    await page.getByRole('button', { name: 'Set up and begin' }).click();
    await expect(page.getByRole('navigation', { name: 'Main navigation' })).toBeVisible();
    await page.goto(`${server.url}/locations/MAIN`);
    await expect(page.getByRole('heading', { name: 'Newark' })).toBeVisible();
  } finally {
    await context.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

test('an invitation sets a password once @sample', async ({ page, shop, browser }) => {
  await page.goto('/users');
  await page.getByRole('button', { name: 'Invite a user' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Invite a user' });
  await dialog.getByLabel('Name', { exact: true }).fill('Ann Sun');
  await dialog.getByLabel('Login').fill('ann@example.com');
  await dialog.getByLabel('Roles').click();
  // A role is found by the word that is shown, not by its code.
  await page.keyboard.type('Cust');
  await expect(page.locator('.ant-select-item-option', { hasText: 'Customer service' })).toBeVisible();
  for (let n = 0; n < 4; n++) await page.keyboard.press('Backspace');
  await page.keyboard.type('View');
  await page.locator('.ant-select-item-option', { hasText: 'Viewer' }).click();
  await page.keyboard.press('Escape');
  await dialog.getByRole('button', { name: 'Invite a user' }).click();
  const link = await page.locator('.secret code').innerText();
  expect(link).toContain(`${shop.url}/invitation#`);
  const context = await browser.newContext({ locale: 'en-US' });
  const other = await context.newPage();
  await other.goto(link);
  await expect(other.getByRole('heading', { name: 'Welcome, Ann Sun' })).toBeVisible();
  expect(await barriers(other)).toEqual([]);
  await other.getByLabel('New password').fill('copper moon 81 stairs');
  await other.keyboard.press('Enter');
  await expect(other.getByRole('navigation', { name: 'Main navigation' })).toBeVisible();
  // What the role may not do is absent.
  await other.goto(`${shop.url}/products`);
  await expect(other.getByRole('heading', { name: 'Products' })).toBeVisible();
  await expect(other.getByRole('button', { name: 'New product' })).toHaveCount(0);
  await expect(other.getByRole('link', { name: 'Users and keys' })).toHaveCount(0);
  await other.goto(link);
  await expect(other.getByRole('heading', { name: 'This invitation is no longer good' })).toBeVisible();
  await context.close();
  await enter(page, shop);
});

/** What an authenticator app shows (RFC 6238), so many steps from now. */
function codeOf(secret: string, steps = 0): string {
  const bits = [...secret].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const mac = createHmac('sha1', key).update(counter).digest();
  return String((mac.readUInt32BE(mac[19]! & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

test('a second step is set up, asked for, and reset by somebody else, by keyboard @sample', async ({ page, shop, browser }) => {
  await shop.ask('POST', '/v1/users', { login: 'mei', name: 'Mei Lin', password: 'copper moon 81 stairs', roles: ['viewer'] });
  const context = await browser.newContext({ locale: 'en-US' });
  const mei = await context.newPage();
  await enter(mei, shop, 'mei', 'copper moon 81 stairs');
  await mei.goto(`${shop.url}/me`);
  await mei.getByRole('button', { name: 'Set up a second step' }).press('Enter');
  const dialog = mei.getByRole('dialog', { name: 'Set up a second step' });
  await expect(dialog.getByLabel('Current password')).toBeFocused();
  await mei.keyboard.type('copper moon 81 stairs');
  await mei.keyboard.press('Enter');
  await expect(dialog.getByRole('img', { name: 'QR code for the authenticator app' })).toBeVisible();
  expect(await barriers(mei)).toEqual([]);
  await dialog.getByText('Type the key instead').click();
  const secret = await dialog.locator('.secret code').innerText();
  const code = dialog.getByLabel('Code', { exact: true });
  await expect(code).toHaveAttribute('autocomplete', 'one-time-code');
  await code.fill('000000');
  await mei.keyboard.press('Enter');
  await expect(dialog.getByText('The code is wrong')).toBeVisible();
  await code.fill(codeOf(secret, -1));
  await mei.keyboard.press('Enter');
  await expect(dialog.getByRole('button', { name: 'I have kept them' })).toBeFocused();
  const paper = (await dialog.locator('.secret code').innerText()).split('\n');
  expect(paper).toHaveLength(8);
  await mei.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(mei.getByText('recovery codes left: 8')).toBeVisible();
  expect(await barriers(mei)).toEqual([]);

  // Signing in again: the password alone is not enough, and a code is good once.
  await context.clearCookies();
  await mei.goto(shop.url);
  const signIn = async () => {
    await mei.getByLabel('Login').fill('mei');
    await mei.getByLabel('Password', { exact: true }).fill('copper moon 81 stairs');
    await mei.keyboard.press('Enter');
    await expect(mei.getByLabel('Code')).toBeFocused();
  };
  await signIn();
  expect(await barriers(mei)).toEqual([]);
  await mei.keyboard.type('123 456');
  await mei.keyboard.press('Enter');
  await expect(mei.getByRole('alert')).toHaveText('The code is wrong or was used already');
  await mei.getByLabel('Code').fill(paper[3]!.toUpperCase());
  await mei.keyboard.press('Enter');
  await expect(mei.getByRole('navigation', { name: 'Main navigation' })).toBeVisible();
  await mei.goto(`${shop.url}/me`);
  await expect(mei.getByText('recovery codes left: 7')).toBeVisible();

  // Somebody who manages users resets it.
  await page.goto('/users?login=mei');
  await page.getByText('Mei Lin').first().click();
  await page.getByRole('button', { name: 'Reset the second step' }).press('Enter');
  await page.getByRole('dialog', { name: 'Reset the second step of Mei Lin?' }).getByRole('button', { name: 'Reset the second step' }).press('Enter');
  await expect(page.getByRole('button', { name: 'Reset the second step' })).toHaveCount(0);
  expect((await shop.ask('GET', '/v1/users/mei')).mfa_at).toBeUndefined();
  await context.close();
});

test('where the company asks for a second step, it comes first', async ({ shop, browser }) => {
  await shop.ask('POST', '/v1/users', { login: 'tao', name: 'Tao', password: 'copper moon 81 stairs', roles: ['viewer'] });
  await shop.ask('PATCH', '/v1/settings/login.mfa_roles', { value: 'viewer' });
  const context = await browser.newContext({ locale: 'zh-TW' });
  const tao = await context.newPage();
  try {
    await enter(tao, shop, 'tao', 'copper moon 81 stairs');
    await tao.goto(`${shop.url}/orders`);
    await expect(tao.getByRole('heading', { name: '還差一步' })).toBeVisible();
    expect(await barriers(tao)).toEqual([]);
    await tao.locator('input[type=password]').fill('copper moon 81 stairs');
    await tao.keyboard.press('Enter');
    await tao.getByText('改為手動輸入金鑰').click();
    await tao.getByLabel('驗證碼').fill(codeOf(await tao.locator('.secret code').innerText()));
    await tao.keyboard.press('Enter');
    await tao.getByRole('button', { name: '我已保存' }).press('Enter');
    await expect(tao.getByRole('navigation').first()).toBeVisible();
  } finally {
    await shop.ask('PATCH', '/v1/settings/login.mfa_roles', { value: '' });
    await context.close();
  }
});
