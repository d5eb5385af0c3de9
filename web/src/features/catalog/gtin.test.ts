import { expect, test } from 'vitest';
import { gtinFault } from './gtin';

test('good GTINs of every length pass', () => {
  for (const good of ['96385074', '036000291452', '4006381333931', '10012345678902']) expect(gtinFault(good)).toBeUndefined();
});

test('a wrong check digit is told with the right one', () => {
  expect(gtinFault('4006381333932')).toEqual({ kind: 'check', digit: '1' });
});

test('anything else is no GTIN', () => {
  for (const text of ['', '123', '400638133393A']) expect(gtinFault(text)).toEqual({ kind: 'length' });
});
