// What a scanned text says: GS1 element strings give GTIN, lot, expiry and count at once (W8). The server reads it again and
// decides; this is for the answer that a picker gets before any network.
export interface Read {
  /** As it was scanned, without the scanner's symbology identifier. */
  text: string;
  gtin?: string;
  lot?: string;
  serial?: string;
  /** 2027-01-31 */
  expiry?: string;
  count?: number;
}

/** As long as the server reads a code, in characters. A camera reads posters too. */
export const CODE_MAX = 128;
export const codeFits = (code: string) => code.length <= CODE_MAX || [...code].length <= CODE_MAX;
export const cutCode = (code: string) => (codeFits(code) ? code : [...code].slice(0, CODE_MAX).join(''));

/** Length of the AIs that have one (GS1 General Specifications, 7.8); others end with FNC1. */
const fixed: Record<string, number> = { '00': 18, '01': 14, '02': 14, '11': 6, '12': 6, '13': 6, '15': 6, '16': 6, '17': 6, '20': 2 };
const longest: Record<string, number> = { '10': 20, '21': 20, '30': 8, '37': 8 };
const FNC1 = '\u001d';

export function validGtin(digits: string): boolean {
  if (!/^(\d{8}|\d{12,14})$/.test(digits)) return false;
  const sum = [...digits].reverse().reduce((all, digit, i) => all + Number(digit) * (i % 2 ? 3 : 1), 0);
  return sum % 10 === 0;
}

/** 14 digits, so that an EAN-13 and the same GTIN in a GS1 code are equal. */
const gtin14 = (digits: string) => digits.padStart(14, '0');

function day(yymmdd: string): string | undefined {
  const [, yy, mm, dd] = /^(\d\d)(\d\d)(\d\d)$/.exec(yymmdd) ?? [];
  if (!yy || !mm || !dd || Number(mm) < 1 || Number(mm) > 12) return undefined;
  const year = Number(yy) >= 51 ? 1900 + Number(yy) : 2000 + Number(yy);
  // Day 00 means the last of the month.
  const last = new Date(Date.UTC(year, Number(mm), 0)).getUTCDate();
  return `${year}-${mm}-${dd === '00' ? String(last) : dd}`;
}

function put(read: Read, ai: string, value: string): boolean {
  switch (ai) {
    case '01':
    case '02':
      if (!validGtin(value)) return false;
      read.gtin = value;
      return true;
    case '10':
      read.lot = value;
      return true;
    case '21':
      read.serial = value;
      return true;
    case '15':
    case '17':
      read.expiry = day(value) ?? read.expiry;
      return true;
    case '30':
    case '37':
      if (!/^\d+$/.test(value)) return false;
      read.count = Number(value);
      return true;
    default:
      return true;
  }
}

function elements(text: string): Read | undefined {
  const read: Read = { text };
  let rest = text;
  while (rest) {
    if (rest.startsWith(FNC1)) {
      rest = rest.slice(1);
      continue;
    }
    const ai = rest.slice(0, 2);
    const size = fixed[ai];
    const most = longest[ai];
    if (size === undefined && most === undefined) return undefined;
    const end = size ?? (rest.indexOf(FNC1) < 0 ? rest.length : rest.indexOf(FNC1)) - 2;
    const value = rest.slice(2, 2 + end);
    if (!value || value.length < (size ?? 1) || value.length > (size ?? most ?? 0)) return undefined;
    if (!put(read, ai, value)) return undefined;
    rest = rest.slice(2 + end);
  }
  return read.gtin ? read : undefined;
}

function bracketed(text: string): Read | undefined {
  const read: Read = { text };
  const parts = text.match(/\(\d{2,4}\)[^(]+/g);
  if (!parts || parts.join('') !== text) return undefined;
  for (const part of parts) {
    const close = part.indexOf(')');
    if (!put(read, part.slice(1, close), part.slice(close + 1))) return undefined;
  }
  return read.gtin ? read : undefined;
}

export function readCode(scanned: string): Read {
  const text = scanned.replace(/^\][A-Za-z]\d/, '').trim();
  if (text.startsWith('(')) return bracketed(text) ?? { text };
  if (validGtin(text)) return { text, gtin: text };
  if (/^(01|02)\d{14}/.test(text) || text.startsWith(FNC1)) return elements(text) ?? { text };
  return { text };
}

/** Whether a code names this product: its SKU, its GTIN or one of its barcodes. */
export function means(read: Read, product: { sku: string; gtin?: string | undefined; barcodes?: readonly string[] | undefined }): boolean {
  const same = (a: string | undefined) => a !== undefined && a.toLowerCase() === read.text.toLowerCase();
  if (same(product.sku) || product.barcodes?.some(same)) return true;
  return read.gtin !== undefined && product.gtin !== undefined && gtin14(read.gtin) === gtin14(product.gtin);
}
