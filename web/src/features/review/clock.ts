// Age against target: how far a hold is on its way to being late.
interface Clock {
  tone: 'good' | 'warn' | 'bad' | 'info';
  /** Milliseconds to the target; below 0 it is over. Undefined without a target. */
  left: number | undefined;
  /** Part of the time that is used, 0 to 1. */
  used: number;
}

const SOON = 0.75;

export function clockOf(hold: { created_at: string; due_at?: string | undefined; waiting_at?: string | undefined }, now: number): Clock {
  if (hold.waiting_at) return { tone: 'info', left: undefined, used: 0 };
  if (!hold.due_at) return { tone: 'good', left: undefined, used: 0 };
  const begin = new Date(hold.created_at).getTime();
  const due = new Date(hold.due_at).getTime();
  const used = due <= begin ? 1 : Math.min(1, Math.max(0, (now - begin) / (due - begin)));
  return { tone: now >= due ? 'bad' : used >= SOON ? 'warn' : 'good', left: due - now, used };
}

/** What opens when the hold at `index` has been decided: the one that moves up, else the last. */
export function nextAfter<T>(rows: readonly T[], index: number): T | undefined {
  if (index < 0) return rows[0];
  return rows[index + 1] ?? rows[index - 1];
}
