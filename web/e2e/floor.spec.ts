// The floor: a phone that picks by scanner, without a network too, each scan counted once; and a camera that reads a barcode.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page, Route } from '@playwright/test';
import { barriers, dress, expect, test, type Shop } from './fixtures';

const phone = { width: 390, height: 844 };
/** A film of one picture: the code in Code 39, as the camera would see it. */
function film(text: string): string {
  const patterns: Record<string, string> = { '*': 'nwnnwnwnn', T: 'nnnnwnwwn', E: 'wnnnwwnnn', S: 'nnwnnnwwn', '-': 'nwnnnnwnw' };
  const [width, height, narrow] = [640, 480, 4];
  const row = new Uint8Array(width).fill(235);
  const size = (mark: string) => (mark === 'w' ? 2.5 * narrow : narrow);
  const marks = [...`*${text}*`].map((letter) => patterns[letter] as string);
  const all = marks.reduce((sum, one) => sum + [...one].reduce((n, mark) => n + size(mark), 0) + narrow, 0);
  let x = Math.round((width - all) / 2);
  for (const one of marks) {
    for (const [i, mark] of [...one].entries()) {
      if (i % 2 === 0) row.fill(16, x, x + size(mark));
      x += size(mark);
    }
    x += narrow;
  }
  const luma = Buffer.alloc(width * height, 235);
  for (let y = 140; y < 340; y++) luma.set(row, y * width);
  const frame = Buffer.concat([Buffer.from('FRAME\n'), luma, Buffer.alloc((width * height) / 2, 128)]);
  const file = join(mkdtempSync(join(tmpdir(), 'ordo-film-')), 'code.y4m');
  writeFileSync(file, Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`), frame, frame]));
  return file;
}

// One browser for the file: its camera plays a film of a barcode.
test.use({
  viewport: phone,
  launchOptions: {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', `--use-file-for-fake-video-capture=${film('TEE-S')}`],
  },
});

/** A hand scanner: fast keys, then Enter. All at once, so that they are fast on a busy machine too. */
async function scan(page: Page, code: string) {
  await page.locator('.scanbar, input').first().waitFor();
  await page.evaluate((code) => {
    for (const key of [...code, 'Enter']) (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  }, code);
}
async function at(page: Page, place: RegExp) {
  await page.goto('/floor');
  await page.getByRole('button', { name: place }).click();
  await expect(page.getByRole('button', { name: 'Pick next' })).toBeVisible();
}
interface Work {
  id: string;
  state: string;
  lines: { line: number; quantity: number; picked: number }[];
  parcels: { id: string; weight_g?: number }[];
}

/** An order of its own, claimed for who asks, so that it comes before all others. */
async function order(shop: Shop, lines: { sku: string; quantity: number }[]): Promise<{ work: string; number: string; place: RegExp }> {
  const made = await shop.ask<any>('POST', '/v1/orders', {
    channel: 'web',
    external_id: `floor-${Date.now()}-${Math.random()}`,
    currency: 'USD',
    payment_terms: 'cod',
    shipping_address: { name: 'Ann Baker', line1: '15 Astor Pl', city: 'New York', region: 'NY', postal_code: '10003', country: 'US' },
    lines,
  });
  const [work] = made.fulfillments;
  await shop.ask('POST', `/v1/fulfillments/${work.id}/claim`, {});
  return { work: work.id, number: made.number, place: new RegExp(`${work.location}$`) };
}
const look = (shop: Shop, id: string) => shop.ask<Work>('GET', `/v1/fulfillments/${id}`);

test('a wrong scan changes nothing and is logged; the right ones complete the work, which is packed and leaves @sample', async ({ page, shop }) => {
  const { work, number, place } = await order(shop, [{ sku: 'TEE-S', quantity: 2 }]);
  await at(page, place);
  expect(await barriers(page)).toEqual([]);
  await page.getByRole('button', { name: 'Pick next' }).click();
  await expect(page.getByRole('heading', { name: number })).toBeVisible();

  await scan(page, 'CUSHION');
  await expect(page.getByRole('alert')).toContainText('Wrong item');
  expect(await barriers(page)).toEqual([]);
  await expect.poll(async () => (await shop.ask<any>('GET', `/v1/fulfillments/${work}/scans`)).data.map((one: any) => one.refusal)).toEqual(['wrong_sku']);
  expect((await look(shop, work)).lines[0]?.picked).toBe(0);

  await scan(page, 'TEE-S');
  await expect(page.getByText('1of 2')).toBeVisible();
  await scan(page, 'TEE-S');
  await expect(page.getByRole('button', { name: 'Next task' })).toBeVisible();
  await expect.poll(async () => (await look(shop, work)).state).toBe('picked');

  await page.getByRole('button', { name: 'Pack it now' }).click();
  await scan(page, 'CUSHION');
  await expect(page.getByRole('alert')).toContainText('Not in this order');
  await scan(page, 'TEE-S');
  await expect(page.getByText('1 / 2')).toBeVisible();
  await scan(page, 'TEE-S');
  // The box is full: one scan more is too many, a foreign one is told, and neither is a weight.
  await expect(page.getByLabel('Weight')).toBeFocused();
  await scan(page, 'TEE-S');
  await expect(page.getByRole('alert')).toContainText('Too many');
  await scan(page, '6901230044977');
  await expect(page.getByRole('alert')).toContainText('Not in this order');
  await expect(page.getByLabel('Weight')).toHaveValue('');
  await page.getByLabel('Weight').fill('99999999');
  await page.getByRole('button', { name: 'Close the box' }).click();
  await expect(page.getByRole('alert').filter({ hasText: '70 kg' })).toBeVisible();
  await page.getByLabel('Weight').fill('0.4 kg');
  await page.getByRole('button', { name: 'Close the box' }).click();
  await expect.poll(async () => (await look(shop, work)).parcels.map((parcel) => parcel.weight_g)).toEqual([400]);
  await expect(page.getByRole('link', { name: 'Label of parcel 1' })).toBeVisible();
  const label = await page.request.get((await page.getByRole('link', { name: 'Label of parcel 1' }).getAttribute('href')) ?? '');
  expect(label.headers()['content-type']).toContain('application/pdf');
  await page.getByRole('button', { name: 'Handed over' }).click();
  await expect.poll(async () => (await look(shop, work)).state).toBe('shipped');
  // With the carrier's number the label is another one: it is offered again.
  await expect(page.getByRole('link', { name: /Label of parcel 1, \w+/ })).toBeVisible();
});

test('a carrier that gives no numbers here is asked for one at hand-over; what came without gets it later', async ({ page, shop }) => {
  const packed = async () => {
    const { work, number, place } = await order(shop, [{ sku: 'TOTE', quantity: 1 }]);
    await shop.ask('POST', `/v1/fulfillments/${work}/pick`, {});
    await shop.ask('POST', `/v1/fulfillments/${work}/pack`, {});
    return { work, number, place };
  };
  const { place } = await packed();
  // Whatever carrier was proposed, it gives no numbers by itself.
  await page.route('**/v1/carriers/*', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), kind: 'manual' } });
  });
  await at(page, place);
  const sent: any[] = [];
  page.on('request', (request) => request.url().endsWith('/ship') && sent.push(request.postDataJSON()));
  await page.getByRole('button', { name: 'Ship', exact: true }).click();
  await expect(page.getByLabel('Tracking number')).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await page.getByRole('button', { name: 'Handed over' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'Scan or type the number' })).toBeVisible();
  expect(sent).toEqual([]);
  await scan(page, 'PO-777-1');
  await expect(page.getByLabel('Tracking number')).toHaveValue('PO-777-1');
  await page.getByRole('button', { name: 'Handed over' }).click();
  await expect.poll(() => sent).toEqual([{ tracking_number: 'PO-777-1' }]);
  await page.unroute('**/v1/carriers/*');

  const later = await packed();
  await shop.ask('POST', `/v1/fulfillments/${later.work}/ship`, { carrier: 'parcelone', service: 'ground' });
  await page.goto(`/fulfillments/${later.work}`);
  await page.getByRole('button', { name: 'Enter tracking number' }).click();
  expect(await barriers(page)).toEqual([]);
  await page.getByRole('dialog').getByLabel('Tracking number').fill('PO-888-2');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(page.getByText('PO-888-2')).toBeVisible();
  expect((await shop.ask<any>('GET', `/v1/fulfillments/${later.work}`)).parcels[0].tracking_number).toBe('PO-888-2');
});

test('what is asked for later in the same work is a wrong item now: it counts nowhere, online and offline', async ({ page, shop, context }) => {
  const { work, number, place } = await order(shop, [
    { sku: 'TEE-S', quantity: 2 },
    { sku: 'TOTE', quantity: 2 },
  ]);
  await at(page, place);
  await page.getByRole('button', { name: 'Pick next' }).click();
  await expect(page.getByRole('heading', { name: number })).toBeVisible();
  const code = page.locator('.middle .code').first();
  const first = (await code.innerText()).trim();
  const other = first === 'TEE-S' ? 'TOTE' : 'TEE-S';
  const counts = async () => (await look(shop, work)).lines.map((line) => line.picked);
  const refused = async () => (await shop.ask<any>('GET', `/v1/fulfillments/${work}/scans?outcome=refused`)).data.map((one: any) => `${one.refusal} ${one.sku}`);

  await scan(page, other);
  await expect(page.getByRole('alert')).toContainText('Wrong item');
  await expect.poll(refused).toEqual([`wrong_sku ${other}`]);
  expect(await counts()).toEqual([0, 0]);

  await context.setOffline(true);
  await scan(page, other);
  await scan(page, first);
  await expect(page.locator('.ratio b')).toHaveText('1');
  await context.setOffline(false);
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await expect.poll(refused, { timeout: 30_000 }).toEqual([`wrong_sku ${other}`, `wrong_sku ${other}`]);
  await expect.poll(async () => (await counts()).toSorted()).toEqual([0, 1]);
  await expect(page.getByRole('link', { name: 'Online' })).toBeVisible();

  // What was picked elsewhere meanwhile is no conflict for ever: the phone says what the server counts.
  await scan(page, first);
  await expect(code).toHaveText(other);
  await context.setOffline(true);
  await scan(page, other);
  await shop.ask('POST', `/v1/fulfillments/${work}/scans`, { scan_id: `other-${work}`, sku: other, quantity: 2 });
  await context.setOffline(false);
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await expect(page.getByRole('button', { name: 'Next task' })).toBeVisible({ timeout: 30_000 });
  expect(await counts()).toEqual([2, 2]);
});

test('after one visit alone the floor opens without a network', async ({ page, context, shop }) => {
  await page.goto('/floor');
  await expect(page.getByRole('button', { name: /NJ$/ })).toBeVisible();
  await page.getByRole('button', { name: /NJ$/ }).click();
  await expect(page.getByRole('button', { name: 'Pick next' })).toBeVisible();
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  const keeps = (path: string) => page.evaluate(async (path) => (await caches.match(path)) !== undefined, path);
  await expect.poll(() => keeps('/floor')).toBe(true);
  const files = await page.evaluate(() => performance.getEntriesByType('resource').map((entry) => new URL(entry.name).pathname).filter((path) => path.startsWith('/assets/')));
  for (const file of files) await expect.poll(() => keeps(file), { message: file }).toBe(true);
  await page.close();
  await context.setOffline(true);
  const again = await context.newPage();
  await again.goto(`${shop.url}/floor`);
  await expect(again.getByRole('button', { name: 'Pick next' })).toBeVisible();
  await context.setOffline(false);
  await again.close();
});

test('without a network the picker goes on, a killed browser resumes at the same line, and every scan counts once @sample', async ({ page, shop, context }) => {
  const { work, number, place } = await order(shop, [
    { sku: 'TEE-S', quantity: 2 },
    { sku: 'TOTE', quantity: 3 },
  ]);
  await at(page, place);
  // The shell is kept once the worker is there.
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.reload();
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await page.reload();
  await page.getByRole('button', { name: 'Pick next' }).click();
  await expect(page.getByRole('heading', { name: number })).toBeVisible();

  const first = (await page.locator('.middle .code').first().innerText()).trim();
  const other = first === 'TEE-S' ? 'TOTE' : 'TEE-S';
  const many = first === 'TEE-S' ? 2 : 3;
  await context.setOffline(true);
  for (let i = 0; i < many; i++) await scan(page, first);
  await expect(page.locator('.middle .code').first()).toHaveText(other);
  await scan(page, other);
  await expect(page.getByRole('link', { name: /wait/ })).toContainText(String(many + 1));

  // A new tab has the network for a moment before it is taken from it.
  const away = (route: Route) => route.abort('internetdisconnected');
  await context.route('**/v1/scans', away);
  await page.close();
  const again = await context.newPage();
  await again.goto('/floor');
  await again.getByRole('button', { name: 'Go on' }).click();
  await expect(again.locator('.middle .code').first()).toHaveText(other);
  await expect(again.locator('.ratio b')).toHaveText('1');
  expect((await look(shop, work)).lines.every((line) => line.picked === 0)).toBe(true);
  await context.unroute('**/v1/scans', away);

  // The answer of the first sending is lost: the same scans go out again and count once.
  let lost = 0;
  await again.route('**/v1/scans', async (route) => {
    if (lost++ > 0) return route.continue();
    await route.fetch();
    return route.abort('connectionreset');
  });
  await context.setOffline(false);
  await again.evaluate(() => dispatchEvent(new Event('online')));
  await expect(again.getByRole('link', { name: 'Online' })).toBeVisible({ timeout: 30_000 });
  expect(lost).toBeGreaterThan(1);
  const picked = Object.fromEntries((await look(shop, work)).lines.map((line) => [line.line, line.picked]));
  expect(Object.values(picked).reduce((a, b) => a + b, 0)).toBe(many + 1);
  // What was begun is offered first: given back, or the next test would be given it.
  await shop.ask('POST', `/v1/fulfillments/${work}/release_claim`, {});
  await again.close();
});

test('what the server refuses is a conflict that somebody sees @sample', async ({ page, shop, context }) => {
  const { work, place } = await order(shop, [{ sku: 'TOTE', quantity: 2 }]);
  await at(page, place);
  await page.getByRole('button', { name: 'Pick next' }).click();
  await expect(page.getByText('Scan the item')).toBeVisible();
  await context.setOffline(true);
  await scan(page, 'TOTE');
  await expect(page.getByRole('link', { name: /waits/ })).toBeVisible();
  await shop.ask('POST', `/v1/fulfillments/${work}/cancel`, {});
  await context.setOffline(false);
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await page.getByRole('link', { name: /conflict/ }).click();
  await expect(page.getByText('The work is at another step already')).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await page.getByRole('button', { name: 'Seen' }).click();
  await expect(page.getByText('Everything is sent')).toBeVisible();
});

test('a code that is too long is refused at once and logged; one that was kept before costs no other scan its count', async ({ page, shop, context }) => {
  const { work, number, place } = await order(shop, [{ sku: 'TOTE', quantity: 3 }]);
  await at(page, place);
  await page.getByRole('button', { name: 'Pick next' }).click();
  await expect(page.getByRole('heading', { name: number })).toBeVisible();
  await scan(page, `https://example.com/${'poster'.repeat(40)}`);
  await expect(page.getByRole('alert')).toContainText('Code too long');
  await expect.poll(async () => (await shop.ask<any>('GET', `/v1/fulfillments/${work}/scans`)).data.map((one: any) => `${one.refusal} ${one.scanned.length}`)).toEqual(['wrong_sku 128']);
  await expect(page.getByRole('link', { name: 'Online' })).toBeVisible();

  await context.setOffline(true);
  await scan(page, 'TOTE');
  await scan(page, 'TOTE');
  await expect(page.locator('.ratio b')).toHaveText('2');
  // As an earlier version of the page kept it, between two that are right.
  await page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((done, fail) => {
      const ask = indexedDB.open('ordo-floor');
      ask.onsuccess = () => done(ask.result);
      ask.onerror = () => fail(ask.error);
    });
    const store = db.transaction('outbox', 'readwrite').objectStore('outbox');
    const all = await new Promise<any[]>((done) => {
      const ask = store.getAll();
      ask.onsuccess = () => done(ask.result);
    });
    const [one, two] = all;
    store.put({ ...one, seq: two.seq, key: `long-${one.key}`, body: { kind: 'pick', code: 'x'.repeat(200) } });
    store.put({ ...two, seq: two.seq + 1 });
    await new Promise<void>((done) => (store.transaction.oncomplete = () => done()));
    db.close();
  });
  await context.setOffline(false);
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await expect(page.getByRole('link', { name: '1 conflict' })).toBeVisible({ timeout: 30_000 });
  expect((await look(shop, work)).lines.map((line) => line.picked)).toEqual([2]);
  await page.getByRole('link', { name: '1 conflict' }).click();
  await expect(page.getByText('The code is too long')).toBeVisible();
  await page.getByRole('button', { name: 'Seen' }).click();
  await expect(page.getByText('Everything is sent')).toBeVisible();
  await shop.ask('POST', `/v1/fulfillments/${work}/release_claim`, {});
});

test('work that should have left says since when; what is whole is in nobody\'s hands; what to pack is chosen', async ({ page, shop }) => {
  const { work, number, place } = await order(shop, [{ sku: 'TOTE', quantity: 1 }]);
  await at(page, place);
  await page.route('**/v1/fulfillments/*/claim', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), ship_by: new Date(Date.now() - 27 * 86_400_000).toISOString() } });
  });
  await page.getByRole('button', { name: 'Pick next' }).click();
  await expect(page.getByText(/Should have left \w+ \d+.*27 days/)).toBeVisible();
  await page.unroute('**/v1/fulfillments/*/claim');
  await scan(page, 'TOTE');
  await expect(page.getByRole('button', { name: 'Next task' })).toBeVisible();
  await expect.poll(async () => (await look(shop, work)).state).toBe('picked');
  await page.goto('/floor');
  await expect(page.getByRole('button', { name: 'Pick next' })).toBeVisible();
  await expect(page.getByText('In your hands')).toBeHidden();

  await page.getByRole('button', { name: 'Choose what to pack' }).click();
  await expect(page.getByRole('button', { name: new RegExp(number) })).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await scan(page, 'NO-SUCH-1');
  await expect(page.getByRole('alert')).toContainText('Not waiting to be packed here');
  await scan(page, number);
  await expect(page.getByRole('heading', { name: `Pack ${number}` })).toBeVisible();
  await shop.ask('POST', `/v1/fulfillments/${work}/release_claim`, {});
});

test('less than asked is told with a reason on one screen', async ({ page, shop }) => {
  const { work, place } = await order(shop, [{ sku: 'TOTE', quantity: 2 }]);
  await at(page, place);
  await page.getByRole('button', { name: 'Pick next' }).click();
  await scan(page, 'TOTE');
  await page.getByRole('button', { name: 'Not enough' }).click();
  expect(await barriers(page)).toEqual([]);
  await page.getByRole('button', { name: 'It is not there' }).click();
  await expect.poll(async () => (await look(shop, work)).state).toBe('picked');
  expect((await shop.ask<any>('GET', `/v1/fulfillments/${work}`)).reason).toBe('not_found');
});

test.describe('with a badge', () => {
  test.use({ guest: true });
  test('a badge under the scanner and a PIN open the floor; a wrong PIN does not', async ({ page, shop }) => {
    const user = await shop.ask<any>('POST', '/v1/users', { login: 'mei', name: 'Mei', password: 'a long password of hers', roles: ['warehouse'] });
    await shop.ask('POST', `/v1/users/${user.id}/badge`, { badge: 'B-0042', pin: '4711' });
    await dress(page, 'zh-TW', 'contrast');
    await page.goto('/floor');
    await expect(page.getByLabel('員工證號碼')).toBeVisible();
    expect(await barriers(page)).toEqual([]);
    await scan(page, 'B-0042');
    await expect(page.getByLabel('員工證號碼')).toHaveValue('B-0042');
    await page.getByLabel('PIN 碼').fill('0815');
    await page.getByRole('button', { name: '開始' }).click();
    await expect(page.getByRole('alert')).toContainText('不正確');
    await page.getByLabel('PIN 碼').fill('4711');
    await page.getByRole('button', { name: '開始' }).click();
    await page.getByRole('button', { name: /NJ/ }).click();
    await page.getByRole('button', { name: '開始揀貨' }).click();
    await expect(page.getByText('掃描商品')).toBeVisible();
  });
});

test('every act is at least 56 pixels high and fits one hand', async ({ page, shop }) => {
  const { place } = await order(shop, [{ sku: 'TOTE', quantity: 2 }]);
  await at(page, place);
  await page.getByRole('button', { name: 'Pick next' }).click();
  await expect(page.getByText('Scan the item')).toBeVisible();
  for (const box of await page.locator('button, a').evaluateAll((all) => all.map((one) => one.getBoundingClientRect().height))) expect(box).toBeGreaterThanOrEqual(56);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(phone.width);
});

test('the camera reads a barcode; stock is counted blind @sample', async ({ page, shop }) => {
  await at(page, /New Jersey/);
  await page.getByRole('button', { name: 'Count stock' }).click();
  await page.getByRole('button', { name: 'Camera' }).click();
  await expect(page.getByText('How many lie here?').first()).toBeVisible({ timeout: 30_000 });
  await page.getByRole('textbox').fill('7');
  await page.getByRole('button', { name: 'Keep it' }).click();
  await page.getByRole('button', { name: 'Save 1 item' }).click();
  await expect.poll(async () => (await shop.ask<any>('GET', '/v1/stock?sku=TEE-S&location=NJ')).data[0]?.on_hand).toBe(7);
});
