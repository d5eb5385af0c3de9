import { expect, test } from 'vitest';
import { fractionOf, percentOf } from './decimal';

test('fractions are shown as percentages and back, exactly', () => {
  for (const [fraction, percent] of [
    ['0.13', '13'],
    ['0.08875', '8.875'],
    ['1', '100'],
    ['0', '0'],
    ['0.005', '0.5'],
    ['0.1', '10'],
  ] as const) {
    expect(percentOf(fraction)).toBe(percent);
    expect(fractionOf(percent)).toBe(fraction);
  }
});

test('percentages are read as people type them', () => {
  expect(fractionOf('13 %')).toBe('0.13');
  expect(fractionOf('13,5')).toBe('0.135');
  for (const text of ['', '-1', 'much', '1.2.3']) expect(fractionOf(text)).toBeUndefined();
});
