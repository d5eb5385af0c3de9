import type { Schemas } from '../../shared/api/client';
import type { Works } from '../../shared/desk';

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

/** How a row stands, the worst first; as the filters of the server see it. */
export function levelOf(row: Pick<Stock, 'on_hand' | 'reserved' | 'alerted'>): Level {
  if (row.on_hand < 0) return 'negative';
  if (row.on_hand - row.reserved <= 0) return 'out';
  return row.alerted ? 'low' : 'fine';
}

/** What there is of a product at a location. */
export interface Place {
  location: string;
  on_hand: number;
  unfit: number;
  reserved: number;
  safety: number;
  available: number;
  incoming: number;
}
/** And over all of them. */
export interface Summary extends Omit<Place, 'location'> {
  id: string;
  sku: string;
  name?: Record<string, string>;
  unit?: string;
  gtin?: string;
  low: boolean;
  places?: Place[];
}

/** What an adjustment would do. */
export interface Preview {
  location: string;
  lines: { sku: string; lot?: string; condition?: string; delta: number; on_hand: number; displaced: number }[];
  orders: { order: string; number?: string; line: number; sku: string; quantity: number }[];
}

/** Where the document of a movement can be looked at. */
export function documentLink(document: string | undefined): string | undefined {
  if (document?.startsWith('ful_')) return `/fulfillments/${document}`;
  if (document?.startsWith('ord_')) return `/orders/${document}`;
  return undefined;
}

export const works: Works = {
  field: 'paused',
  tone: 'warn',
  on: 'inventory.locations.working',
  off: 'inventory.locations.paused',
  start: 'inventory.locations.resume',
  stop: 'inventory.locations.pause',
  sure: 'inventory.locations.pause_sure',
  text: 'inventory.locations.pause_text',
};
