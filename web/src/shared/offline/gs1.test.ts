import { describe, expect, it } from 'vitest';
import { means, readCode, validGtin } from './gs1';

describe('scanned texts', () => {
  it('a GTIN has its check digit', () => {
    expect(validGtin('4006381333931')).toBe(true);
    expect(validGtin('4006381333932')).toBe(false);
  });
  it('a raw element string gives GTIN, lot, expiry and count at once', () => {
    expect(readCode('\u001d0104006381333931172701311024A\u001d3712')).toMatchObject({ gtin: '04006381333931', expiry: '2027-01-31', lot: '24A', count: 12 });
  });
  it('brackets and a symbology identifier read the same', () => {
    expect(readCode('(01)04006381333931(10)24A(37)12')).toMatchObject({ gtin: '04006381333931', lot: '24A', count: 12 });
    expect(readCode(']C10104006381333931')).toMatchObject({ gtin: '04006381333931' });
  });
  it('day 00 is the last of its month', () => {
    expect(readCode('(01)04006381333931(17)270200').expiry).toBe('2027-02-28');
  });
  it('what is no element string stays a text', () => {
    expect(readCode('TEE-S')).toEqual({ text: 'TEE-S' });
    expect(readCode('0104006381333932')).toEqual({ text: '0104006381333932' });
    expect(readCode('010400638133393199X')).toEqual({ text: '010400638133393199X' });
  });
  it('a product is meant by SKU in any case, by GTIN in any length, by a barcode of its own', () => {
    const cup = { sku: 'CUP', gtin: '4006381333931', barcodes: ['X-1'] };
    expect(means(readCode('cup'), cup)).toBe(true);
    expect(means(readCode('(01)04006381333931'), cup)).toBe(true);
    expect(means(readCode('x-1'), cup)).toBe(true);
    expect(means(readCode('CUPS'), cup)).toBe(false);
  });
});
