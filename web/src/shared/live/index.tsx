// Live news: one stream per browser, applied to the cache in batches. Which queries an event touches is told by the features
// that own them (`onEvents`); the default is to ask again for lists of the subject's kind that are on the screen.
import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useRef, useState, type ReactNode } from 'react';
import { EventPump, type LiveEvent, type LiveMessage } from './pump';

export type { LiveEvent } from './pump';

type Hear = (events: LiveEvent[]) => void;
const hearers = new Set<Hear>();
let late = false;
const lateHearers = new Set<(late: boolean) => void>();

function take(message: LiveMessage) {
  if (message.late !== late) {
    late = message.late;
    for (const fn of lateHearers) fn(late);
  }
  if (message.events.length) for (const fn of hearers) fn(message.events);
}

let users = 0;
let stop: (() => void) | undefined;

/** One tab leads by a Web Lock and tells the others; for browsers without SharedWorker. */
function byLeader(): () => void {
  const channel = new BroadcastChannel('ordo-live');
  channel.onmessage = ({ data }: MessageEvent<LiveMessage>) => take(data);
  const gone = new AbortController();
  const pump = new EventPump((message) => {
    take(message);
    channel.postMessage(message);
  });
  const lead = () =>
    new Promise<void>((done) => {
      pump.start();
      gone.signal.addEventListener('abort', () => {
        pump.stop();
        done();
      });
    });
  if ('locks' in navigator) navigator.locks.request('ordo-live', { signal: gone.signal }, lead).catch(() => undefined);
  else void lead();
  return () => {
    gone.abort();
    channel.close();
  };
}

function byWorker(): () => void {
  const worker = new SharedWorker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'ordo-live' });
  worker.port.onmessage = ({ data }: MessageEvent<LiveMessage>) => take(data);
  const bye = () => worker.port.postMessage({ bye: true });
  addEventListener('pagehide', bye);
  return () => {
    removeEventListener('pagehide', bye);
    bye();
    worker.port.close();
  };
}

function join(): () => void {
  if (users++ === 0) stop = typeof SharedWorker === 'undefined' ? byLeader() : byWorker();
  return () => {
    if (--users === 0) stop?.();
  };
}

/** Calls fn with the events of each batch (250 ms) while mounted. */
export function useEvents(fn: Hear) {
  const latest = useRef(fn);
  latest.current = fn;
  useEffect(() => {
    const hear: Hear = (events) => latest.current(events);
    hearers.add(hear);
    return () => {
      hearers.delete(hear);
    };
  }, []);
}

/** True when the stream has been silent for 20 s: what is shown may be old. */
export function useLate(): boolean {
  const [value, set] = useState(late);
  useEffect(() => {
    lateHearers.add(set);
    return () => {
      lateHearers.delete(set);
    };
  }, []);
  return value;
}

/**
 * Query keys begin with the resource: ['orders', ...], ['fulfillments', ...]. An event about an order makes old what lies
 * under 'orders'; one about stock what lies under 'stock'.
 */
const touches: Record<string, string[]> = {
  order: ['orders', 'holds', 'fulfillments', 'payments', 'today', 'bulk'],
  fulfillment: ['orders', 'fulfillments', 'today', 'tasks', 'waves'],
  hold: ['orders', 'holds', 'today'],
  payment: ['orders', 'payments'],
  parcel: ['orders', 'fulfillments', 'shipments'],
  shipment: ['orders', 'shipments', 'fulfillments'],
  stock: ['stock', 'movements', 'today'],
  product: ['products', 'stock'],
  customer: ['customers'],
  user: ['users'],
};

const SETTLE_MS = 400;
/** However much happens: what is shown is asked for again so seldom at most. */
const AGAIN_MS = 800;

function invalidate(client: QueryClient, resources: Set<string>) {
  for (const resource of resources) void client.invalidateQueries({ queryKey: [resource], refetchType: 'active' });
}

/** Keeps the cache fresh for everything below it. */
export function Live({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const waiting = useRef(new Set<string>());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const asked = useRef(0);
  const [changed, setChanged] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => join(), []);
  useEvents((events) => {
    for (const event of events) for (const resource of touches[event.subject_kind] ?? [`${event.subject_kind}s`]) waiting.current.add(resource);
    setChanged(new Set(events.map((event) => event.subject)));
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      asked.current = Date.now();
      const resources = waiting.current;
      waiting.current = new Set();
      invalidate(client, resources);
    }, Math.max(SETTLE_MS, asked.current + AGAIN_MS - Date.now()));
  });
  useEffect(() => {
    if (!changed.size) return undefined;
    const end = setTimeout(() => setChanged(new Set()), 2000);
    return () => clearTimeout(end);
  }, [changed]);
  return <ChangedContext value={changed}>{children}</ChangedContext>;
}

const ChangedContext = createContext<ReadonlySet<string>>(new Set());
/** Ids of records that changed within the last 2 s: rows mark them. */
export function useChanged(): ReadonlySet<string> {
  return useContext(ChangedContext);
}
