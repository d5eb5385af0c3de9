import { describe, expect, it } from 'vitest';
import { dueOf, troubleOf, verbsOf, worstFirst } from './due';

const now = Date.UTC(2026, 0, 10, 12);
const at = (hours: number) => new Date(now + hours * 3_600_000).toISOString();
const sameDay = (a: number, b: number) => new Date(a).toISOString().slice(0, 10) === new Date(b).toISOString().slice(0, 10);

describe('work of a location', () => {
  it('is late, soon, today or later; what left is none of these', () => {
    expect(dueOf({ state: 'open', ship_by: at(-1) }, now, sameDay).kind).toBe('late');
    expect(dueOf({ state: 'open', ship_by: at(1) }, now, sameDay).kind).toBe('soon');
    expect(dueOf({ state: 'open', ship_by: at(6) }, now, sameDay).kind).toBe('today');
    expect(dueOf({ state: 'open', ship_by: at(30) }, now, sameDay).kind).toBe('later');
    expect(dueOf({ state: 'shipped', ship_by: at(-1) }, now, sameDay).kind).toBe('gone');
  });
});

describe('a shipment in trouble', () => {
  const row = { state: 'shipped', deliver_by: at(24), shipped_at: at(-10), parcels: [{ tracking_status: 'in_transit' }] };
  it('is told by its worst parcel that has not arrived', () => {
    expect(troubleOf(row, now)).toBeUndefined();
    expect(troubleOf({ ...row, parcels: [{ tracking_status: 'failed_attempt' }, { tracking_status: 'return_to_sender' }] }, now)).toBe('return_to_sender');
    expect(troubleOf({ ...row, parcels: [{ tracking_status: 'exception', delivered_at: at(-1) }] }, now)).toBeUndefined();
  });
  it('is late after its promise and silent when nobody scanned it', () => {
    expect(troubleOf({ ...row, deliver_by: at(-1) }, now)).toBe('late');
    expect(troubleOf({ ...row, shipped_at: at(-60), parcels: [{}] }, now)).toBe('silent');
  });
  it('the worst comes first', () => {
    expect((['late', 'exception', 'return_to_sender'] as const).toSorted(worstFirst)).toEqual(['return_to_sender', 'exception', 'late']);
  });
});

it('nothing can be done with what is over', () => {
  expect(verbsOf('closed')).toEqual([]);
});
