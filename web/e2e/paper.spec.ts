// What is printed: black on white in every theme, and nothing that can only be pressed.
import { dress, expect, test, type Shop } from './fixtures';

const first = async (shop: Shop, query: string) => (await shop.ask<{ data: { id: string }[] }>('GET', `/v1/${query}&limit=1`)).data[0]?.id ?? '';
const papers: { name: string; path: (shop: Shop) => string | Promise<string> }[] = [
  { name: 'an order', path: async (shop) => `/orders/${await first(shop, 'orders?state=open&payment_status=paid')}` },
  { name: 'a fulfillment', path: async (shop) => `/fulfillments/${await first(shop, 'fulfillments?state=open')}` },
  { name: 'the home of reports', path: () => '/reports' },
  { name: 'a report as a chart', path: () => '/reports/orders' },
  { name: 'a report as a table', path: () => '/reports/orders?as=table' },
  { name: 'a heat map', path: () => '/reports/segments' },
];

/** What is to be pressed and tells nothing; text that is light, and grounds that are dark. */
const faults = () => {
  const light = (color: string) => {
    const share = color.startsWith('color(srgb') ? 1 : 255;
    const [r = 0, g = 0, b = 0, a = 1] = (color.match(/[\d.]+/g) ?? []).map(Number);
    return a === 0 ? undefined : (0.2126 * r + 0.7152 * g + 0.0722 * b) / share;
  };
  const found: string[] = [];
  for (const box of document.querySelectorAll('body, #root *')) {
    const { width, height } = box.getBoundingClientRect();
    if (!box.checkVisibility({ visibilityProperty: true }) || width < 2 || height < 2) continue;
    const style = getComputedStyle(box);
    const who = `${box.nodeName}.${box.getAttribute('class') ?? ''}`;
    if (box.matches('nav, .ant-btn, .btn, .toolbar, input[type=checkbox]')) found.push(`${who} is printed`);
    const tells = [...box.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim());
    if (tells && (light(style.color) ?? 0) > 0.5) found.push(`${who} is written in ${style.color}`);
    if (tells && (light(style.backgroundColor) ?? 1) < 0.5) found.push(`${who} is on ${style.backgroundColor}`);
    if (box.matches('body, .panel, .screen-head, .ant-select, .ant-input') && (light(style.backgroundColor) ?? 1) < 0.9) found.push(`${who} is on ${style.backgroundColor}`);
  }
  return found.slice(0, 8);
};

for (const { name, path } of papers)
  for (const theme of ['light', 'dark'])
    test(`${name} is printed black on white, without what is pressed, ${theme}`, async ({ page, shop }) => {
      await page.setViewportSize({ width: 794, height: 1123 });
      await dress(page, 'en', theme);
      await page.goto(await path(shop));
      await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
      await expect(page.locator('.bones, .bone, .map-wait')).toHaveCount(0);
      await page.emulateMedia({ media: 'print', reducedMotion: 'reduce' });
      await expect.poll(() => page.evaluate(faults)).toEqual([]);
    });
