import { exponent, parseMoney } from '../format';

/** Minor units as plain digits for an input: 1999 USD is "19.99", "1250.5" USD is "12.505". */
export function textOfMinor(value: number | string | null | undefined, currency: string): string {
  if (value === null || value === undefined || value === '') return '';
  const places = exponent(currency);
  const [whole = '0', rest = ''] = String(value).split('.');
  const sign = whole.startsWith('-') ? '-' : '';
  const digits = whole.replace('-', '').padStart(places + 1, '0');
  const major = digits.slice(0, digits.length - places);
  const fraction = digits.slice(digits.length - places) + rest.replace(/0+$/, '');
  return `${sign}${major}${/[1-9]/.test(fraction) || (places && currency !== 'TWD') ? `.${fraction}` : ''}`;
}

/** What was typed in major units, exactly. `fine` allows six places beyond the currency's own; those come as text. */
export function minorOf(text: string, currency: string, fine = false): number | string | undefined {
  const plain = parseMoney(text, currency);
  if (plain !== undefined || !fine) return plain;
  const places = exponent(currency);
  const match = /^(\d+)\.(\d+)$/.exec(text.replace(/[\s,，]/g, ''));
  if (!match) return undefined;
  const [, whole = '', rest = ''] = match;
  if (rest.length > places + 6) return undefined;
  const minor = `${whole}${rest.slice(0, places)}`.replace(/^0+(?=\d)/, '');
  return `${minor}.${rest.slice(places)}`;
}
