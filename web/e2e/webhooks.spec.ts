// Webhooks from the first click to the last answer, against a receiver that misbehaves.
import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { barriers, expect, test } from './fixtures';

interface Told {
  headers: IncomingHttpHeaders;
  body: string;
}

/** A server on a port of its own. `answer` decides: a status, or what it does instead. */
async function receiver(answer: () => number | 'close' | 'twice') {
  const told: Told[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (bytes) => (body += bytes));
    request.on('end', () => {
      told.push({ headers: request.headers, body });
      const how = answer();
      if (how === 'close') return void request.socket.destroy();
      if (how === 'twice') return void request.socket.end('HTTP/1.1 200 So\r\nContent-Length: 0\r\nConnection: close\r\n\r\nHTTP/1.1 200 So\r\nContent-Length: 0\r\n\r\n');
      response.writeHead(how).end('said by the receiver');
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  return { told, url: `http://127.0.0.1:${port}/hook`, close: () => new Promise((done) => server.close(done)) };
}

const isSigned = ({ headers, body }: Told, secret: string) => {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const mac = createHmac('sha256', key).update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`).digest('base64');
  return String(headers['webhook-signature']).split(' ').includes(`v1,${mac}`);
};

test('a webhook is made, its secret shown once, tested against a receiver that says no, and sent again @sample', async ({ page, shop }) => {
  let how: number | 'close' | 'twice' = 500;
  const there = await receiver(() => how);
  await shop.ask('PATCH', '/v1/settings/outbound.private_addresses', { value: 'on' });

  await page.goto('/settings/webhooks');
  await page.getByRole('button', { name: 'Add webhook' }).first().click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Address').fill(there.url);
  await form.getByLabel('Events').fill('order.*');
  await page.keyboard.press('Enter');
  await form.getByLabel('Description').fill('The warehouse');
  await form.getByRole('button', { name: 'Create' }).click();

  const secret = (await page.getByRole('dialog').locator('code').textContent()) ?? '';
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  await page.keyboard.press('Escape');
  await expect(page.getByText('The warehouse')).toBeVisible();
  await page.reload();
  await expect(page.getByText('The warehouse')).toBeVisible();
  expect(await page.content()).not.toContain('whsec_');

  const [hook] = (await shop.ask<{ data: { id: string }[] }>('GET', '/v1/webhooks')).data;
  await page.goto(`/settings/webhooks/${hook?.id}`);
  await page.getByRole('button', { name: 'Send a test' }).click();
  await expect.poll(() => there.told.length).toBe(1);
  expect(isSigned(there.told[0] as Told, secret)).toBe(true);
  await expect(page.getByText('Tried again').first()).toBeVisible();
  await page.getByText('The receiver answered 500').first().click();
  await expect(page.getByText('said by the receiver')).toBeVisible();
  await expect(page.getByText('"webhook.test"')).toBeVisible();
  expect(await barriers(page)).toEqual([]);

  how = 'twice';
  await page.getByRole('button', { name: 'Send again' }).click();
  await expect.poll(() => there.told.length).toBe(2);
  expect(there.told[1]?.headers['webhook-id']).toBe(there.told[0]?.headers['webhook-id']);
  await expect(page.getByRole('grid').getByText('Done').first()).toBeVisible();
  await there.close();
});

test('what nobody accepts stands among the jobs and is tried again together', async ({ page, shop }) => {
  let how: number | 'close' = 410;
  const there = await receiver(() => how);
  await shop.ask('PATCH', '/v1/settings/outbound.private_addresses', { value: 'on' });
  const hook = await shop.ask<{ id: string }>('POST', '/v1/webhooks', { url: there.url, topics: ['no.such'] });
  await shop.ask('POST', `/v1/webhooks/${hook.id}/test`);
  await page.goto('/jobs/outside?state=dead');
  await expect(page.getByText('The receiver answered 410').first()).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  how = 200;
  await page.getByRole('button', { name: 'Try all that were given up' }).click();
  await expect.poll(() => there.told.length).toBeGreaterThan(1);
  await expect(page.getByText('The receiver answered 410')).toHaveCount(0);
  await there.close();
});
