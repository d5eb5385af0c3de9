// The table of the screen: one line for each column of the file, then what is the same for all rows.
import type { Field, Kind, Mapping, Rule, Upload } from './api';

export interface Draft {
  /** The rule of each column, by its place; undefined = the column is left out. */
  columns: (Rule | undefined)[];
  constants: Rule[];
  decimal: '.' | ',';
  currency: string | undefined;
  time_zone: string | undefined;
  update: boolean;
}

export function draftOf({ file, mapping }: Pick<Upload, 'file' | 'mapping'>): Draft {
  return {
    columns: file.columns.map((column) => mapping.columns.find((rule) => rule.column === column.name)),
    constants: mapping.columns.filter((rule) => rule.column === undefined),
    decimal: mapping.decimal ?? '.',
    currency: mapping.currency,
    time_zone: mapping.time_zone,
    update: mapping.update,
  };
}

/** What is sent, and for each rule the line of the screen that it comes from. */
export function mappingOf(draft: Draft): { mapping: Mapping; lines: string[] } {
  const columns: Rule[] = [];
  const lines: string[] = [];
  draft.columns.forEach((rule, i) => {
    if (!rule) return;
    columns.push(rule);
    lines.push(`column ${i}`);
  });
  draft.constants.forEach((rule, i) => {
    if (!rule.field || !rule.constant) return;
    columns.push(rule);
    lines.push(`constant ${i}`);
  });
  const mapping: Mapping = { columns, decimal: draft.decimal, update: draft.update };
  if (draft.currency) mapping.currency = draft.currency;
  if (draft.time_zone) mapping.time_zone = draft.time_zone;
  return { mapping, lines };
}

/** The line that an error of the server is about, by its pointer. */
export function lineOf(pointer: string, lines: readonly string[]): string | undefined {
  const n = /^\/mapping\/columns\/(\d+)/.exec(pointer)?.[1];
  return n === undefined ? undefined : lines[Number(n)];
}

export function filled(draft: Draft): Set<string> {
  return new Set(mappingOf(draft).mapping.columns.map((rule) => rule.field));
}

const enough: Partial<Record<Kind, readonly string[]>> = { stock: ['counted', 'delta', 'safety'] };

/** Fields that must still be filled; of a group one is enough. */
export function missing(kind: Kind, fields: readonly Field[], draft: Draft): string[][] {
  const has = filled(draft);
  const all = fields.filter((field) => field.required && !has.has(field.name)).map((field) => [field.name]);
  const some = enough[kind];
  if (some && !some.some((name) => has.has(name))) all.push([...some]);
  return all;
}

/** The currency that all rows have; undefined: the company's, or what a column tells. */
export const currencyOf = (draft: Draft): string | undefined => draft.constants.find(({ field }) => field === 'currency')?.constant || draft.currency;

/** One currency for all rows: where records must tell theirs and no column does, it is also their value. */
export function setCurrency(draft: Draft, fields: readonly Field[], currency: string | undefined, company: string): Draft {
  const told = draft.columns.some((rule) => rule?.field === 'currency');
  const must = fields.some(({ name, required }) => name === 'currency' && required);
  const has = draft.constants.some(({ field }) => field === 'currency');
  const next = { ...draft, currency };
  if (told || (!must && !has)) return next;
  const rule = { field: 'currency', constant: currency ?? company };
  return { ...next, constants: has ? draft.constants.map((one) => (one.field === 'currency' ? rule : one)) : [...draft.constants, rule] };
}

/** Another field for a column: what was said of the old one does not count for it. */
export function assign(draft: Draft, at: number, column: string, field: string | undefined): Draft {
  const columns = draft.columns.map((rule, i) => {
    if (i === at) return field ? { field, column } : undefined;
    return rule?.field === field ? undefined : rule;
  });
  return { ...draft, columns, constants: draft.constants.filter((rule) => rule.field !== field || !field) };
}

export function adjust(draft: Draft, at: number, change: { unit?: string | undefined; format?: string | undefined }): Draft {
  return { ...draft, columns: draft.columns.map((rule, i) => (i === at && rule ? tidy({ ...rule, ...change }) : rule)) };
}

function tidy(rule: { [K in keyof Rule]: Rule[K] | undefined }): Rule {
  return Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined && value !== '')) as unknown as Rule;
}

/** "shipping_address.postal_code" as a key of the catalog. */
export const fieldKey = (name: string) => `imports.field.${name.replaceAll(/[.-]/g, '_').toLowerCase()}`;

/** What people paste from a sheet has tabs between its cells; anything else is looked at by the server. */
export function pasted(text: string): { file: Blob; delimiter: string | undefined } {
  return { file: new Blob([text], { type: 'text/csv' }), delimiter: /^[^\n]*\t/.test(text) ? 'tab' : undefined };
}

/** Which share of the file a pass has gone through. */
export function progress(upload: Pick<Upload, 'state' | 'file' | 'checked' | 'ran'>): number {
  const { rows } = upload.state === 'running' ? upload.ran : upload.checked;
  return upload.file.rows ? Math.min(1, rows / upload.file.rows) : 1;
}
