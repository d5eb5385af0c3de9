/** "0.13" as "13": a fraction as a percentage, digit by digit, so that nothing is rounded. */
export function percentOf(fraction: string | undefined | null): string {
  return shift(fraction ?? '', 2);
}

/** "13" or "13,5" as "0.13": undefined when it is no number. */
export function fractionOf(percent: string): string | undefined {
  const clean = percent.trim().replace(/[%\s]/g, '').replace(',', '.');
  return /^\d{1,9}(\.\d*)?$|^\.\d+$/.test(clean) ? shift(clean, -2) : undefined;
}

function shift(text: string, by: number): string {
  if (!text) return '';
  const [whole = '', rest = ''] = text.split('.');
  const digits = whole + rest;
  const point = whole.length + by;
  const padded = point <= 0 ? digits.padStart(digits.length - point + 1, '0') : digits.padEnd(point, '0');
  const at = Math.max(point, 1);
  const left = padded.slice(0, at).replace(/^0+(?=\d)/, '') || '0';
  const right = padded.slice(at).replace(/0+$/, '');
  return right ? `${left}.${right}` : left;
}
