/// <reference lib="webworker" />
// The floor goes on without a network: its shell and the scanner's wasm are kept here. Data never are; they have their own
// outbox. A new version waits until the page says that nobody is in the middle of a task.
export {};
const worker = self as unknown as ServiceWorkerGlobalScope;

const SHELL = 'ordo-shell';
const PAGE = '/floor';
const FILES_MAX = 80;

worker.addEventListener('install', (event) => {
  event.waitUntil(
    caches.open(SHELL).then((cache) =>
      // Asked for as a page: without the header the server takes it for a question about the API and answers 404.
      cache.add(new Request(PAGE, { cache: 'reload', headers: { Accept: 'text/html' } })).catch(() => undefined),
    ),
  );
});
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener('message', (event) => {
  const said = event.data as { go?: boolean; keep?: string[] };
  if (said.go) void worker.skipWaiting();
  // What the page loaded before this worker was there.
  if (said.keep) event.waitUntil(keepAll(said.keep));
});
worker.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== location.origin || url.pathname.startsWith('/v1/')) return;
  const page = event.request.mode === 'navigate' && /^\/(floor|kds)(\/|$)/.test(url.pathname);
  if (!page && !url.pathname.startsWith('/assets/')) return;
  event.respondWith(page ? newestFirst(event.request) : keptFirst(event.request));
});

async function keepAll(addresses: string[]) {
  const cache = await caches.open(SHELL);
  const kept = new Set((await cache.keys()).map((request) => request.url));
  await Promise.all(addresses.filter((address) => !kept.has(address)).map((address) => cache.add(address).catch(() => undefined)));
  // Files of older versions go once they are many.
  const used = new Set(addresses);
  const files = (await cache.keys()).filter((request) => new URL(request.url).pathname.startsWith('/assets/'));
  if (files.length > FILES_MAX) await Promise.all(files.filter((request) => !used.has(request.url)).map((request) => cache.delete(request)));
}

async function keep(request: Request, response: Response): Promise<Response> {
  if (response.ok) await (await caches.open(SHELL)).put(request, response.clone());
  return response;
}

/** Hashed files never change under their name. */
async function keptFirst(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? keep(request, await fetch(request));
}

async function newestFirst(request: Request): Promise<Response> {
  try {
    return await keep(new Request(PAGE), await fetch(request));
  } catch {
    return (await caches.match(PAGE)) ?? Response.error();
  }
}
