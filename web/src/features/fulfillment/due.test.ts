import { describe, expect, it } from 'vitest';
import { cutOffGroups, dueOf, troubleOf, worstFirst } from './due';

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
    expect(troubleOf({ ...row, parcels: [{ tracking_status: 'failure' }, { tracking_status: 'return_to_sender' }] }, now)).toBe('return_to_sender');
    expect(troubleOf({ ...row, parcels: [{ tracking_status: 'failure', delivered_at: at(-1) }] }, now)).toBeUndefined();
  });
  it('is late after its promise and silent when nobody scanned it', () => {
    expect(troubleOf({ ...row, deliver_by: at(-1) }, now)).toBe('late');
    expect(troubleOf({ ...row, shipped_at: at(-60), parcels: [{}] }, now)).toBe('silent');
  });
  it('the worst comes first', () => {
    expect((['late', 'failure', 'return_to_sender'] as const).toSorted(worstFirst)).toEqual(['return_to_sender', 'failure', 'late']);
  });
});

it('cut-offs to come stand by time, those that are over last', () => {
  const now = Date.parse('2026-11-23T14:00:00Z');
  const row = (location: string, state: string, cut_off_at?: string, carrier = 'ups') => ({ location, carrier, state, cut_off_at });
  const groups = cutOffGroups(
    [
      row('NJ', 'open', '2026-11-23T16:00:00Z'),
      row('NJ', 'packed', '2026-11-23T16:00:00Z'),
      row('LA', 'open', '2026-11-23T15:00:00Z'),
      row('SHA', 'picked', '2026-11-23T08:00:00Z'),
      row('NJ', 'shipped', '2026-11-23T16:00:00Z'),
      row('NJ', 'open'),
    ],
    now,
  );
  expect(groups.map((one) => [one.location, one.waiting, one.packed, one.left / 3_600_000])).toEqual([
    ['LA', 1, 0, 1],
    ['NJ', 2, 1, 2],
    ['SHA', 1, 0, -6],
  ]);
});
