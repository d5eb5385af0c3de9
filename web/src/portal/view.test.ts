import { describe, expect, it } from 'vitest';
import { contrast, deliveredAt, headline, pickupPlace, readable, safeLink, tokenOf } from './view';

describe('the tracking page', () => {
  it('takes its token from the address, nothing else', () => {
    expect(tokenOf('/track/mX2kQ0v9b1Jc8TfL3sZr7WnE5yHuAg4d')).toBe('mX2kQ0v9b1Jc8TfL3sZr7WnE5yHuAg4d');
    expect(tokenOf('/track/mX2kQ0v9b1Jc8TfL3sZr7WnE5yHuAg4d/')).toBe('mX2kQ0v9b1Jc8TfL3sZr7WnE5yHuAg4d');
    expect(tokenOf('/t/mX2kQ0v9b1Jc8TfL3sZr7WnE5yHuAg4d')).toBeUndefined();
    expect(tokenOf('/track/../v1/orders')).toBeUndefined();
    expect(tokenOf('/track/short')).toBeUndefined();
  });
  it("mends a shop's color until it can be read", () => {
    for (const ground of ['#ffffff', '#181c25'])
      for (const color of ['#ffe600', '#1d4ed8', '#777777', '#000000', '#ffffff']) expect(contrast(readable(color, ground) as string, ground)).toBeGreaterThanOrEqual(4.5);
    expect(readable('#1d4ed8', '#ffffff')).toBe('#1d4ed8');
    expect(readable('red;}', '#ffffff')).toBeUndefined();
  });
  it('tells what is over before what is expected', () => {
    expect(headline({ state: 'delivered', expected: { deliver_by: '2026-11-29T00:00:00Z' } })).toBe('delivered');
    expect(headline({ state: 'shipped', expected: { deliver_by: '2026-11-29T00:00:00Z' } })).toBe('expected');
    expect(headline({ state: 'preparing', expected: { ship_by: '2026-11-29T00:00:00Z' } })).toBe('leaves');
    expect(headline({ state: 'ordered' })).toBe('soon');
  });
  it('is delivered when the last parcel is', () => {
    const view = { state: 'delivered', parcels: [{ n: 1, delivered_at: '2026-11-20T00:00:00Z' }, { n: 2, delivered_at: '2026-11-22T00:00:00Z' }] };
    expect(deliveredAt(view)).toBe('2026-11-22T00:00:00Z');
  });
  it('links to web pages only', () => {
    expect(safeLink('javascript:alert(1)')).toBeUndefined();
    expect(safeLink('https://carrier.example/1')).toBe('https://carrier.example/1');
  });
  it('goods that are collected have a place, others have none', () => {
    expect(pickupPlace({ state: 'ready', pickup: { name: 'Soho store', line1: '112 Prince St', city: 'New York' } })).toBe('Soho store, 112 Prince St, New York');
    expect(pickupPlace({ state: 'shipped', pickup: {} })).toBeUndefined();
    expect(pickupPlace({ state: 'shipped' })).toBeUndefined();
  });
});
