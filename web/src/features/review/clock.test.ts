import { describe, expect, it } from 'vitest';
import { clockOf, nextAfter } from './clock';

const at = (hours: number) => new Date(Date.UTC(2026, 0, 1, hours)).toISOString();
const now = (hours: number) => Date.UTC(2026, 0, 1, hours);

describe('age against target', () => {
  it('is good, then soon, then over', () => {
    const hold = { created_at: at(0), due_at: at(8) };
    expect(clockOf(hold, now(2)).tone).toBe('good');
    expect(clockOf(hold, now(7)).tone).toBe('warn');
    expect(clockOf(hold, now(9))).toMatchObject({ tone: 'bad', left: -3_600_000, used: 1 });
  });
  it('stands still while the customer is asked', () => {
    expect(clockOf({ created_at: at(0), due_at: at(1), waiting_at: at(0) }, now(5))).toMatchObject({ tone: 'info', left: undefined });
  });
  it('the next one opens, at the end the one before', () => {
    expect(nextAfter(['a', 'b', 'c'], 1)).toBe('c');
    expect(nextAfter(['a', 'b', 'c'], 2)).toBe('b');
    expect(nextAfter(['a'], 0)).toBeUndefined();
  });
});
