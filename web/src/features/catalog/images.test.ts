import { expect, test } from 'vitest';
import { imageFault, isOurs } from './images';

test('addresses are those that the server takes', () => {
  for (const good of ['https://example.com/a.jpg', '/media/a.png']) expect(imageFault(good)).toBeUndefined();
  for (const bad of ['', 'http://example.com/a.jpg', '//example.com/a.jpg', 'javascript:alert(1)', 'https://', 'https://a/b c', '/a"b']) expect(imageFault(bad)).toBe('format');
  expect(imageFault(`https://a/${'x'.repeat(1000)}`)).toBe('length');
  expect(isOurs('//example.com')).toBe(false);
});
