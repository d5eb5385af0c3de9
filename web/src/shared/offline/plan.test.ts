import { describe, expect, it } from 'vitest';
import type { Entry } from './kept';
import { nextStep, scanOf, SCANS_MAX } from './plan';

let seq = 0;
const entry = (kind: Entry['kind'], about: string, state: Entry['state'] = 'waiting', user = 'ann'): Entry => ({ seq: ++seq, key: `k${seq}`, kind, user, about, label: '', body: {}, at: 0, state });

describe('the outbox', () => {
  it('sends scans in a row together, up to the act behind them', () => {
    const all = [entry('scan', 'a'), entry('scan', 'b'), entry('act', 'a'), entry('scan', 'a')];
    expect(nextStep(all, 'ann')).toEqual({ kind: 'scans', entries: all.slice(0, 2) });
    expect(nextStep(all.slice(2), 'ann')).toEqual({ kind: 'act', entries: [all[2]] });
  });
  it('sends no more at once than the server takes', () => {
    const all = Array.from({ length: SCANS_MAX + 5 }, () => entry('scan', 'a'));
    expect(nextStep(all, 'ann')?.entries).toHaveLength(SCANS_MAX);
  });
  it('does not act upon what was refused, but goes on with other work', () => {
    const all = [entry('scan', 'a', 'conflict'), entry('act', 'a'), entry('act', 'b')];
    expect(nextStep(all, 'ann')?.kind).toBe('after_conflict');
    expect(nextStep([all[0]!, all[2]!], 'ann')?.kind).toBe('act');
  });
  it('says of a scan what the screen asked, and that it refused it', () => {
    const right = { ...entry('scan', 'ful_1'), body: { kind: 'pick', code: 'TOTE', line: 2 } };
    expect(scanOf(right)).toEqual({ kind: 'pick', code: 'TOTE', line: 2, scan_id: right.key, fulfillment: 'ful_1', scanned_at: '1970-01-01T00:00:00.000Z' });
    expect(scanOf({ ...right, wrong: 'wrong_lot' }).refused).toBe('wrong_lot');
    // Kept by an earlier version of the page.
    expect(scanOf({ ...right, wrong: true as never }).refused).toBe('wrong_sku');
  });
  it('has nothing to do when only conflicts are left', () => {
    expect(nextStep([entry('scan', 'a', 'conflict')], 'ann')).toBeUndefined();
  });
  it('sends nothing that somebody else did, and does not act upon what was refused to them', () => {
    const theirs = entry('scan', 'a', 'waiting', 'bo');
    const mine = entry('scan', 'a');
    expect(nextStep([theirs, mine], 'ann')).toEqual({ kind: 'scans', entries: [mine] });
    expect(nextStep([theirs], 'ann')).toBeUndefined();
    expect(nextStep([entry('scan', 'a', 'conflict', 'bo'), entry('act', 'a')], 'ann')?.kind).toBe('after_conflict');
  });
});
