import { expect, it } from 'vitest';
import { carrierPage } from './carrier';

it('a parcel is looked up at its carrier only where that has a page', () => {
  expect(carrierPage('https://c.example/t?n={number}', 'A 1')).toBe('https://c.example/t?n=A%201');
  expect(carrierPage('javascript:alert({number})', 'A1')).toBeUndefined();
  expect(carrierPage('https://c.example/{number}', undefined)).toBeUndefined();
});
