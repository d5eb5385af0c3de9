// A refund by lines: what may go back, what it is worth, and how the ledger remembers it. Pure.
//
// The API takes a sum and a reason. Which lines the sum is for stands at the head of the reason in a form that people read and
// that is read back here: "#1 TEE-S × 2; #shipping: it arrived torn". It only suggests; the cap is the payment's and the server's.
import type { Order } from '../api';

export const REASON_MAX = 500;

export interface Chosen {
  /** Units by number of the line. */
  lines: ReadonlyMap<number, number>;
  /** Kinds of charges. */
  charges: ReadonlySet<string>;
}

/** The reason that is sent. SKUs are left out where they would leave people no room. */
export function writeReason(order: Pick<Order, 'lines'>, chosen: Chosen, reason: string): string {
  const text = reason.trim();
  const units = [...chosen.lines].filter(([, n]) => n > 0);
  const told = (named: boolean) =>
    [...units.map(([line, n]) => `#${line} ${named ? `${order.lines.find((one) => one.line === line)?.sku ?? ''} ` : ''}× ${n}`), ...[...chosen.charges].map((kind) => `#${kind}`)].join('; ');
  if (!units.length && !chosen.charges.size) return text;
  const head = [told(true), told(false)].find((one) => one.length + 2 + text.length <= REASON_MAX);
  return head ? `${head}: ${text}` : text;
}

const item = String.raw`#(?:\d+ (?:.+? )??× \d+(?:\.\d+)?|[a-z_]+)`;
const heads = new RegExp(`^${item}(?:; ${item})*: `);

/** The lines that the reason of a refund tells; empty where somebody else wrote it. */
export function readReason(reason: string | undefined): { lines: Map<number, number>; charges: Set<string> } {
  const lines = new Map<number, number>();
  const charges = new Set<string>();
  const head = heads.exec(reason ?? '')?.[0] ?? '';
  for (const [, line, units, kind] of head.matchAll(/#(?:(\d+) (?:.+? )??× (\d+(?:\.\d+)?)|([a-z_]+))(?=; #|: )/g)) {
    if (kind) charges.add(kind);
    else lines.set(Number(line), (lines.get(Number(line)) ?? 0) + Number(units));
  }
  return { lines, charges };
}

interface Refundable {
  line: Order['lines'][number];
  /** Units whose money went back before: cancelled ones, and those of earlier refunds. */
  before: number;
  /** Units that may go back now. */
  most: number;
}
interface RefundableCharge {
  kind: string;
  amount: number;
}

/** Lines with money and charges that did not go back yet. */
export function refundables(order: Pick<Order, 'lines' | 'charges' | 'payments'>): { lines: Refundable[]; charges: RefundableCharge[] } {
  const told = order.payments.flatMap(({ entries }) => entries.filter(({ kind }) => kind === 'refund').map(({ reason }) => readReason(reason)));
  const lines = order.lines
    .filter((line) => !line.parent_line && Number(line.total) > 0)
    .map((line) => {
      const earlier = told.reduce((all, one) => all + (one.lines.get(line.line) ?? 0), 0);
      const before = Math.min(line.quantity, tidy((line.counters.cancelled ?? 0) + earlier));
      return { line, before, most: tidy(line.quantity - before) };
    })
    .filter(({ most }) => most > 0);
  const charges = order.charges
    .map(({ kind, total, refunded }) => ({ kind, amount: told.some((one) => one.charges.has(kind)) ? 0 : total - refunded }))
    .filter(({ amount }) => amount > 0);
  return { lines, charges };
}
/** Quantities have six decimals. */
const tidy = (n: number) => Math.round(n * 1e6) / 1e6;

/** The share of a sum as the server takes it: half up. */
const share = (whole: number, part: number, of: number) => (of ? Math.round((whole * part) / of) : 0);

/** What units of a line are worth: the share of all units that went back less that of those before, so that the parts add up. */
export function worth({ line, before }: Pick<Refundable, 'line' | 'before'>, units: number): number {
  const total = Number(line.total);
  return share(total, tidy(before + units), line.quantity) - share(total, before, line.quantity);
}

/** What is chosen is worth, never more than may go back. */
export function suggested(all: ReturnType<typeof refundables>, chosen: Chosen, cap: number): number {
  const lines = all.lines.reduce((sum, one) => sum + worth(one, Math.min(one.most, chosen.lines.get(one.line.line) ?? 0)), 0);
  const charges = all.charges.reduce((sum, { kind, amount }) => sum + (chosen.charges.has(kind) ? amount : 0), 0);
  return Math.min(cap, lines + charges);
}
