// What of the outbox goes out next, and what becomes of it. Without a network of its own, so that it can be proved.
import { cutCode } from './gs1';
import type { Entry } from './kept';

export const SCANS_MAX = 200;

export interface Step {
  kind: 'scans' | 'act' | 'after_conflict';
  entries: Entry[];
}

/**
 * The oldest waiting entries of this user in their order: scans in a row go together, an act goes alone. An act whose fulfillment has a
 * conflict is not sent: it was decided on what did not happen.
 */
export function nextStep(entries: readonly Entry[], user: string): Step | undefined {
  const waiting = entries.filter((entry) => entry.state === 'waiting' && entry.user === user);
  const first = waiting[0];
  if (!first) return undefined;
  if (first.kind === 'act') {
    const stopped = first.about !== '' && entries.some((entry) => entry.state === 'conflict' && entry.about === first.about);
    return { kind: stopped ? 'after_conflict' : 'act', entries: [first] };
  }
  const end = waiting.findIndex((entry) => entry.kind === 'act');
  return { kind: 'scans', entries: waiting.slice(0, end < 0 ? SCANS_MAX : Math.min(end, SCANS_MAX)) };
}

/** A scan as it is sent. What the screen refused says so, so that it never counts, whatever the order has. */
export function scanOf(entry: Entry): Record<string, unknown> {
  const refused = entry.wrong ? { refused: typeof entry.wrong === 'string' ? entry.wrong : 'wrong_sku' } : {};
  // What was refused here is only logged: of a code that is too long, as much as a log keeps.
  const code = entry.wrong && typeof entry.body.code === 'string' ? { code: cutCode(entry.body.code) } : {};
  return { ...entry.body, ...code, ...refused, scan_id: entry.key, fulfillment: entry.about, scanned_at: new Date(entry.at).toISOString() };
}

export interface ScanAnswer {
  scan_id: string;
  outcome: 'applied' | 'repeated' | 'refused';
  first?: 'applied' | 'repeated' | 'refused';
  refusal?: string;
  fulfillment_id?: string;
}

export interface Way {
  /** Fails where the server does not take them. */
  send: (entries: readonly Entry[]) => Promise<readonly ScanAnswer[]>;
  /** Why one entry alone would be refused too; undefined: what failed may pass by itself, nobody is guilty. */
  guilt: (error: unknown) => { code: string; ofOne: boolean } | undefined;
  /** What became of one: done, or refused with this code. */
  settle: (entry: Entry, refusal?: string) => Promise<void>;
}

/**
 * Sends scans. The server refuses a request as a whole for one scan in it that it cannot read: then it goes again in halves, in the
 * order of the work, until the guilty one stands alone. What it said nothing about is asked for alone, and is never sent for ever.
 */
export async function sendScans(entries: readonly Entry[], way: Way): Promise<void> {
  let answers: readonly ScanAnswer[];
  try {
    answers = await way.send(entries);
  } catch (error) {
    const guilt = way.guilt(error);
    if (!guilt) throw error;
    if (entries.length > 1 && guilt.ofOne) {
      const half = Math.ceil(entries.length / 2);
      await sendScans(entries.slice(0, half), way);
      await sendScans(entries.slice(half), way);
      return;
    }
    for (const entry of entries) await way.settle(entry, entry.wrong ? undefined : guilt.code);
    return;
  }
  const byId = new Map(answers.map((answer) => [answer.scan_id, answer]));
  for (const entry of entries) {
    const answer = byId.get(entry.key);
    if (answer) {
      const refused = (answer.outcome === 'repeated' ? answer.first : answer.outcome) === 'refused';
      await way.settle(entry, refused && !entry.wrong ? (answer.refusal ?? 'unknown') : undefined);
    } else if (entries.length > 1) await sendScans([entry], way);
    else await way.settle(entry, entry.wrong ? undefined : 'no_answer');
  }
}
