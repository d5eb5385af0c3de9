// What of the outbox goes out next. Pure, so that its order can be proved.
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
  return { ...entry.body, ...refused, scan_id: entry.key, fulfillment: entry.about, scanned_at: new Date(entry.at).toISOString() };
}
