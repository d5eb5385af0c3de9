/// <reference lib="webworker" />
// The floor goes on without a network: its shell is kept here. Data never are; they have their own outbox.
export {};
const worker = self as unknown as ServiceWorkerGlobalScope;

const SHELL = 'ordo-shell';

worker.addEventListener('install', () => void worker.skipWaiting());
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== location.origin || url.pathname.startsWith('/v1/')) return;
  const page = event.request.mode === 'navigate' && /^\/(floor|kds)(\/|$)/.test(url.pathname);
  if (!page && !url.pathname.startsWith('/assets/')) return;
  event.respondWith(page ? newestFirst(event.request) : keptFirst(event.request));
});

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
    return await keep(new Request('/floor'), await fetch(request));
  } catch {
    return (await caches.match('/floor')) ?? Response.error();
  }
}
