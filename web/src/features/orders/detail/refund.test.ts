import { describe, expect, it } from 'vitest';
import { readReason, REASON_MAX, refundables, suggested, worth, writeReason } from './refund';

const line = (n: number, sku: string, quantity: number, total: number, cancelled = 0, rest: object = {}) => ({ line: n, sku, quantity, total, counters: { cancelled }, ...rest });
const order = (lines: object[], charges: object[] = [], reasons: string[] = []) =>
  ({ lines, charges, payments: [{ entries: [{ kind: 'capture' }, ...reasons.map((reason) => ({ kind: 'refund', reason }))] }] }) as never;
const chosen = (lines: [number, number][], ...charges: string[]) => ({ lines: new Map(lines), charges: new Set(charges) });

describe('the lines of a refund', () => {
  it('are written at the head of the reason and read back', () => {
    const text = writeReason(order([line(1, 'TEE-S', 3, 100), line(2, 'A; B: C', 1, 50)]), chosen([[1, 2], [2, 0.5]], 'shipping'), ' torn ');
    expect(text).toBe('#1 TEE-S × 2; #2 A; B: C × 0.5; #shipping: torn');
    const read = readReason(text);
    expect([...read.lines]).toEqual([[1, 2], [2, 0.5]]);
    expect([...read.charges]).toEqual(['shipping']);
  });
  it('are none where somebody wrote the reason alone', () => {
    for (const reason of [undefined, '', 'one was broken', 'ticket #12: broken', 'see #1 × 2']) expect(readReason(reason).lines.size).toBe(0);
    expect(writeReason(order([line(1, 'TEE-S', 3, 100)]), chosen([[1, 0]]), 'goodwill')).toBe('goodwill');
  });
  it('leave the words of people whole', () => {
    const many = Array.from({ length: 30 }, (_, i) => line(i + 1, 'A-VERY-LONG-STOCK-KEEPING-UNIT', 1, 10));
    const text = writeReason(order(many), chosen(many.map((one) => [one.line, 1])), 'x'.repeat(100));
    expect(text.length).toBeLessThanOrEqual(REASON_MAX);
    expect(readReason(text).lines.size).toBe(30);
    const full = 'y'.repeat(REASON_MAX);
    expect(writeReason(order(many), chosen([[1, 1]]), full)).toBe(full);
  });
});

describe('what may go back', () => {
  it('is not what was cancelled or went back before', () => {
    const all = refundables(order([line(1, 'A', 5, 100, 1), line(2, 'B', 1, 50), line(3, 'PART', 1, 0, 0, { parent_line: 2 })], [{ kind: 'shipping', total: 500, refunded: 100 }, { kind: 'tip', total: 0, refunded: 0 }], ['#1 A × 2; #2 B × 1: torn']));
    expect(all.lines.map(({ line, before, most }) => [line.line, before, most])).toEqual([[1, 3, 2]]);
    expect(all.charges).toEqual([{ kind: 'shipping', amount: 400 }]);
    expect(refundables(order([], [{ kind: 'shipping', total: 500, refunded: 0 }], ['#shipping: late'])).charges).toEqual([]);
  });
  it('adds up to the total of the line, unit by unit', () => {
    const one = line(1, 'A', 3, 100) as never;
    const parts = [0, 1, 2].map((before) => worth({ line: one, before }, 1));
    expect(parts).toEqual([33, 34, 33]);
    expect(worth({ line: one, before: 0 }, 3)).toBe(100);
  });
  it('is suggested with its charges, never above the cap', () => {
    const all = refundables(order([line(1, 'A', 3, 100), line(2, 'B', 2, 50)], [{ kind: 'shipping', total: 500, refunded: 0 }]));
    expect(suggested(all, chosen([[1, 2], [2, 1]], 'shipping'), 10_000)).toBe(67 + 25 + 500);
    expect(suggested(all, chosen([[1, 3]], 'shipping'), 450)).toBe(450);
    expect(suggested(all, chosen([]), 450)).toBe(0);
  });
});
