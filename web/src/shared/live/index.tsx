// Live news: one stream per browser, applied to the cache in batches. What is on the screen and touched by an event is asked
// again (./news tells which), of lists only the rows that changed. A question with `meta: { still: true }` hears nothing.
import { useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { Freshness } from './fresh';
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
function useEvents(fn: Hear) {
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

/** Keeps the cache fresh for everything below it. */
export function Live({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const fresh = useMemo(() => new Freshness(client), [client]);
  const [changed, setChanged] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => join(), []);
  useEffect(() => {
    document.addEventListener('visibilitychange', fresh.look);
    return () => {
      document.removeEventListener('visibilitychange', fresh.look);
      fresh.stop();
    };
  }, [fresh]);
  useEvents((events) => {
    fresh.hear(events);
    if (!document.hidden) setChanged(new Set(events.map((event) => event.subject)));
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
