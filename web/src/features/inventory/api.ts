import type { Schemas } from '../../shared/api/client';

export interface Stock extends Omit<Schemas['Stock'], 'id'> {
  id: string;
  sku: string;
  location: string;
  on_hand: number;
  reserved: number;
  available: number;
  safety: number;
  incoming: number;
}
export type Movement = Schemas['StockMovement'] & { sku: string; location: string; n: number };
export type Location = Omit<Schemas['Location'], 'cut_off'> & { id: string; cut_off?: string | CutOffRow[] | null };

export interface CutOffRow {
  time: string;
  day?: string;
  carrier?: string;
  service?: string;
}

export const conditions = ['good', 'quarantine', 'damaged', 'expired'] as const;
export const movementKinds = ['adjustment', 'count', 'receipt', 'shipment', 'return', 'transfer', 'production', 'consumption', 'condition'] as const;
export const locationKinds = ['warehouse', 'store', '3pl', 'supplier', 'plant', 'kitchen'] as const;

export type Level = 'negative' | 'out' | 'low' | 'fine';

/** How a row stands, the worst first. */
export function levelOf(row: Pick<Stock, 'on_hand' | 'available' | 'alerted'>): Level {
  if (row.on_hand < 0) return 'negative';
  if (row.available <= 0) return 'out';
  return row.alerted ? 'low' : 'fine';
}

/** Where the document of a movement can be looked at. */
export function documentLink(document: string | undefined): string | undefined {
  if (document?.startsWith('ful_')) return `/fulfillments/${document}`;
  if (document?.startsWith('ord_')) return `/orders/${document}`;
  return undefined;
}
