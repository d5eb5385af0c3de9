// What holds on every screen: no barrier, no foreign request, no error, few nodes, in three languages and every theme.
import { barriers, dress, expect, test } from './fixtures';
import { screens } from './places';

const languages = ['en', 'zh-CN', 'zh-TW'] as const;
const themes = ['light', 'dark', 'contrast'] as const;

for (const [i, screen] of screens.entries()) {
  // The sample shows each screen once, going round the languages and themes; the long run shows all of them.
  const all = languages.flatMap((language) => themes.map((theme) => ({ language, theme })));
  const sample = all[(i * 4) % all.length];
  for (const { language, theme } of all) {
    const mark = language === sample?.language && theme === sample.theme ? ' @sample' : '';
    test(`${screen.name} has no barriers, ${language}, ${theme}${mark}`, async ({ page, shop }) => {
      await dress(page, language, theme);
      await page.goto(await screen.path(shop));
      await expect(page.locator('html')).toHaveAttribute('lang', language);
      await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
      await page.waitForTimeout(300);
      await expect(page.locator('.bones')).toHaveCount(0);
      expect(await barriers(page)).toEqual([]);
      const words = await page.locator('body').innerText();
      expect(words, 'a key instead of a text').not.toMatch(/\b[a-z]+\.[a-z_]+\.[a-z_]+\b(?!@)/);
    });
  }
}

test('the list holds at most 1,000 nodes @sample', async ({ page }) => {
  await page.goto('/orders');
  await expect(page.getByRole('grid')).toBeVisible();
  await page.getByRole('grid').evaluate((grid) => (grid.scrollTop = 3000));
  await page.waitForTimeout(500);
  expect(await page.locator('*').count()).toBeLessThanOrEqual(1000);
});

for (const theme of ['light', 'dark'] as const)
  test(`a link under the mouse can be read, ${theme}`, async ({ page, shop }) => {
    await dress(page, 'en', theme);
    const { data } = await shop.ask<{ data: { id: string }[] }>('GET', '/v1/orders?limit=1');
    await page.goto(`/orders?peek=${data[0]?.id}`);
    const link = page.locator('.peek .ant-btn-link').first();
    await link.hover();
    const strong = await page.evaluate(() => {
      const probe = document.createElement('i');
      probe.style.color = 'var(--accent-strong)';
      document.body.append(probe);
      const { color } = getComputedStyle(probe);
      probe.remove();
      return color;
    });
    await expect(link).toHaveCSS('color', strong);
    expect(await barriers(page)).toEqual([]);
  });
