// A server with the demo company per test file, somebody signed in, and axe.
//
//   import { expect, test } from './fixtures';
//   test('a rule that holds @sample', async ({ page, shop }) => { await page.goto('/orders'); ... });
//
// `shop` is the server: its address, its owner, and a door to the API for what the test needs to be there beforehand.
import { test as base, expect, type Page } from '@playwright/test';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export { expect };

const root = join(import.meta.dirname, '../..');

function program(): string {
  if (process.env.ORDO) return process.env.ORDO;
  const build = join(root, 'build');
  const found = readdirSync(build)
    .map((name) => join(build, name, 'ordo'))
    .filter(existsSync)
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0];
  if (!found) throw new Error('no program: run make first, or say ORDO=path');
  return found;
}

export interface Shop {
  url: string;
  login: string;
  password: string;
  /** Asks the API as the owner. */
  ask: <T = any>(method: string, path: string, body?: unknown) => Promise<T>;
  stop: () => Promise<void>;
}

/** Starts a program with these words and waits for the line that tells its address. */
export async function begin(words: string[]): Promise<{ url: string; said: string; stop: () => Promise<void> }> {
  const child = spawn(program(), words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const ended = new Promise<void>((done) => child.on('exit', () => done()));
  const url = await new Promise<string>((done, fail) => {
    const hear = (bytes: Buffer) => {
      said += bytes.toString();
      const match = /listening on (http:\/\/[\d.:]+)/.exec(said);
      if (match?.[1] && (words[0] !== 'demo' || said.includes('sign in as'))) done(match[1]);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('exit', () => fail(new Error(`ordo ended: ${said}`)));
    setTimeout(() => fail(new Error(`no address in time: ${said}`)), 60_000).unref();
  });
  return {
    url,
    said,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Asks the API as this user. A user has so many sessions at most; where this one had to go, it signs in again. */
export async function signedIn(url: string, login: string, password: string): Promise<Shop['ask']> {
  let headers: Record<string, string> = {};
  const enter = async () => {
    const answer = await fetch(`${url}/v1/session`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ login, password }),
    });
    const { csrf_token } = (await answer.json()) as { csrf_token: string };
    headers = { Cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '', 'X-CSRF-Token': csrf_token };
  };
  await enter();
  return async (method, path, body) => {
    const send = () =>
      fetch(url + path, {
        method,
        headers: { ...headers, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    let reply = await send();
    if (reply.status === 401) {
      await enter();
      reply = await send();
    }
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  };
}

/** ORDO_SHOP="ADDRESS LOGIN PASSWORD": a server that runs already, also behind `npm run dev`. */
async function runningShop(words: string): Promise<Shop> {
  const [url, login, password] = words.split(' ') as [string, string, string];
  return { url, login, password, ask: await signedIn(url, login, password), stop: async () => {} };
}

export async function demoShop(): Promise<Shop> {
  if (process.env.ORDO_SHOP) return runningShop(process.env.ORDO_SHOP);
  const folder = mkdtempSync(join(tmpdir(), 'ordo-e2e-'));
  const server = await begin(['demo', 'retail', '--database', `sqlite:${folder}/o.db`, '--listen', '127.0.0.1:0']);
  const [, login, password] = /sign in as\s+(\S+)\s+with the password\s+(\S+)/.exec(server.said) ?? [];
  if (!login || !password) throw new Error(server.said);
  return {
    url: server.url,
    login,
    password,
    ask: await signedIn(server.url, login, password),
    // However the day went, its books are in order at its end.
    stop: async () => {
      await server.stop();
      const books = spawnSync(program(), ['check', '--database', `sqlite:${folder}/o.db`], { encoding: 'utf8' });
      rmSync(folder, { recursive: true, force: true });
      expect(books.stdout.trim().split('\n').at(-1), books.stdout + books.stderr).toBe('0 differences');
    },
  };
}

/** Signs the page's browser in, without the form. */
export async function enter(page: Page, shop: Shop, login = shop.login, password = shop.password) {
  await page.goto('/icon.svg');
  await page.evaluate(
    async ([login, password]) => {
      await fetch('/v1/session', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ login, password }) });
    },
    [login, password],
  );
}

export const test = base.extend<{ guest: boolean }, { shop: Shop }>({
  shop: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the names of what is needed from here
    async ({}, use) => {
      const shop = await demoShop();
      await use(shop);
      await shop.stop();
    },
    { scope: 'worker' },
  ],
  /** `test.use({ guest: true })`: nobody is signed in. */
  guest: [false, { option: true }],
  baseURL: async ({ shop }, use) => use(shop.url),
  page: async ({ page, shop, guest }, use) => {
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      const text = message.text();
      if (message.type() === 'error' && /Content.Security.Policy|Warning:|antd/.test(text)) complaints.push(text);
    });
    page.on('request', (request) => {
      const to = new URL(request.url());
      if (to.protocol.startsWith('http') && to.origin !== shop.url) complaints.push(`a request to ${to.origin}`);
    });
    if (!guest) await enter(page, shop);
    await use(page);
    expect(complaints).toEqual([]);
  },
});

const axe = readFileSync(join(import.meta.dirname, '../node_modules/axe-core/axe.min.js'), 'utf8');

/** What axe says of WCAG 2.2 AA, as sentences; an empty list is what is wanted. */
export async function barriers(page: Page): Promise<string[]> {
  // Pages forbid foreign scripts by CSP; the tool's own way in is not under it.
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const result = await (window as any).axe.run(document, {
      runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] },
      rules: { 'target-size': { enabled: true } },
      resultTypes: ['violations'],
    });
    // What one has opened lies over what stands behind it until it is closed, and a bar that stays over what scrolls beneath:
    // those are no targets meanwhile.
    const over = [...document.querySelectorAll('.savebar, .order-head, .case-verbs, .grid-head, .ant-select-dropdown, .ant-picker-dropdown, .ant-cascader-dropdown, .ant-dropdown, .ant-popover')]
      .filter((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
      .map((one) => one.getBoundingClientRect());
    const behind = (rule: string, selector: string) => {
      const box = rule === 'target-size' ? document.querySelector(selector)?.getBoundingClientRect() : undefined;
      return Boolean(box && over.some((one) => one.left < box.right && box.left < one.right && one.top < box.bottom && box.top < one.bottom));
    };
    const found = result.violations.map((rule: any) => ({ ...rule, nodes: rule.nodes.filter((node: any) => !behind(rule.id, String(node.target[0]))) }));
    return found.flatMap((rule: any) => rule.nodes.slice(0, 3).map((node: any) => `${rule.id}: ${node.target.join(' ')} ${node.failureSummary.split('\n').slice(1, 2).join(' ').trim()}`));
  });
}

/** Shows the next page in this language and theme. */
export async function dress(page: Page, language: string, theme: string) {
  await page.addInitScript(
    ([language, theme]) => {
      localStorage.setItem('ordo.language', language as string);
      localStorage.setItem('ordo.theme', theme as string);
    },
    [language, theme],
  );
}
