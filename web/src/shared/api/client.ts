// The one way to the server: typed by its OpenAPI document. It adds the CSRF token of the session, turns refusals into
// `Problem`, waits where the server asks for patience, and asks for a new sign-in where the session has ended.
import createClient, { type Client } from 'openapi-fetch';
import { intents, unsettled } from './intent';
import { noteOwn } from './own';
import { Problem } from './problem';
import type { components, paths } from './schema';

export type Schemas = components['schemas'];
export type { paths };

let csrf: string | undefined;
export function setCsrf(token: string | undefined) {
  csrf = token;
}

type Listener = () => void;
const signedOut = new Set<Listener>();
/** Called when the server says that nobody is signed in any more. */
export function onSignedOut(fn: Listener): () => void {
  signedOut.add(fn);
  return () => signedOut.delete(fn);
}

/** Told when requests wait for the server's `Retry-After`, with the seconds; 0 when it goes on. */
const waiting = new Set<(seconds: number) => void>();
export function onWaiting(fn: (seconds: number) => void): () => void {
  waiting.add(fn);
  return () => waiting.delete(fn);
}

const KEY = 'Idempotency-Key';
const WAITS_MAX = 3;
const WAIT_S_MAX = 20;

async function patient(request: Request): Promise<Response> {
  for (let tries = 0; ; tries++) {
    const again = request.clone();
    const response = await fetch(again);
    const after = Number(response.headers.get('Retry-After'));
    const busy = response.status === 429 || response.status === 503;
    if (!busy || !after || after > WAIT_S_MAX || tries >= WAITS_MAX) return response;
    for (const fn of waiting) fn(after);
    await new Promise((done) => setTimeout(done, after * 1000));
    for (const fn of waiting) fn(0);
  }
}

/** An answer that is whole, and says for certain what became of the write. */
async function certain(response: Response): Promise<boolean> {
  const text = await response.clone().text();
  return !unsettled(response.status, response.status === 409 && text.includes('idempotency_in_progress') ? 'idempotency_in_progress' : undefined);
}

/** Writes happen once: each goes under the key of its intent (see ./intent), unless who sends it has named it. */
async function once(request: Request): Promise<Response> {
  const reads = request.method === 'GET' || request.method === 'HEAD';
  const { pathname, search } = new URL(request.url);
  if (reads || request.headers.has(KEY) || pathname === '/v1/session') return patient(request);
  const what = `${request.method} ${pathname}${search}\n${await request.clone().text()}`;
  request.headers.set(KEY, intents.key(what));
  try {
    const response = await patient(request);
    if (await certain(response)) intents.end(what);
    return response;
  } catch (error) {
    if (request.signal.aborted) intents.end(what);
    throw error;
  }
}

export const api: Client<paths> = createClient<paths>({
  baseUrl: typeof location === 'undefined' ? 'http://127.0.0.1' : location.origin,
  fetch: once,
  credentials: 'same-origin',
});

api.use({
  onRequest({ request }) {
    request.headers.set('Accept', request.headers.get('Accept') ?? 'application/json');
    if (csrf && request.method !== 'GET' && request.method !== 'HEAD') request.headers.set('X-CSRF-Token', csrf);
    return request;
  },
  async onResponse({ request, response }) {
    if (response.ok) {
      if (request.method !== 'GET' && response.headers.get('Content-Type')?.includes('json')) noteOwn(await response.clone().json().catch(() => undefined));
      return undefined;
    }
    const body = (await response.clone().json().catch(() => ({}))) as Record<string, unknown>;
    const asksForSession = request.url.endsWith('/v1/session');
    if (response.status === 401 && !asksForSession) for (const fn of signedOut) fn();
    throw new Problem(body, response.status, response.headers.get('Retry-After'));
  },
  onError({ error }) {
    if (error instanceof Problem) return error;
    return new Problem({}, 0);
  },
});

/** A name for what is kept on the device until it is sent. */
export function intent(): string {
  return crypto.randomUUID();
}

/** Headers of a write: the version that it was decided on, and its own name where it has one for longer than this tab. */
export function writing(options: { key?: string; version?: number | undefined } = {}): Record<string, string> {
  return {
    ...(options.key ? { [KEY]: options.key } : {}),
    ...(options.version === undefined ? {} : { 'If-Match': `"${options.version}"` }),
  };
}

/** The data of an answer; refusals have been thrown already. */
export async function data<T>(answer: Promise<{ data?: T }>): Promise<T> {
  const { data: value } = await answer;
  return value as T;
}

/**
 * A read of a path that is put together at run time (lists whose definition is data). The type is the caller's word: use
 * the typed `api` wherever the path is known.
 */
export async function readPath<T>(path: string, query: Record<string, string | number | undefined>, signal?: AbortSignal) {
  const given = Object.entries(query).filter((entry): entry is [string, string | number] => entry[1] !== undefined && entry[1] !== '');
  const url = new URL(path, location.origin);
  for (const [name, value] of given) url.searchParams.append(name, String(value));
  return sendPath<T>('GET', url.pathname + url.search, undefined, signal);
}

/** The same for writes: `body` is sent as JSON, a file as it is. */
export async function sendPath<T>(method: string, path: string, body?: unknown, signal?: AbortSignal, key?: string, version?: number): Promise<T> {
  const file = body instanceof Blob;
  const headers: Record<string, string> = { Accept: 'application/json', ...writing({ version, ...(key ? { key } : file ? { key: intent() } : {}) }) };
  if (method !== 'GET' && csrf) headers['X-CSRF-Token'] = csrf;
  if (body !== undefined) headers['Content-Type'] = file ? 'application/octet-stream' : 'application/json';
  let response: Response;
  try {
    response = await once(
      new Request(new URL(path, location.origin), {
        method,
        headers,
        credentials: 'same-origin',
        ...(body === undefined ? {} : { body: file ? body : JSON.stringify(body) }),
        ...(signal ? { signal } : {}),
      }),
    );
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Problem({}, 0);
  }
  if (response.ok) {
    const answer = response.status === 204 ? undefined : await response.json();
    if (method !== 'GET') noteOwn(answer);
    return answer as T;
  }
  const problem = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  if (response.status === 401 && path !== '/v1/session') for (const fn of signedOut) fn();
  throw new Problem(problem, response.status, response.headers.get('Retry-After'));
}

/** A change of a record, decided on `version`: refused with 412 where somebody was faster. */
export function patchPath<T>(path: string, body: unknown, version?: number): Promise<T> {
  return sendPath<T>('PATCH', path, body, undefined, undefined, version);
}
