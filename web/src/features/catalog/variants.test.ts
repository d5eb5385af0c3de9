import { expect, test } from 'vitest';
import type { Product } from './api';
import { combine, optionsOf, optionText, productsOf } from './variants';

test('options multiply in their order, empty ones and doubles aside', () => {
  const made = combine('TEE', [
    { name: ' size ', values: ['S', 'M', 'S', ' '] },
    { name: '', values: ['x'] },
    { name: 'color', values: ['dark red', '蓝'] },
  ]);
  expect(made.map((one) => one.sku)).toEqual(['TEE-S-DARK-RED', 'TEE-S-蓝', 'TEE-M-DARK-RED', 'TEE-M-蓝']);
  expect(made[0]?.options).toEqual({ size: 'S', color: 'dark red' });
  expect(combine('TEE', [])).toEqual([]);
});

test('the options of children are those to go on from', () => {
  expect(optionsOf([{ options: { size: 'S' } }, { options: { size: 'M', color: 'red' } }, { options: null }] as Product[])).toEqual([
    { name: 'size', values: ['S', 'M'] },
    { name: 'color', values: ['red'] },
  ]);
  expect(optionText({ size: 'S', color: 'red' })).toBe('S / red');
});

test('a variant is as its parent, named in each language', () => {
  const parent = { id: 'prd_1', sku: 'TEE', price: 1990, currency: 'USD', kind: 'stocked', unit: 'pcs', gtin: '4006381333931', name: { en: 'Shirt', 'zh-CN': '衬衫' } } as unknown as Product;
  expect(productsOf(parent, [{ sku: 'TEE-S', options: { size: 'S' } }])).toEqual([
    { sku: 'TEE-S', parent_sku: 'TEE', options: { size: 'S' }, price: 1990, currency: 'USD', kind: 'stocked', unit: 'pcs', name: { en: 'Shirt · S', 'zh-CN': '衬衫 · S' } },
  ]);
});
