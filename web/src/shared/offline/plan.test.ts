import { describe, expect, it } from 'vitest';
import type { Entry } from './kept';
import { nextStep, scanOf, sendScans, SCANS_MAX, type ScanAnswer, type Way } from './plan';

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

describe('sending scans', () => {
  /** A server that cannot read some scans, and one that forgets some. */
  function world(bad: Entry[] = [], forgets: Entry[] = []) {
    const sent: string[][] = [];
    const fate = new Map<string, string>();
    const applied: string[] = [];
    const way: Way = {
      send: async (entries) => {
        sent.push(entries.map(({ key }) => key));
        if (entries.some((one) => bad.includes(one))) throw new Error('422');
        const heard = entries.filter((one) => !forgets.includes(one));
        applied.push(...heard.map(({ key }) => key));
        return heard.map(({ key }): ScanAnswer => ({ scan_id: key, outcome: 'applied' }));
      },
      guilt: (error) => (String(error).includes('422') ? { code: 'too_long', ofOne: true } : undefined),
      settle: async (entry, refusal) => void fate.set(entry.key, refusal ?? 'done'),
    };
    return { way, sent, fate, applied };
  }
  const ten = () => Array.from({ length: 10 }, () => entry('scan', 'a'));

  it('one scan that cannot be read is refused by itself; the others count, in the order of the work', async () => {
    const all = ten();
    const { way, fate, applied } = world([all[6]!]);
    await sendScans(all, way);
    expect(all.map(({ key }) => fate.get(key))).toEqual(all.map((_, i) => (i === 6 ? 'too_long' : 'done')));
    expect(applied).toEqual(all.filter((_, i) => i !== 6).map(({ key }) => key));
  });
  it('where all are refused for a reason of nobody alone it is not asked one by one', async () => {
    const all = ten();
    const { way, fate, sent } = world(all);
    await sendScans(all, { ...way, guilt: () => ({ code: 'forbidden', ofOne: false }) });
    expect(sent).toHaveLength(1);
    expect([...fate.values()]).toEqual(all.map(() => 'forbidden'));
  });
  it('without a network in the middle what was taken is done, the rest waits', async () => {
    const all = ten();
    const { way, fate, sent } = world([all[9]!]);
    const send: Way['send'] = (entries) => (sent.length > 1 ? Promise.reject(new Error('network')) : way.send(entries));
    await expect(sendScans(all, { ...way, send })).rejects.toThrow('network');
    expect([...fate.keys()]).toEqual(all.slice(0, 5).map(({ key }) => key));
  });
  it('what the server says nothing about is asked alone once, then somebody sees it', async () => {
    const all = ten();
    const { way, fate, sent } = world([], [all[2]!]);
    await sendScans(all, way);
    expect(sent).toHaveLength(2);
    expect(fate.get(all[2]!.key)).toBe('no_answer');
  });
  it('nobody is asked about what the screen refused already, and its log is cut to what a log keeps', async () => {
    const long = { ...entry('scan', 'a'), wrong: 'wrong_sku', body: { code: 'x'.repeat(300) } };
    const { way, fate } = world([long]);
    await sendScans([long], way);
    expect(fate.get(long.key)).toBe('done');
    expect(scanOf(long).code).toBe('x'.repeat(128));
  });
});
