// Whatever opens over a page: each button and field of each screen is pressed by key; what opens has no barriers, takes the
// focus, goes by Escape, and gives the focus back. New dialogs are found by themselves.
import type { Page } from '@playwright/test';
import { barriers, dress, expect, test } from './fixtures';
import { screens } from './places';

const languages = ['en', 'zh-CN', 'zh-TW'] as const;
const themes = ['light', 'dark', 'contrast'] as const;
const OPENS_MS = 1200;

/** The topmost thing that lies over the page. */
type Layer = 'dialog' | 'menu' | 'popover' | 'list' | undefined;
const layer = (page: Page): Promise<Layer> =>
  page.evaluate((): Layer => {
    const has = (selector: string) => [...document.querySelectorAll(selector)].some((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }));
    if (has('.ant-select-dropdown:not(.ant-slide-up-leave), .ant-picker-dropdown, .ant-cascader-dropdown')) return 'list';
    if (has('.ant-dropdown')) return 'menu';
    if (has('.ant-popover')) return 'popover';
    return has('[role="dialog"]') ? 'dialog' : undefined;
  }).catch((error: Error) => {
    if (!/context was destroyed/.test(error.message)) throw error;
    return undefined; // it led to another page
  });

/** What was pressed may have made one see as somebody else. */
const wasSeeing = (page: Page) =>
  page.evaluate(async () => {
    const session = (await (await fetch('/v1/session')).json()) as { see_as?: unknown; csrf_token: string };
    if (session.see_as) await fetch('/v1/session/see_as', { method: 'DELETE', headers: { 'X-CSRF-Token': session.csrf_token } });
    return Boolean(session.see_as);
  });
async function opened(page: Page, not?: Layer): Promise<Layer> {
  const end = Date.now() + OPENS_MS;
  for (;;) {
    const now = await layer(page);
    if ((now && now !== not) || Date.now() > end) return now;
    await page.waitForTimeout(50);
  }
}

/** Marks the next button or field that was not tried yet, and says its name. */
const next = (page: Page, within: string, seen: string[]) =>
  page.evaluate(
    ([within, ...seen]) => {
      document.querySelector('[data-opener]')?.removeAttribute('data-opener');
      const root = [...document.querySelectorAll(within as string)].findLast((one) => one.checkVisibility()) ?? document;
      for (const one of root.querySelectorAll<HTMLElement>('button:not(:disabled), [role="combobox"]:not(:disabled), [role="menuitem"]')) {
        if (!one.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || one.closest('.grid-row, .grid-head, .queue-list, [role="tablist"], .tabs, .ant-segmented, nav, .savebar') || one.getAttribute('role') === 'switch' || one.getAttribute('aria-disabled') === 'true') continue;
        const name = `${one.getAttribute('role') ?? 'button'} ${(one.getAttribute('aria-label') ?? (one as HTMLInputElement).labels?.[0]?.textContent ?? one.textContent ?? '').trim()}`;
        if (seen.includes(name)) continue;
        one.setAttribute('data-opener', '');
        return name;
      }
      return undefined;
    },
    [within, ...seen] as string[],
  );

async function judge(page: Page, what: string, kind: Layer) {
  expect(await barriers(page), what).toEqual([]);
  if (kind === 'dialog')
    await expect.poll(() => page.evaluate(() => Boolean(document.activeElement?.closest('[role="dialog"]'))), { message: `${what} takes the focus` }).toBe(true);
}

async function leave(page: Page, what: string, kind: Layer) {
  await page.keyboard.press('Escape');
  await expect.poll(() => layer(page), { message: `Escape closes ${what}` }).not.toBe(kind);
}

for (const [i, screen] of screens.entries()) {
  if (screen.name === 'floor') continue;
  const language = languages[i % 3] as string;
  const theme = themes[Math.floor(i / 3) % 3] as string;
  test(`what opens on ${screen.name} has no barriers and goes by Escape, ${language}, ${theme}`, async ({ page, shop }) => {
    test.setTimeout(240_000);
    await dress(page, language, theme);
    const path = await screen.path(shop);
    const begin = async () => {
      await page.goto(path);
      if (await wasSeeing(page)) await page.goto(path);
      await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
      await expect(page.locator('.bones')).toHaveCount(0);
      const check = page.locator('.grid-check input').nth(1);
      if (await check.count()) await check.click();
    };
    await begin();
    const here = page.url();
    const seen: string[] = [];
    const opener = page.locator('[data-opener]');
    for (;;) {
      const name = await next(page, '#main', seen);
      if (!name) break;
      seen.push(name);
      await opener.focus();
      await page.keyboard.press(name.startsWith('combobox') ? 'ArrowDown' : 'Enter');
      const kind = await opened(page);
      if (kind) {
        await judge(page, name, kind);
        if (kind === 'menu') {
          // Each entry of the menu, and the dialog behind it.
          const inside: string[] = [];
          for (;;) {
            const entry = await next(page, '.ant-dropdown', inside);
            if (!entry) break;
            inside.push(entry);
            await page.locator('[data-opener]').focus();
            await page.keyboard.press('Enter');
            const behind = await opened(page, 'menu');
            if (behind && behind !== 'menu') {
              await judge(page, `${name} > ${entry}`, behind);
              await leave(page, entry, behind);
            }
            if (page.url() !== here || (await layer(page))) await begin();
            const again = page.getByRole('button', { name: name.replace('button ', ''), exact: true }).first();
            if (!(await again.count())) break;
            await again.focus();
            await page.keyboard.press('Enter');
            if ((await opened(page)) !== 'menu') break;
          }
          if (await layer(page)) await page.keyboard.press('Escape');
          await begin();
          continue;
        }
        await leave(page, name, kind);
        if (await opener.count()) await expect(opener, `${name} has the focus again`).toBeFocused();
      }
      if (page.url() !== here || (await layer(page))) await begin();
    }
    console.log(`${screen.name}: ${seen.join(' | ')}`);
  });
}
