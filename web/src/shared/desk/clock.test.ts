import { expect, test } from 'vitest';
import { clockOf } from './clock';

test('times of day are read as people type them', () => {
  for (const [text, clock] of [
    ['9', '09:00'],
    ['930', '09:30'],
    ['9:05', '09:05'],
    ['24', '24:00'],
    ['18：30', '18:30'],
  ] as const)
    expect(clockOf(text)).toBe(clock);
  for (const text of ['', '25', '24:01', '9:75', 'noon']) expect(clockOf(text)).toBeUndefined();
});
