// The page's side of the service worker: the shell is kept for the time without a network; a new version is put in only
// between tasks, when the page says so.
let waiting: ServiceWorker | undefined;
let asked = false;

function offer(registration: ServiceWorkerRegistration) {
  if (registration.waiting && navigator.serviceWorker.controller) waiting = registration.waiting;
}

export function startWorker() {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return;
  void navigator.serviceWorker.register('/sw.js', { scope: '/' }).then((registration) => {
    offer(registration);
    registration.addEventListener('updatefound', () => {
      const next = registration.installing;
      next?.addEventListener('statechange', () => next.state === 'installed' && offer(registration));
    });
  }, () => undefined);
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (asked) location.reload();
  });
  // What came before the worker was there is kept too.
  void navigator.serviceWorker.ready.then((registration) => {
    const files = performance.getEntriesByType('resource').map((entry) => entry.name).filter((name) => new URL(name).pathname.startsWith('/assets/'));
    registration.active?.postMessage({ keep: files });
  });
}

/** Called where nothing is in hand. */
export function applyUpdate() {
  if (!waiting || asked) return;
  asked = true;
  waiting.postMessage({ go: true });
}
