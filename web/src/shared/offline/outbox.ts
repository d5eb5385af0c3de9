// The outbox of the floor: what was done goes into IndexedDB first, and from there to the server, in order, once. A scan has
// an id made here that the server counts once for ever; so sending again after a lost answer is always safe.
import { useSyncExternalStore } from 'react';
import { sendPath } from '../api/client';
import { unsettled } from '../api/intent';
import { asProblem, type Problem } from '../api/problem';
import { floorDb, type Entry } from './kept';
import { nextStep, scanOf, sendScans, type ScanAnswer, type Way } from './plan';

interface OutboxState {
  /** Of who is signed in. */
  waiting: number;
  /** Of others: theirs to send. */
  others: number;
  conflicts: number;
  /** The server answered the last time it was asked. */
  online: boolean;
  entries: readonly Entry[];
}

let me = '';
/** Who sends from now on; nobody: nothing is sent. */
export function sendsAs(user: string | undefined) {
  if (me === (user ?? '')) return;
  me = user ?? '';
  void look().then(() => (me ? drain() : undefined));
}

/** Whether it is of who is signed in. */
export const isMine = (entry: Entry) => entry.user === me;

let state: OutboxState = { waiting: 0, others: 0, conflicts: 0, online: navigator.onLine, entries: [] };
const listeners = new Set<() => void>();

async function look(online = state.online): Promise<Entry[]> {
  const entries = await (await floorDb()).getAll('outbox');
  state = {
    entries,
    online,
    waiting: entries.filter((entry) => entry.state === 'waiting' && isMine(entry)).length,
    others: entries.filter((entry) => entry.state === 'waiting' && !isMine(entry)).length,
    conflicts: entries.filter((entry) => entry.state === 'conflict').length,
  };
  for (const fn of listeners) fn();
  return entries;
}

export function useOutbox(): OutboxState {
  return useSyncExternalStore(
    (fn) => {
      listeners.add(fn);
      return () => listeners.delete(fn);
    },
    () => state,
  );
}

/** Nothing of this work is on its way any more: what the server says of it is the truth. */
export const allSent = (about: string) => !state.entries.some((entry) => entry.about === about && entry.state === 'waiting');

/** For those outside of the outbox who asked the server themselves. */
export function toldOnline(online: boolean) {
  if (online === state.online) return;
  void look(online);
  if (online) void drain();
}

export async function put(entry: Omit<Entry, 'seq' | 'state' | 'at' | 'user'>): Promise<void> {
  await (await floorDb()).add('outbox', { ...entry, user: me, at: Date.now(), state: 'waiting' });
  await look();
  void drain();
}

export async function dismiss(seq: number): Promise<void> {
  await (await floorDb()).delete('outbox', seq);
  await look();
  void drain();
}

async function conflict(entry: Entry, code: string) {
  await (await floorDb()).put('outbox', { ...entry, state: 'conflict', code });
}
async function done(entry: Entry) {
  if (entry.seq !== undefined) await (await floorDb()).delete('outbox', entry.seq);
}

/** Hears what became of things that were sent: the screen of that work reads it again. */
type Heard = (about: string) => void;
const heard = new Set<Heard>();
export function onSent(fn: Heard): () => void {
  heard.add(fn);
  return () => heard.delete(fn);
}

const stale = (problem: Problem) => problem.code === 'csrf_token_invalid';
/** Somebody looks on as another: nothing is changed meanwhile, and what waits stays. */
const looksOn = (problem: Problem) => problem.errors[0]?.code === 'see_as';
/** No network, a server that is busy or away, a session that ended. */
const mayPass = (problem: Problem) => stale(problem) || looksOn(problem) || problem.status === 401 || unsettled(problem.status, problem.code);
/** Refusals of a request that one scan in it may be the reason of. */
const OF_ONE = new Set([400, 404, 409, 413, 422]);

const way: Way = {
  send: async (entries) => (await sendPath<{ results?: ScanAnswer[] }>('POST', '/v1/scans', { scans: entries.map(scanOf) })).results ?? [],
  guilt: (error) => {
    const problem = asProblem(error);
    return mayPass(problem) ? undefined : { code: problem.errors.find(({ code }) => code === 'too_long')?.code ?? problem.code, ofOne: OF_ONE.has(problem.status) };
  },
  settle: (entry, refusal) => (refusal === undefined ? done(entry) : conflict(entry, refusal)),
};

let renew: (() => Promise<unknown>) | undefined;
/** How to get a session's token anew: the one of before the network went may be over. */
export function renewBy(fn: () => Promise<unknown>) {
  renew = fn;
}

async function step(entries: readonly Entry[]): Promise<boolean> {
  const next = nextStep(entries, me);
  if (!next) return false;
  const [first] = next.entries as [Entry];
  try {
    if (next.kind === 'after_conflict') await conflict(first, 'after_conflict');
    else if (next.kind === 'scans') await sendScans(next.entries, way);
    else {
      await sendPath(first.method ?? 'POST', first.path ?? '', first.body, undefined, first.key);
      await done(first);
    }
  } catch (error) {
    const problem = asProblem(error);
    if (stale(problem)) await renew?.().catch(() => undefined);
    if (mayPass(problem)) {
      await look(problem.status !== 0);
      throw error;
    }
    for (const entry of next.entries) await conflict(entry, problem.code);
  }
  await look(true);
  for (const about of new Set(next.entries.map((entry) => entry.about))) for (const fn of heard) fn(about);
  return true;
}

const AGAIN_MS = 5_000;
let timer: ReturnType<typeof setTimeout> | undefined;
let running = false;

async function drainAlone() {
  try {
    while (await step(await look()));
  } catch {
    clearTimeout(timer);
    timer = setTimeout(() => void drain(), AGAIN_MS);
  }
}

/** Sends what waits. One tab at a time: the order of the outbox is the order of the work. */
export async function drain(): Promise<void> {
  if (running) return;
  running = true;
  try {
    if ('locks' in navigator) await navigator.locks.request('ordo-outbox', drainAlone);
    else await drainAlone();
  } finally {
    running = false;
  }
  if (state.waiting > 0 && state.online) {
    clearTimeout(timer);
    timer = setTimeout(() => void drain(), AGAIN_MS);
  }
}

export function startOutbox() {
  addEventListener('online', () => void drain());
  addEventListener('offline', () => void look(false));
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void drain();
  });
  void drain();
}
