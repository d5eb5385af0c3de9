import { describe, expect, it } from 'vitest';
import { arrived, counted, current, grams, isScan, judge, left, units, withCounts, type Work } from './work';

const work = (): Work => ({
  id: 'ful_1',
  kind: 'pick',
  order: 'SO-1',
  location: 'NJ',
  version: 1,
  at: 1,
  lines: [
    { line: 1, sku: 'CUP', name: 'Cup', gtin: '4006381333931', bin: 'A-1', quantity: 3, done: 0 },
    { line: 2, sku: 'TEE', name: 'Tee', bin: 'A-1', lot: 'L1', quantity: 1, done: 0 },
  ],
});

describe('the work in hand', () => {
  it('a wrong scan, a wrong lot and too many are told apart', () => {
    const w = work();
    expect(judge(w, 'HAT')).toEqual({ ok: false, why: 'wrong_sku' });
    expect(judge(w, 'TEE', w.lines[0])).toEqual({ ok: false, why: 'wrong_sku' });
    expect(judge(w, '(01)04006381333931(37)4')).toEqual({ ok: false, why: 'too_many' });
    expect(judge(w, `CUP${' '.repeat(200)}`)).toEqual({ ok: false, why: 'too_long' });
    expect(judge(w, '😀'.repeat(128))).toEqual({ ok: false, why: 'wrong_sku' });
    const lots = { ...w, lines: [{ ...w.lines[0]!, lot: 'L9' }] };
    expect(judge(lots, '(01)04006381333931(10)L8')).toEqual({ ok: false, why: 'wrong_lot' });
  });
  it('a code with a count counts so many at once', () => {
    expect(judge(work(), '(01)04006381333931(37)2')).toMatchObject({ ok: true, quantity: 2 });
  });
  it('goes on to the next line when one is done, and ends', () => {
    let w = counted(work(), 1, 2);
    expect(current(w)?.line).toBe(1);
    w = counted(w, 1, 1);
    expect(current(w)?.line).toBe(2);
    w = counted(w, 2, 1);
    expect(current(w)).toBeUndefined();
    expect(units(w)).toEqual({ done: 4, all: 4 });
  });
  it('what the server counted otherwise is taken over, and where one stands stays', () => {
    const ours = arrived(counted(work(), 1, 2), 1).lines;
    expect(withCounts(ours, ours)).toBeUndefined();
    const theirs = work().lines.map((line) => ({ ...line, done: line.line === 1 ? 1 : 0 }));
    expect(withCounts(ours, theirs)?.map((line) => [line.done, line.there])).toEqual([[1, true], [0, true]]);
  });
  it('who stands at a bin stands there for all its lines', () => {
    expect(arrived(work(), 1).lines.every((line) => line.there)).toBe(true);
  });
  it('nothing is left below zero', () => {
    expect(left({ line: 1, sku: '', name: '', quantity: 1, done: 3 })).toBe(0);
  });
  it('weights are grams, kilograms on request', () => {
    expect(grams('420')).toBe(420);
    expect(grams('1,2 kg')).toBe(1200);
    expect(grams('heavy')).toBeUndefined();
    expect(grams('0')).toBeUndefined();
  });
});

it('beside the weight, what no parcel weighs and what products are called is a scan', () => {
  const full = { ...work(), kind: 'pack' as const, lines: work().lines.map((line) => ({ ...line, done: line.quantity })) };
  for (const code of ['6901230044977', '4006381333931', 'KNIFE', 'CUP']) expect(isScan(full, code)).toBe(true);
  for (const weight of ['420', '1.2', '1.2kg', '69999']) expect(isScan(full, weight)).toBe(false);
});
