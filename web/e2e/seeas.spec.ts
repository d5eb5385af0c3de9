// Seeing the console as a role or a user would: a banner over everything, less to see, nothing to change.
import { barriers, expect, test } from './fixtures';

test('an administrator sees the console as a role and as a user would, and comes back', async ({ page, shop }) => {
  await page.goto('/users/roles');
  expect(await barriers(page)).toEqual([]);
  await page.getByRole('button', { name: 'See as Warehouse' }).click();
  const banner = page.locator('.seen-as');
  await expect(banner).toContainText('You see the console as Warehouse. Nothing can be changed.');
  const nav = page.getByRole('navigation', { name: 'Main navigation' });
  await expect(nav.getByRole('link', { name: 'Orders' })).toBeVisible();
  await expect(nav.getByRole('link', { name: 'Users and keys' })).toHaveCount(0);
  expect(await barriers(page)).toEqual([]);

  // Personal data is gone from what is shown, and writes are refused.
  await nav.getByRole('link', { name: 'Orders' }).click();
  await expect(page.getByRole('heading', { name: 'Orders' })).toBeVisible();
  await expect(banner).toBeVisible();
  const seen = await page.evaluate(async () => {
    const session = await (await fetch('/v1/session')).json();
    const orders = await (await fetch('/v1/orders?limit=5&state=open')).json();
    const refused = await fetch(`/v1/orders/${orders.data[0].id}/hold`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': session.csrf_token },
      body: JSON.stringify({ reason: 'x' }),
    });
    const { id, shipping_address } = await (await fetch(`/v1/orders/${orders.data[0].id}`)).json();
    return { status: refused.status, code: (await refused.json()).errors[0].code, whom: session.see_as, id, name: shipping_address.name };
  });
  expect(seen).toMatchObject({ status: 403, code: 'see_as', whom: 'warehouse' });
  const whole = await shop.ask<{ shipping_address: { name: string } }>('GET', `/v1/orders/${seen.id}`);
  expect(seen.name).toContain('…');
  expect(seen.name).not.toBe(whole.shipping_address.name);
  await expect(page.getByText(whole.shipping_address.name)).toHaveCount(0);

  // Another tab of the browser sees the same, and comes back with this one.
  const other = await page.context().newPage();
  await other.goto('/stock');
  await expect(other.locator('.seen-as')).toBeVisible();
  await banner.getByRole('button', { name: 'Back to yourself' }).click();
  await expect(nav.getByRole('link', { name: 'Users and keys' })).toBeVisible();
  await expect(banner).toHaveCount(0);
  await expect(other.locator('.seen-as')).toHaveCount(0);
  await other.close();

  // As a user: his name, his places.
  const { data } = await shop.ask<{ data: { code: string }[] }>('GET', '/v1/locations?limit=1');
  const user = { login: 'lin@example.com', name: 'Lin Bo', roles: ['warehouse'], locations: [data[0]?.code] };
  await shop.ask('POST', '/v1/users', user);
  await page.goto('/users');
  await page.getByText('Lin Bo').first().click();
  await page.getByRole('button', { name: 'See as', exact: true }).click();
  await expect(banner).toContainText('You see the console as Lin Bo.');
  // It begins on Today; what is not for him is neither drawn nor asked for.
  await expect(page).toHaveURL(`${shop.url}/`);
  for (const path of ['/orders/new', '/users', '/reports']) {
    await page.goto(path);
    await expect(page.getByText('This page is not for you')).toBeVisible();
  }
  await page.getByRole('link', { name: 'To Today' }).click();
  await expect(page).toHaveURL(`${shop.url}/`);
  const session = await page.evaluate(async () => (await fetch('/v1/session')).json());
  expect(session.locations).toEqual(user.locations);

  // Signing out ends it, too.
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByLabel('Login')).toBeVisible();
  expect((await page.context().cookies()).map(({ name }) => name)).not.toContain('ordo_see_as');
});

test('the floor says whose eyes these are, changes nothing, and leads back', async ({ page }) => {
  await page.goto('/users/roles');
  await page.getByRole('button', { name: 'See as Warehouse' }).click();
  await expect(page.locator('.seen-as')).toBeVisible();
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/floor');
  await page.getByRole('button', { name: /NJ$/ }).click();
  const banner = page.locator('.seen-as');
  await expect(banner).toContainText('You see the floor as Warehouse. Nothing can be changed.');
  expect(await barriers(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollHeight <= innerHeight)).toBe(true);
  await banner.getByRole('button', { name: 'Back to yourself' }).click();
  await expect(page.getByRole('button', { name: 'Pick next' })).toBeVisible();
  await expect(banner).toHaveCount(0);
  expect((await page.context().cookies()).map(({ name }) => name)).not.toContain('ordo_see_as');
});
