import { describe, expect, it } from 'vitest';
import { Burst } from './wedge';

function type(burst: Burst, text: string, gap: number, from = 0) {
  let at = from;
  for (const key of text) burst.take(key, (at += gap));
  return burst.take('Enter', at + gap);
}

describe('a hand scanner', () => {
  it('is a fast burst that ends with Enter', () => {
    expect(type(new Burst(), '4006381333931', 8)).toBe('4006381333931');
  });
  it('is not a person who types', () => {
    expect(type(new Burst(), 'TEE-S', 140)).toBeUndefined();
  });
  it('is not what was typed long before', () => {
    const burst = new Burst();
    burst.take('x', 0);
    expect(type(burst, 'ABC', 5, 1000)).toBe('ABC');
  });
});
