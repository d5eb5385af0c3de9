import { expect, test } from 'vitest';
import { endingOf } from './ended';

test('what became of a hold is told by who ended it and what became of its order', () => {
  const ending = (hold: { state: string; released_by?: string }, state: string) => endingOf({ hold, order: { state } });
  expect(ending({ state: 'active' }, 'placed')).toBeUndefined();
  expect(ending({ state: 'released', released_by: 'Ann' }, 'open')).toBe('released');
  expect(ending({ state: 'released', released_by: 'Ann' }, 'cancelled')).toBe('rejected');
  expect(ending({ state: 'released', released_by: 'system' }, 'open')).toBe('system');
  expect(ending({ state: 'expired' }, 'open')).toBe('expired');
});
