import { describe, expect, it } from 'vitest';
import { cause } from './followed';

const t = ((key: string, parts?: { span?: string }) => (parts?.span ? `${key} ${parts.span}` : key)) as never;

describe('why a delivery is late', () => {
  const due = '2026-11-20T08:00:00Z';
  it('is the place when it left after its time, the carrier when it left in time', () => {
    expect(cause(t, { ship_by: due, shipped_at: '2026-11-20T10:00:00Z' }, undefined)).toBe('fulfillment.slip_left_late 2 hr');
    expect(cause(t, { ship_by: due, shipped_at: '2026-11-20T07:00:00Z' }, undefined)).toBe('fulfillment.slip_carrier');
    expect(cause(t, { ship_by: due, shipped_at: '2026-11-20T07:00:00Z' }, 'stock')).toBe('fulfillment.slip_carrier');
  });
  it('is what moved the promise while the new day has not passed', () => {
    expect(cause(t, undefined, 'stock')).toBe('fulfillment.slip.stock');
  });
});
