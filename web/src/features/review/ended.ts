// How a hold ended that somebody still has open: who decided what, when and why.
import type { Context } from './api';

type Ending = 'rejected' | 'released' | 'system' | 'expired';

/** Undefined while it is to be decided. */
export function endingOf({ hold, order }: { hold: Pick<Context['hold'], 'state' | 'released_by'>; order: { state?: string } }): Ending | undefined {
  if (hold.state === 'active') return undefined;
  if (hold.state === 'expired') return 'expired';
  if (!hold.released_by || hold.released_by === 'system') return 'system';
  return order.state === 'cancelled' ? 'rejected' : 'released';
}
