import { beforeEach, expect, test, vi } from 'vitest';
import { forgetTyped, keepTyped, readTyped, typedBy } from './typed';

/** As a browser's: what is kept are its own properties. */
const storage = () =>
  Object.create({
    getItem(this: Record<string, string>, key: string) {
      return this[key] ?? null;
    },
    setItem(this: Record<string, string>, key: string, text: string) {
      this[key] = text;
    },
    removeItem(this: Record<string, string>, key: string) {
      delete this[key];
    },
  });
beforeEach(() => {
  vi.stubGlobal('localStorage', storage());
  vi.stubGlobal('sessionStorage', storage());
});

test('what one typed is not read by the next', () => {
  typedBy('usr_a');
  keepTyped('desk', 'Li Wei', 'browser');
  typedBy('usr_b');
  expect(readTyped('desk', 'browser')).toBeUndefined();
  typedBy('usr_a');
  expect(readTyped('desk', 'browser')).toBe('Li Wei');
  expect(readTyped('desk')).toBeUndefined();
});
test('who signs out leaves nothing; what others typed stays theirs', () => {
  typedBy('usr_b');
  keepTyped('note', 'hers');
  typedBy('usr_a');
  keepTyped('desk', 'Li Wei', 'browser');
  keepTyped('note', 'his');
  forgetTyped();
  expect(JSON.stringify([localStorage, sessionStorage])).not.toMatch(/Li Wei|his/);
  typedBy('usr_b');
  expect(readTyped('note')).toBe('hers');
});
