import { beforeAll, expect, test, vi } from 'vitest';
import { language, needTexts, setLanguage, startTexts, t, type Language } from './index';

const asked: string[] = [];
const waits = new Map<string, () => void>();
const slow = new Set<string>();

beforeAll(async () => {
  vi.stubGlobal('document', { documentElement: { lang: '' } });
  await startTexts(async (of: Language, part: string) => {
    asked.push(`${of} ${part}`);
    if (slow.has(`${of} ${part}`)) await new Promise<void>((done) => waits.set(`${of} ${part}`, done));
    return { default: part ? { [part]: { title: `${part} in ${of}`, list: { none: '-' } } } : { common: { ok: `OK ${of}` }, orders: { nav: `nav ${of}` } } };
  }, 'en');
});

test('a room adds its texts to what the shell had of it, once', async () => {
  expect(t('orders.title')).toBe('orders.title');
  await Promise.all([needTexts(['orders']), needTexts(['orders', 'review'])]);
  await needTexts(['orders']);
  expect([t('orders.nav'), t('orders.title'), t('review.title')]).toEqual(['nav en', 'orders in en', 'review in en']);
  expect(asked.filter((one) => one === 'en orders').length).toBeLessThanOrEqual(2);
});

test('another language has the rooms that were entered, and those entered while it comes', async () => {
  slow.add('zh-TW ');
  const change = setLanguage('zh-TW', false);
  const entered = needTexts(['stock']);
  await entered;
  expect([language(), t('stock.title')]).toEqual(['en', 'stock in en']);
  waits.get('zh-TW ')?.();
  await change;
  expect([language(), t('common.ok'), t('orders.title'), t('stock.title')]).toEqual(['zh-TW', 'OK zh-TW', 'orders in zh-TW', 'stock in zh-TW']);
});
