import { expect, test } from 'vitest';
import { documentLink, levelOf } from './api';

test('the worst level of a stock row is told', () => {
  expect(levelOf({ on_hand: -1, reserved: 0, alerted: true })).toBe('negative');
  expect(levelOf({ on_hand: 4, reserved: 4, alerted: true })).toBe('out');
  expect(levelOf({ on_hand: 4, reserved: 1, alerted: true })).toBe('low');
  expect(levelOf({ on_hand: 4, reserved: 0, alerted: false })).toBe('fine');
});

test('movements lead to the fulfillment behind them', () => {
  expect(documentLink('ful_0000000000001')).toBe('/fulfillments/ful_0000000000001');
  expect(documentLink('adj_0000000000001')).toBeUndefined();
});
