// What holds on the smallest phone: no screen is wider than it, and nothing in it is cut at its right edge.
import { expect, test } from './fixtures';
import { screens } from './places';

test.use({ viewport: { width: 320, height: 700 } });

/** Names of what reaches beyond the page's right edge and cannot be scrolled to. */
const beyond = () => {
  const wide = document.documentElement.clientWidth;
  // Wide tables, rows of tabs and figures are moved sideways by themselves, the page as a whole never.
  const scrolls = (box: Element | null): boolean => box !== null && box.id !== 'main' && (/auto|scroll/.test(getComputedStyle(box).overflowX) || scrolls(box.parentElement));
  const seen = [...document.querySelectorAll('#root *')].filter((box) => {
    const { right, width, height } = box.getBoundingClientRect();
    return width > 1 && height > 1 && right > wide + 1 && getComputedStyle(box).visibility !== 'hidden' && !scrolls(box.parentElement);
  });
  return seen.slice(0, 3).map((box) => `${box.nodeName}.${box.getAttribute('class') ?? ''} ends at ${Math.round(box.getBoundingClientRect().right)}`);
};

for (const screen of screens) {
  // The sample shows the forms, which are what grew too wide.
  const mark = ['channel', 'location'].includes(screen.name) ? ' @sample' : '';
  test(`${screen.name} fits a phone of 320 px${mark}`, async ({ page, shop }) => {
    await page.goto(await screen.path(shop));
    await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
    await expect(page.locator('.bones, .bone, .map-wait')).toHaveCount(0);
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    await expect.poll(() => page.evaluate(() => document.querySelector('#main')?.scrollWidth ?? 0)).toBeLessThanOrEqual(320);
    expect(await page.evaluate(beyond)).toEqual([]);
  });
}
