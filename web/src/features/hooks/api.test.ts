import { expect, test } from 'vitest';
import { shortUrl, topicChoices } from './api';

test('topics are offered one by one, by family and all together, but for those of deliveries', () => {
  expect(topicChoices(['order.placed', 'order.closed', 'stock.adjusted', 'job.dead', 'webhook.updated'])).toEqual(['*', 'order.*', 'stock.*', 'order.placed', 'order.closed', 'stock.adjusted']);
});

test('a query, which may hold a token, is not shown in lists', () => {
  expect(shortUrl('https://example.com/hook?token=abc')).toBe('example.com/hook');
  expect(shortUrl('http://127.0.0.1:9/')).toBe('127.0.0.1:9');
  expect(shortUrl('nonsense')).toBe('nonsense');
});
