import { expect, test } from 'vitest';
import { price, priceDigits } from '../format';
import { minorOf, textOfMinor } from './price';

test('minor units are shown as major units and read back exactly', () => {
  for (const [minor, currency, text] of [
    [1999, 'USD', '19.99'],
    [5, 'USD', '0.05'],
    [-1250, 'USD', '-12.50'],
    [500, 'JPY', '500'],
    [120000, 'TWD', '1200'],
    [120050, 'TWD', '1200.50'],
  ] as const) {
    expect(textOfMinor(minor, currency)).toBe(text);
    expect(minorOf(text, currency)).toBe(minor);
  }
});

test('parts of a minor unit are kept as text where they are allowed', () => {
  expect(minorOf('12.505', 'USD')).toBeUndefined();
  expect(minorOf('12.505', 'USD', true)).toBe('1250.5');
  expect(textOfMinor('1250.5', 'USD')).toBe('12.505');
  expect(minorOf('0.00125', 'USD', true)).toBe('0.125');
});

test('what is no amount is none', () => {
  expect(minorOf('twelve', 'USD', true)).toBeUndefined();
  expect(textOfMinor(undefined, 'USD')).toBe('');
});

test('a price with part of a cent is shown whole', () => {
  expect(priceDigits('2000.5', 'USD')).toBe('20.005');
  expect(priceDigits('100.5', 'USD')).toBe('1.005');
  expect(priceDigits('2000.000000', 'USD')).toBe('20.00');
  expect(priceDigits(2000, 'USD')).toBe('20.00');
  expect(priceDigits('117.5', 'JPY')).toBe('117.5');
  expect(priceDigits('2400.5', 'TWD')).toBe('24.005');
  expect(price('5.25', 'USD')).toBe('$0.0525');
  expect(price(undefined, 'USD')).toBe('');
});
