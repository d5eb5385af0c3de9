import { expect, test } from 'vitest';
import { Intents, unsettled } from './intent';

let at = 0;
function some() {
  let n = 0;
  at = 0;
  return new Intents(() => `key ${++n}`, () => at);
}

test('the same act, not answered, keeps its key; another content has another', () => {
  const all = some();
  expect(all.key('pay 5')).toBe('key 1');
  expect(all.key('pay 5')).toBe('key 1');
  expect(all.key('pay 6')).toBe('key 2');
  expect(all.key('pay 5')).toBe('key 1');
});
test('what was done or refused is over: the same again is meant again', () => {
  const all = some();
  all.key('pay 5');
  all.end('pay 5');
  expect(all.key('pay 5')).toBe('key 2');
});
test('a dialog that is left gives up what began in it, and nothing else', () => {
  const all = some();
  all.key('before');
  const leave = all.sitting();
  all.key('within');
  expect(all.key('before')).toBe('key 1');
  leave();
  expect(all.key('before')).toBe('key 1');
  expect(all.key('within')).toBe('key 3');
});
test('after half an hour the same is another intent', () => {
  const all = some();
  all.key('pay 5');
  at = 29 * 60_000;
  expect(all.key('pay 5')).toBe('key 1');
  at = 31 * 60_000;
  expect(all.key('pay 5')).toBe('key 2');
});
test('no answer, a proxy between and a first attempt under way leave it open; a refusal does not', () => {
  for (const status of [0, 408, 425, 429, 500, 502, 503, 504]) expect(unsettled(status)).toBe(true);
  for (const status of [200, 400, 401, 403, 404, 409, 412, 422]) expect(unsettled(status, 'wrong_state')).toBe(false);
  expect(unsettled(409, 'idempotency_in_progress')).toBe(true);
});
