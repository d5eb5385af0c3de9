// What the floor asks the server for.
import { readPath, sendPath, setCsrf, type Schemas } from '../../shared/api/client';
import { asProblem } from '../../shared/api/problem';
import { language } from '../../shared/i18n';
import { keep, kept } from '../../shared/offline/kept';
import { renewBy, sendsAs, toldOnline } from '../../shared/offline/outbox';
import { withCounts, type Work, type WorkLine } from './work';

/** `locations`: those one is bound to; none = all. */
export interface Session {
  user_id?: string;
  name: string;
  permissions: string[];
  time_zone?: string;
  csrf_token?: string;
  locations?: string[];
  /** Whose eyes these are: a role, or a user of this name. */
  see_as?: string;
  see_as_name?: string;
}
export interface Place {
  code: string;
  name: string;
}
export type Kind = Work['kind'];

/** Asks, and tells the outbox whether there is a network. */
async function asked<T>(question: Promise<T>): Promise<T> {
  try {
    const answer = await question;
    toldOnline(true);
    return answer;
  } catch (error) {
    if (asProblem(error).away) toldOnline(false);
    throw error;
  }
}

async function here(session: Session | undefined) {
  setCsrf(session?.csrf_token);
  sendsAs(session?.user_id);
  await keep('session', session);
}

/** Who works here; without a network who did last. null: somebody has to sign in. */
export async function whoIsHere(): Promise<Session | null> {
  try {
    const session = await asked(sendPath<Session>('GET', '/v1/session'));
    await here(session);
    return session;
  } catch (error) {
    const problem = asProblem(error);
    if (problem.status === 401) {
      sendsAs(undefined);
      return null;
    }
    if (problem.away || problem.status >= 500) {
      const known = await kept<Session>('session');
      setCsrf(known?.csrf_token);
      sendsAs(known?.user_id);
      return known ?? null;
    }
    throw error;
  }
}

renewBy(whoIsHere);

export async function signIn(who: { badge: string; pin: string } | { login: string; password: string }): Promise<Session> {
  const session = await asked(sendPath<Session>('POST', '/v1/session', who));
  await here(session);
  return session;
}

/** Ends that one sees as somebody else would. */
export const beOneself = () => asked(sendPath('DELETE', '/v1/session/see_as'));

/** Fails where the server does not hear of it: then one is still signed in. */
export async function signOut(seesAs = false): Promise<void> {
  try {
    if (seesAs) await beOneself();
    await asked(sendPath('DELETE', '/v1/session'));
  } catch (error) {
    if (asProblem(error).status !== 401) throw error;
  }
  await here(undefined);
}

export async function places(session: Session): Promise<Place[]> {
  const page = await asked(readPath<{ data: Place[] }>('/v1/locations', { limit: 200 }));
  const mine = session.locations ?? [];
  return page.data.filter((place) => !mine.length || mine.includes(place.code)).sort((a, b) => a.name.localeCompare(b.name));
}

/** Whether people bring this carrier's tracking numbers; without a network what was known last. */
export async function givesNoNumbers(code: string | undefined): Promise<boolean> {
  if (!code) return false;
  const name = `carrier ${code}`;
  try {
    const { kind } = await asked(readPath<{ kind?: string }>(`/v1/carriers/${encodeURIComponent(code)}`, {}));
    await keep(name, kind);
    return kind === 'manual';
  } catch {
    return (await kept<string>(name)) === 'manual';
  }
}

interface Stop {
  bin?: string;
  sku: string;
  name?: string;
  gtin?: string;
  unit?: string;
  lot?: string;
  quantity: number;
  picked: number;
  line: number;
}
interface Slip {
  lines: { line: number; sku: string; name?: string; unit?: string; lot?: string; quantity: number }[];
}
interface Task {
  kind: Kind;
  fulfillment?: Schemas['Fulfillment'];
}

async function linesOf(f: { id?: string }, kind: Kind): Promise<WorkLine[]> {
  if (kind === 'pick') {
    const list = await asked(readPath<{ stops: Stop[] }>(`/v1/fulfillments/${f.id}/pick_list`, { language: language() }));
    return list.stops.map((stop) => ({ ...stop, name: stop.name ?? stop.sku, done: stop.picked }));
  }
  const slip = await asked(readPath<Slip>(`/v1/fulfillments/${f.id}/packing_slip`, { language: language() }));
  const gtins = await gtinsOf([...new Set(slip.lines.map((line) => line.sku))]);
  return slip.lines.map((line) => ({
    ...line,
    name: line.name ?? line.sku,
    gtin: gtins.get(line.sku),
    done: kind === 'ship' ? line.quantity : 0,
  }));
}

async function workOf(f: Schemas['Fulfillment'], kind: Kind): Promise<Work> {
  const lines = await linesOf(f, kind);
  return {
    id: f.id ?? '',
    kind,
    order: f.order_number ?? '',
    location: f.location ?? '',
    shipBy: f.ship_by,
    carrier: f.carrier,
    service: f.service,
    tote: (f as { tote?: number }).tote,
    version: f.version ?? 0,
    lines,
    at: lines[0]?.line ?? 1,
  };
}

export interface Ready {
  id: string;
  order_id?: string;
  order_number: string;
  ship_by?: string;
  carrier?: string;
  claimed_by?: string;
  claimed_until?: string;
}

const READY_MAX = 100;
/** What is picked here and can be packed, first what has to leave first. */
export async function readyToPack(place: string): Promise<Ready[]> {
  const page = await asked(readPath<{ data: Ready[] }>('/v1/fulfillments', { location: place, state: 'picked', sort: 'ship_by', limit: READY_MAX }));
  return page.data;
}

/** The one of these that a scanned paper or tote stands for: the number of its order, its own id. */
export async function readyBy(code: string, ready: readonly Ready[]): Promise<Ready | undefined> {
  const read = code.trim().toLowerCase();
  const here = ready.find((one) => one.order_number.toLowerCase() === read || one.id.toLowerCase() === read);
  if (here) return here;
  const found = await asked(readPath<{ subject?: string }>(`/v1/scan_codes/${encodeURIComponent(code)}`, { language: language() }));
  return ready.find((one) => found.subject !== undefined && (one.id === found.subject || one.order_id === found.subject));
}

/** This work, claimed for who asks. */
export async function take(id: string, kind: Kind): Promise<Work> {
  return workOf(await asked(sendPath<Schemas['Fulfillment']>('POST', `/v1/fulfillments/${id}/claim`, {})), kind);
}

/** The next best task, claimed for who asks; undefined: nothing to do. */
export async function nextTask(place: string, kind: Kind): Promise<Work | undefined> {
  const task = await asked(readPath<Task>('/v1/tasks/next', { location: place, kind }));
  if (!task.fulfillment?.id) return undefined;
  return take(task.fulfillment.id, kind);
}

/** The same work with what the server counts now; undefined when nothing else is counted than here. */
export async function recount(work: Work): Promise<Work | undefined> {
  const lines = withCounts(work.lines, await linesOf({ id: work.id }, work.kind));
  return lines && { ...work, lines };
}

export async function fulfillment(id: string): Promise<Schemas['Fulfillment']> {
  return asked(readPath<Schemas['Fulfillment']>(`/v1/fulfillments/${id}`, {}));
}

export interface Product {
  sku: string;
  name: string;
  unit?: string | undefined;
  gtin?: string | undefined;
}

const SKUS_MAX = 100;
/** The codes on the products, of as many as one page tells at once. */
async function gtinsOf(skus: string[]): Promise<Map<string, string | undefined>> {
  const found = new Map<string, string | undefined>();
  for (let from = 0; from < skus.length; from += SKUS_MAX) {
    const some = skus.slice(from, from + SKUS_MAX);
    const page = await asked(readPath<{ data: { sku: string; gtin?: string }[] }>('/v1/products', { sku: some.join(','), limit: SKUS_MAX }));
    for (const { sku, gtin } of page.data) found.set(sku, gtin);
  }
  return found;
}

/** What a scanned code names; asked once, kept for the time without a network. */
export async function resolve(code: string): Promise<(Product & { count?: number | undefined; lot?: string | undefined }) | undefined> {
  type Found = { kind: string; sku?: string; name?: string; unit?: string; gtin?: string; lot?: string; quantity?: number };
  const name = `code ${language()} ${code}`;
  try {
    const found = await asked(readPath<Found>(`/v1/scan_codes/${encodeURIComponent(code)}`, { language: language() }));
    if (!found.sku) return undefined;
    const answer = { sku: found.sku, name: found.name ?? found.sku, unit: found.unit, gtin: found.gtin, lot: found.lot, count: found.quantity };
    await keep(name, answer);
    return answer;
  } catch (error) {
    const known = await kept<Product>(name);
    if (known) return known;
    throw error;
  }
}
