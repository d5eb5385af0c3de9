type GtinFault = { kind: 'length' } | { kind: 'check'; digit: string };

/** What is wrong with a GTIN, before the server says so; undefined = nothing. */
export function gtinFault(text: string): GtinFault | undefined {
  if (!/^(\d{8}|\d{12}|\d{13}|\d{14})$/.test(text)) return { kind: 'length' };
  const digits = [...text].map(Number);
  const last = digits.pop();
  const sum = digits.reverse().reduce((all, digit, i) => all + digit * (i % 2 ? 1 : 3), 0);
  const digit = (10 - (sum % 10)) % 10;
  return digit === last ? undefined : { kind: 'check', digit: String(digit) };
}
