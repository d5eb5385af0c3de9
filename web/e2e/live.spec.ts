// News at ten events a second: what is asked of the server for them, and what is not.
import type { Page } from '@playwright/test';
import { expect, test, type Shop } from './fixtures';

async function news(shop: Shop, ids: string[], seconds: number) {
  const begun = Date.now();
  for (let n = 0; Date.now() - begun < seconds * 1000; n++) {
    await shop.ask('POST', `/v1/orders/${ids[n % ids.length]}/comments`, { content: `news ${n}` });
    await new Promise((done) => setTimeout(done, Math.max(0, begun + (n + 1) * 100 - Date.now())));
  }
}
/** The addresses that are asked for from now on. */
function heard(page: Page): string[] {
  const all: string[] = [];
  page.on('request', (request) => {
    const { pathname, search } = new URL(request.url());
    if (pathname.startsWith('/v1/') && pathname !== '/v1/events/stream') all.push(pathname + search);
  });
  return all;
}
const hide = (page: Page, hidden: boolean) =>
  page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);

test('of a list only the rows that changed are asked for, once a second at most, and in a hidden tab none @sample', async ({ page, shop }) => {
  const ids = (await shop.ask<any>('GET', '/v1/orders?limit=30')).data.map(({ id }: any) => id);
  await page.goto('/orders');
  await expect(page.locator('.grid-row').first()).toBeVisible();
  const asked = heard(page);
  await news(shop, ids, 6);
  const lists = asked.filter((one) => one.startsWith('/v1/orders?') && !one.includes('count='));
  const whole = lists.filter((one) => !one.includes('number='));
  expect(lists.length).toBeGreaterThan(2);
  expect(lists.length - whole.length).toBeLessThanOrEqual(8);
  expect(whole.filter((one) => !one.includes('cursor='))).toEqual([]);
  // Counters of the queues rest five seconds.
  const counts = asked.filter((one) => one.includes('count='));
  for (const one of new Set(counts)) expect(counts.filter((other) => other === one).length, one).toBeLessThanOrEqual(2);
  console.log(`six seconds of ten events: ${lists.length} for rows, ${asked.length} in all`);

  await hide(page, true);
  await expect.poll(async () => {
    const before = asked.length;
    await news(shop, ids, 2);
    return asked.length - before;
  }).toBe(0);
  const before = asked.length;
  await hide(page, false);
  await expect.poll(() => asked.slice(before).some((one) => one.includes('number='))).toBe(true);
});

test("today's numbers are asked for every five seconds at most", async ({ page, shop }) => {
  const ids = (await shop.ask<any>('GET', '/v1/orders?limit=30')).data.map(({ id }: any) => id);
  const asked = heard(page);
  await page.goto('/');
  await expect(page.locator('.tile').first()).toBeVisible();
  const today = () => asked.filter((one) => one.startsWith('/v1/today'));
  const first = today().length;
  await news(shop, ids, 8);
  expect(today().length - first).toBeLessThanOrEqual(2);
  expect(today().length - first).toBeGreaterThan(0);
});
