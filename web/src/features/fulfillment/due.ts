// Words for when something has to leave, and which trouble a parcel is in. Pure.
export type Due = { kind: 'gone' | 'late' | 'soon' | 'today' | 'later'; left: number };

const SOON_MS = 2 * 3_600_000;
const done = new Set(['shipped', 'ready_for_pickup', 'handed_over', 'closed', 'cancelled', 'rejected', 'not_collected']);

export function dueOf(row: { state: string; ship_by: string }, now: number, sameDay: (a: number, b: number) => boolean): Due {
  const at = new Date(row.ship_by).getTime();
  const left = at - now;
  if (done.has(row.state)) return { kind: 'gone', left };
  if (left < 0) return { kind: 'late', left };
  if (left < SOON_MS) return { kind: 'soon', left };
  return { kind: sameDay(at, now) ? 'today' : 'later', left };
}

export type Trouble = 'failure' | 'return_to_sender' | 'silent' | 'late';
const worst: readonly Trouble[] = ['return_to_sender', 'failure', 'late', 'silent'];

/** A parcel that nobody scanned for so long after it left. */
const SILENT_MS = 48 * 3_600_000;

interface Seen {
  state: string;
  deliver_by?: string | undefined;
  shipped_at?: string | undefined;
  parcels?: readonly { tracking_status?: string | undefined; delivered_at?: string | undefined }[] | undefined;
}

export function troubleOf(row: Seen, now: number): Trouble | undefined {
  if (row.state !== 'shipped') return undefined;
  const open = (row.parcels ?? []).filter((parcel) => !parcel.delivered_at);
  const found = new Set<Trouble>();
  for (const { tracking_status: status } of open) if (status === 'failure' || status === 'return_to_sender') found.add(status);
  if (open.length && row.deliver_by && new Date(row.deliver_by).getTime() < now) found.add('late');
  const untouched = open.some(({ tracking_status: status }) => !status || status === 'unknown' || status === 'pre_transit');
  if (untouched && row.shipped_at && now - new Date(row.shipped_at).getTime() > SILENT_MS) found.add('silent');
  return worst.find((one) => found.has(one));
}

export const worstFirst = (a: Trouble, b: Trouble) => worst.indexOf(a) - worst.indexOf(b);

/** A status that says something: of parcels that nobody tracks the server says unknown. */
export const seenStatus = (status: string | undefined) => (status === 'unknown' ? undefined : status);

/** Work that still has to make a carrier's cut-off of today. */
interface CutOffGroup {
  location: string;
  carrier: string;
  at: string;
  left: number;
  waiting: number;
  packed: number;
}

/** The next to come first; those that are over stand last, as long as something is still here for them. */
export function cutOffGroups(rows: readonly { location: string; carrier?: string | undefined; state: string; cut_off_at?: string | undefined }[], now: number): CutOffGroup[] {
  const found = new Map<string, CutOffGroup>();
  for (const row of rows) {
    if (!row.cut_off_at || done.has(row.state)) continue;
    const key = `${row.location} ${row.carrier ?? ''} ${row.cut_off_at}`;
    const group = found.get(key) ?? { location: row.location, carrier: row.carrier ?? '', at: row.cut_off_at, left: new Date(row.cut_off_at).getTime() - now, waiting: 0, packed: 0 };
    group.waiting++;
    if (row.state === 'packed') group.packed++;
    found.set(key, group);
  }
  const rank = (group: CutOffGroup) => (group.left >= 0 ? group.left : Number.MAX_SAFE_INTEGER / 2 - group.left);
  return [...found.values()].toSorted((a, b) => rank(a) - rank(b));
}
