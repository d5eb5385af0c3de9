// What the screens cost: processor time of the page's main thread and how far things jump while loading. Processor time is thread
// ticks (`Performance.getMetrics`): other programs do not count. What does count is how fast the processor is, so a fixed piece of
// work is measured beside: budget = the guide's figure x max(1, what that work takes here / what it takes on the guide's machine), at most
// 3 times the figure. Of up to three tries the best one counts, for all that disturbs only adds.
import type { CDPSession, Page } from '@playwright/test';
import { enter, expect, test, type Shop } from './fixtures';

/** What `work` takes on the machine that the guide's figures are for. */
const REFERENCE_MS = 50;
const SLOWER_MOST = 3;
const TRIES = 3;
/** A busy machine may take its time; what is judged is not time. */
const PATIENCE_MS = 60_000;
test.describe.configure({ timeout: 5 * PATIENCE_MS });

/** A fixed piece of work as pages have it: objects, sorting, JSON. Milliseconds of the thread. */
async function work(page: Page, cdp: CDPSession): Promise<number> {
  const before = await spent(cdp);
  await page.evaluate(() => {
    let sum = 0;
    for (let k = 0; k < 20; k++) {
      const rows = Array.from({ length: 4000 }, (_, i) => ({ id: `row-${(i * 7919) % 4000}`, n: (i * 31) % 997, words: ['a', 'b', String(i)] }));
      rows.sort((a, b) => a.n - b.n || (a.id < b.id ? -1 : 1));
      sum += (JSON.parse(JSON.stringify(rows)) as unknown[]).length;
    }
    return sum;
  });
  return (await spent(cdp)) - before;
}

const watch = async (page: Page) => {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  return cdp;
};

/** Milliseconds that the page's main thread worked. */
async function spent(cdp: CDPSession): Promise<number> {
  const { metrics } = await cdp.send('Performance.getMetrics');
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN) * 1000;
}

/** How much slower than the guide's machine this one is now, at least 1. */
async function slower(page: Page): Promise<number> {
  const other = await page.context().newPage();
  await other.goto('/icon.svg');
  const cdp = await watch(other);
  const took: number[] = [];
  for (let i = 0; i < 3; i++) took.push(await work(other, cdp));
  await other.close();
  return Math.min(SLOWER_MOST, Math.max(1, Math.min(...took) / REFERENCE_MS));
}

/** Holds `measure` against the guide's figure. */
async function within(page: Page, name: string, most: number, measure: () => Promise<number>): Promise<void> {
  const seen: number[] = [];
  let by = 1;
  do {
    seen.push(await measure());
    if (Math.min(...seen) > most) by = Math.max(by, await slower(page));
  } while (Math.min(...seen) > most * by && seen.length < TRIES);
  console.log(`${name}: ${seen.map((ms) => ms.toFixed(0)).join(', ')} ms of ${most}${by > 1 ? ` x ${by.toFixed(2)}` : ''}`);
  expect(Math.min(...seen), `${name}, ms`).toBeLessThanOrEqual(most * by);
}

/** Until what was begun is painted. */
const painted = (page: Page) => page.evaluate(() => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))));

interface Screen {
  name: string;
  path: (shop: Shop) => string | Promise<string>;
  /** Is there when one can begin. */
  usable: string;
  most?: number;
}
const open = async (shop: Shop) => `/orders/${(await shop.ask<{ data: { id: string }[] }>('GET', '/v1/orders?fulfillment_status=shipped&limit=1')).data[0]?.id}`;
const link = async (shop: Shop) => {
  const { data } = await shop.ask<{ data: { id: string }[] }>('GET', '/v1/orders?fulfillment_status=shipped&limit=1');
  return (await shop.ask<{ path: string }>('GET', `/v1/orders/${data[0]?.id}/tracking_link`)).path;
};
const list: Screen = { name: 'orders', path: () => '/orders', usable: '.grid-row .order-number', most: 900 };
const order: Screen = { name: 'order page', path: open, usable: '#order-work', most: 700 };
const floor: Screen = { name: 'floor', path: () => '/floor', usable: 'h1', most: 250 };
const portal: Screen = { name: 'portal', path: link, usable: '.way', most: 250 };
const today: Screen = { name: 'today', path: () => '/', usable: '.tile' };
const review: Screen = { name: 'review', path: () => '/review', usable: 'main h2' };

/** Shows the screen in a tab of its own, as one does who comes from elsewhere. */
async function fresh(page: Page, path: string, usable: string): Promise<{ tab: Page; cdp: CDPSession }> {
  const tab = await page.context().newPage();
  const cdp = await watch(tab);
  await tab.goto(path, { waitUntil: 'commit' });
  await tab.locator(usable).first().waitFor({ timeout: PATIENCE_MS });
  return { tab, cdp };
}

for (const { name, path, usable, most } of [portal, floor, order, list])
  test(`${name} is usable within ${most} ms of the processor @sample`, async ({ page, shop }) => {
    const address = await path(shop);
    await within(page, `${name}, to usable`, most as number, async () => {
      const { tab, cdp } = await fresh(page, address, usable);
      const took = await spent(cdp);
      await tab.close();
      return took;
    });
  });

for (const { name, path, usable } of [list, order, today, review, floor, portal])
  test(`${name} does not jump while it loads${name === 'orders' || name === 'portal' ? ' @sample' : ''}`, async ({ page, shop }) => {
    await page.addInitScript(() => {
      const all: { value: number; what: string }[] = ((window as any).shifts = []);
      new PerformanceObserver((entries) => {
        for (const entry of entries.getEntries() as any[])
          if (!entry.hadRecentInput) all.push({ value: entry.value, what: entry.sources.map((one: any) => `${one.node?.nodeName}.${one.node?.className}`).join(', ') });
      }).observe({ type: 'layout-shift', buffered: true });
    });
    await page.goto(await path(shop));
    await page.locator(usable).first().waitFor({ timeout: PATIENCE_MS });
    await expect(page.locator('.bones')).toHaveCount(0, { timeout: PATIENCE_MS });
    await page.waitForTimeout(1000);
    const shifts: { value: number; what: string }[] = await page.evaluate(() => (window as any).shifts);
    const sum = shifts.reduce((all, { value }) => all + value, 0);
    console.log(`${name}, layout shift: ${sum.toFixed(4)} of 0.02`);
    expect(sum, JSON.stringify(shifts)).toBeLessThanOrEqual(0.02);
  });

/** The list with 200 rows loaded. */
async function twoHundred(page: Page): Promise<CDPSession> {
  const cdp = await watch(page);
  await page.goto('/orders');
  const grid = page.getByRole('grid');
  await expect(page.locator('.grid-row').first()).toBeVisible({ timeout: PATIENCE_MS });
  await expect
    .poll(async () => {
      await grid.evaluate((box) => (box.scrollTop = box.scrollHeight));
      return grid.evaluate((box) => box.scrollHeight);
    }, { timeout: PATIENCE_MS })
    .toBeGreaterThan(200 * 36);
  await grid.evaluate((box) => (box.scrollTop = 0));
  await expect(page.locator('.grid-row').first()).toBeVisible({ timeout: PATIENCE_MS });
  await grid.focus();
  return cdp;
}

test('ticking, selecting all, sorting and moving cost at most 120 ms with 200 rows loaded @sample', async ({ page }) => {
  const first = await twoHundred(page);
  let seen = 0;
  const cost = async (act: () => Promise<unknown>, cdp = first) => {
    await painted(page);
    const before = await spent(cdp);
    await act();
    await painted(page);
    return (await spent(cdp)) - before;
  };
  await within(page, 'arrow', 120, () => cost(() => page.keyboard.press('ArrowDown')));
  await within(page, 'tick', 120, () => cost(() => page.keyboard.press('x')));
  const box = page.locator('.grid-head input');
  await within(page, 'select all', 120, () => cost(() => box.click()));
  let last = first;
  await within(page, 'sort', 120, async () => {
    // What was sorted so before is remembered for a while: each try asks anew.
    if (seen++) last = await twoHundred(page);
    const answer = page.waitForResponse((response) => /\/v1\/orders\?.*sort=created_at/.test(response.url()), { timeout: PATIENCE_MS });
    return cost(async () => {
      await page.locator('.grid-head button').first().click();
      await (await answer).finished();
    }, last);
  });
});

test('ten events a second cost at most 60 ms of the processor a second', async ({ page, shop }) => {
  const EACH_MS = 100;
  const SECONDS = 6;
  const { data } = await shop.ask<{ data: { id: string }[] }>('GET', '/v1/orders?limit=60');
  const cdp = await twoHundred(page);
  let n = 0;
  const news = async (seconds: number) => {
    const begun = Date.now();
    while (Date.now() - begun < seconds * 1000) {
      const due = begun + ((n % (seconds * 10)) + 1) * EACH_MS;
      await shop.ask('POST', `/v1/orders/${data[n % data.length]?.id}/comments`, { content: `news ${n++}` });
      await new Promise((done) => setTimeout(done, Math.max(0, due - Date.now())));
    }
  };
  let asked = 0;
  page.on('response', (response) => (asked += /\/v1\/orders\?/.test(response.url()) ? 1 : 0));
  await news(1);
  await within(page, 'a second with ten events', 60, async () => {
    n = 0;
    asked = 0;
    const before = await spent(cdp);
    await news(SECONDS);
    expect(asked, 'the list was asked for again').toBeGreaterThan(SECONDS / 2);
    return ((await spent(cdp)) - before) / SECONDS;
  });
});

// ---- Printed, not judged: the wall clock of this machine with a processor four times slower, 10 Mbit/s and 60 ms of way ----

test('first paint and largest paint, printed', async ({ browser, shop }) => {
  const see = async (name: string, path: string, usable: string, warm = false) => {
    const context = await browser.newContext({ baseURL: shop.url, viewport: { width: 1440, height: 900 } });
    const first = await context.newPage();
    await enter(first, shop);
    if (warm) {
      await first.goto(path, { waitUntil: 'commit' });
      await first.locator(usable).first().waitFor({ timeout: PATIENCE_MS });
    }
    const tab = await context.newPage();
    const cdp = await context.newCDPSession(tab);
    await cdp.send('Network.enable');
    await cdp.send('Network.emulateNetworkConditions', { offline: false, latency: 60, downloadThroughput: 1_250_000, uploadThroughput: 1_250_000 });
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 });
    await tab.addInitScript(() => {
      (window as any).largest = 0;
      new PerformanceObserver((entries) => {
        for (const entry of entries.getEntries()) (window as any).largest = entry.startTime;
      }).observe({ type: 'largest-contentful-paint', buffered: true });
    });
    await tab.goto(path, { waitUntil: 'commit' });
    await tab.locator(usable).first().waitFor({ timeout: PATIENCE_MS });
    await tab.waitForTimeout(1500);
    const [paint, largest] = await tab.evaluate(() => [performance.getEntriesByName('first-paint')[0]?.startTime ?? NaN, (window as any).largest as number]);
    console.log(`${name}: first paint ${((paint ?? NaN) / 1000).toFixed(2)} s, largest ${((largest ?? NaN) / 1000).toFixed(2)} s`);
    await context.close();
  };
  await see('office, first visit', '/orders', list.usable);
  await see('office, warm', '/orders', list.usable, true);
  await see('portal', await link(shop), portal.usable);
  await see('floor', '/floor', floor.usable);
});
