import { describe, expect, test } from 'vitest';
import { join, translator } from './translate';

const texts = {
  orders: {
    title: 'Orders',
    by: '{{who}} at {{ when }}',
    found: 'one or more',
    found_one: '{{count}} order',
    found_other: '{{count}} orders',
    list: { empty: 'Nothing' },
  },
};
const say = translator(texts, 'en');

describe('a text', () => {
  test('is found by its path', () => {
    expect(say('orders.title')).toBe('Orders');
    expect(say('orders.list.empty')).toBe('Nothing');
  });

  test('has its blanks filled, each as often as it stands there, and as it is', () => {
    expect(say('orders.by', { who: '<b> $& {{when}}', when: 0 })).toBe('<b> $& {{when}} at 0');
    expect(say('orders.by', { who: null })).toBe(' at ');
  });

  test('that is missing is its default, or its key; a branch is no text, and what every object has is none either', () => {
    expect(say('orders.nope')).toBe('orders.nope');
    expect(say('orders.nope', { defaultValue: 'for {{who}}', who: 'you' })).toBe('for you');
    expect(say('orders.nope', { defaultValue: '' })).toBe('');
    for (const key of ['orders.list', 'orders.title.length', 'orders.constructor', 'toString', '']) expect(say(key, { defaultValue: '-' }), key).toBe('-');
  });

  test('takes the form of its count, in the rules of its language', () => {
    expect(say('orders.found', { count: 1 })).toBe('1 order');
    expect(say('orders.found', { count: 0 })).toBe('0 orders');
    expect(say('orders.found')).toBe('one or more');
    expect(say('orders.title', { count: 3 })).toBe('Orders');
    const zh = translator({ n_other: '{{count}} 筆' }, 'zh-TW');
    expect(zh('n', { count: 1 })).toBe('1 筆');
  });
});

test('catalogs join branch by branch', () => {
  const all = join({ orders: { nav: 'Orders' }, common: { ok: 'OK' } }, { orders: { title: 'All', list: { empty: '-' } } });
  expect(all).toEqual({ orders: { nav: 'Orders', title: 'All', list: { empty: '-' } }, common: { ok: 'OK' } });
});
