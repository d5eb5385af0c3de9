// What is being typed at the phone, kept over a reload, and what the server is asked with it. Pure but for the keeping.
import { keepTyped, readTyped } from '../../../shared/api/typed';

export interface DeskLine {
  key: string;
  sku: string;
  name: string;
  /** The last one that was a quantity. */
  quantity: number;
  /** What stands in the field where that is none: kept, marked, and nothing is placed with it. */
  typed?: string | undefined;
  unit?: string | undefined;
  /** Minor units; undefined = the catalog's. */
  unit_price?: number | string;
  price_reason?: string;
}
export interface DeskAddress {
  name?: string;
  company?: string;
  line1?: string;
  line2?: string;
  city?: string;
  region?: string;
  postal_code?: string;
  country?: string;
  phone?: string;
  /** Of a saved address: how far each location is from it. */
  latitude?: number;
  longitude?: number;
}
const persons: readonly string[] = ['name', 'company', 'phone'];
/** An address with a change. Moved elsewhere, it is no longer where its coordinates are. */
export function moveAddress(old: DeskAddress, change: DeskAddress): DeskAddress {
  const next = { ...old, ...change };
  if (Object.keys(change).some((name) => !persons.includes(name))) {
    delete next.latitude;
    delete next.longitude;
  }
  return next;
}
export interface DeskDraft {
  /** Names this order: placed once, however often it is sent. */
  key: string;
  channel?: string;
  currency?: string;
  customer_id?: string;
  customer: { name?: string; email?: string; phone?: string };
  /** What they are written in, if they are known: their own language, not that of who types. */
  language?: string;
  address: DeskAddress;
  pickup?: string;
  lines: DeskLine[];
  shipping?: number;
  terms?: 'prepaid' | 'cod' | 'deposit' | 'account';
  paid?: 'cash' | 'card' | 'bank';
  reference?: string;
  notes?: string;
  /** A draft keeps its stock for a while. */
  keep_stock?: boolean;
}

const KEPT = 'desk';

export function emptyDraft(): DeskDraft {
  return { key: crypto.randomUUID(), customer: {}, address: {}, lines: [] };
}

export function readDraft(): DeskDraft {
  const text = readTyped(KEPT, 'browser');
  return text ? { ...emptyDraft(), ...(JSON.parse(text) as DeskDraft) } : emptyDraft();
}

export const keepDraft = (draft: DeskDraft | undefined) => keepTyped(KEPT, draft && JSON.stringify(draft), 'browser');

export const isEmpty = (draft: DeskDraft) => !draft.lines.length && !draft.customer_id && !Object.values(draft.customer).some(Boolean) && !Object.values(draft.address).some(Boolean) && !draft.notes;

function filled<T extends object>(object: T): Partial<T> | undefined {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined && value !== '');
  return entries.length ? (Object.fromEntries(entries) as Partial<T>) : undefined;
}

/** The body of POST /v1/orders and of the quote. `total` goes into the payment: it is what the caller pays. */
export function orderBody(draft: DeskDraft, language: string, total?: number): Record<string, unknown> | undefined {
  if (!draft.channel || !draft.currency || !draft.lines.length) return undefined;
  const address = filled(draft.address);
  const customer = draft.customer_id ? { id: draft.customer_id } : filled(draft.customer);
  return {
    channel: draft.channel,
    currency: draft.currency,
    language: draft.language ?? language,
    ...(customer ? { customer } : {}),
    ...(draft.pickup ? { delivery: { type: 'pickup', location: draft.pickup } } : { delivery: { type: 'ship' }, ...(address?.country ? { shipping_address: { ...address, name: address.name ?? draft.customer.name } } : {}) }),
    lines: draft.lines.map(({ sku, quantity, unit_price, price_reason }) => ({
      sku,
      quantity,
      ...(unit_price === undefined ? {} : { unit_price, ...(price_reason ? { price_reason } : {}) }),
    })),
    ...(draft.shipping === undefined ? {} : { charges: draft.shipping ? [{ kind: 'shipping', amount: draft.shipping }] : [] }),
    ...(draft.terms ? { payment_terms: draft.terms } : {}),
    ...(draft.paid && total ? { payments: [{ provider: draft.paid, kind: 'capture', amount: total, ...(draft.reference ? { reference: draft.reference } : {}) }] } : {}),
    ...(draft.notes ? { notes: draft.notes } : {}),
  };
}

/** What the catalog calls single things: nobody sells half of one. */
const COUNTED = new Set(['pcs', 'pc', 'piece', 'each', 'ea']);

/** A quantity as it is typed, or why it is none. */
export function readQuantity(text: string, unit: string | undefined): { value: number } | { why: 'quantity_number' | 'quantity_whole' | 'quantity_most' } {
  const plain = text.trim().replace(',', '.');
  if (/^\d{10,}(\.\d*)?$/.test(plain) && Number(plain) > 999_999_999) return { why: 'quantity_most' };
  const value = /^\d{1,9}(\.\d{1,6})?$/.test(plain) ? Number(plain) : 0;
  if (value <= 0) return { why: 'quantity_number' };
  if (unit !== undefined && COUNTED.has(unit) && !Number.isInteger(value)) return { why: 'quantity_whole' };
  return { value };
}

/** A fault of what was sent: which line and field it is about, as far as the form has it. */
export function placeOfFault(pointer: string): { line?: number; field: string } {
  const parts = pointer.split('/').filter(Boolean);
  const field = parts.findLast((part) => !/^\d+$/.test(part)) ?? '';
  return parts[0] === 'lines' && parts[1] !== undefined && /^\d+$/.test(parts[1]) ? { line: Number(parts[1]), field } : { field };
}

/** A line more of the same product is a unit more. */
export function addLine(draft: DeskDraft, sku: string, name: string, unit?: string): DeskDraft {
  const found = draft.lines.find((line) => line.sku === sku && line.unit_price === undefined);
  if (found) return { ...draft, lines: draft.lines.map((line) => (line === found ? { ...line, quantity: line.quantity + 1, typed: undefined } : line)) };
  return { ...draft, lines: [...draft.lines, { key: crypto.randomUUID(), sku, name, quantity: 1, ...(unit ? { unit } : {}) }] };
}
