// The work in hand: lines with what was counted here. Pure; screens keep it in IndexedDB after each change, so a browser that
// was killed goes on at the same line.
import { codeFits, means, readCode } from '../../shared/offline/gs1';

export interface WorkLine {
  line: number;
  sku: string;
  name: string;
  unit?: string | undefined;
  bin?: string | undefined;
  lot?: string | undefined;
  gtin?: string | undefined;
  quantity: number;
  /** Counted: by the server when it was asked last, and here since. */
  done: number;
  /** Somebody stood at its bin. */
  there?: boolean;
}

export interface Work {
  id: string;
  kind: 'pick' | 'pack' | 'ship';
  order: string;
  location: string;
  shipBy?: string | undefined;
  carrier?: string | undefined;
  service?: string | undefined;
  tote?: number | undefined;
  version: number;
  lines: WorkLine[];
  /** Line that somebody is at. */
  at: number;
}

export const left = (line: WorkLine) => Math.max(0, line.quantity - line.done);
export const open = (work: Work) => work.lines.filter((line) => left(line) > 0);
export const units = (work: Work) => ({ done: work.lines.reduce((n, line) => n + line.done, 0), all: work.lines.reduce((n, line) => n + line.quantity, 0) });

/** The line somebody is at, or the next one that is open; undefined when all is done. */
export function current(work: Work): WorkLine | undefined {
  const here = work.lines.find((line) => line.line === work.at);
  return here && left(here) > 0 ? here : open(work)[0];
}

type Judged =
  | { ok: true; line: WorkLine; quantity: number; lot?: string | undefined }
  | { ok: false; why: 'wrong_sku' | 'wrong_lot' | 'too_many' | 'too_long' };

/** What a scan would do at this line (or at any, when packing); it changes nothing. */
export function judge(work: Work, code: string, only?: WorkLine): Judged {
  if (!codeFits(code)) return { ok: false, why: 'too_long' };
  const read = readCode(code);
  const lines = only ? [only] : work.lines;
  const named = lines.filter((line) => means(read, line));
  if (!named.length) return { ok: false, why: 'wrong_sku' };
  const lots = named.filter((line) => !line.lot || !read.lot || line.lot === read.lot);
  if (!lots.length) return { ok: false, why: 'wrong_lot' };
  const quantity = read.count ?? 1;
  const line = lots.find((one) => left(one) >= quantity);
  if (!line) return { ok: false, why: 'too_many' };
  return { ok: true, line, quantity, lot: read.lot };
}

/** What a refused scan is logged as: there are no more reasons than the server has words for. */
export const loggedAs = (why: string) => (why === 'too_long' ? 'wrong_sku' : why);

export function counted(work: Work, line: number, quantity: number): Work {
  const lines = work.lines.map((one) => (one.line === line ? { ...one, done: one.done + quantity, there: true } : one));
  const next = { ...work, lines, at: line };
  return { ...next, at: current(next)?.line ?? line };
}

/** Lines as the server counts them, each where one stands with it; undefined when it counts as we do. */
export function withCounts(ours: readonly WorkLine[], theirs: readonly WorkLine[]): WorkLine[] | undefined {
  const name = (line: WorkLine) => `${line.line} ${line.bin ?? ''} ${line.lot ?? ''}`;
  const here = new Map(ours.map((line) => [name(line), line]));
  const same = theirs.length === ours.length && theirs.every((line) => here.get(name(line))?.done === line.done && here.get(name(line))?.quantity === line.quantity);
  if (same) return undefined;
  return theirs.map((line) => ({ ...line, ...(here.get(name(line))?.there ? { there: true } : {}) }));
}

export function arrived(work: Work, line: number): Work {
  const bin = work.lines.find((one) => one.line === line)?.bin;
  return { ...work, at: line, lines: work.lines.map((one) => (one.line === line || (bin && one.bin === bin) ? { ...one, there: true } : one)) };
}

/** What carriers take as a parcel at most: a heavier one is asked about before it is believed. */
export const HEAVY_G = 70_000;

/** Grams as people type them: "1.2 kg" is 1200, "420" is 420. */
export function grams(text: string): number | undefined {
  const match = /^\s*(\d+(?:[.,]\d+)?)\s*(kg|g)?\s*$/i.exec(text);
  if (!match) return undefined;
  const value = Number((match[1] as string).replace(',', '.')) * (match[2]?.toLowerCase() === 'kg' ? 1000 : 1);
  return Number.isFinite(value) && value >= 1 ? Math.round(value) : undefined;
}

/** Whether what came in beside the weight is a code: a weight that a parcel may have is none, unless a product has it. */
export function isScan(work: Work, text: string): boolean {
  const judged = judge(work, text);
  if (judged.ok || judged.why === 'too_many') return true;
  const weight = grams(text);
  return weight === undefined || weight > HEAVY_G;
}
