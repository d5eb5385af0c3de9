// The words of the audit log, held against every topic the server can write.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { catalog, languages } from '../tools/catalogs';
import { translator, type Catalog } from '../src/shared/i18n/translate';
import { topics } from '../src/features/events/topics';
import { fieldWord, topicWord, valueWord } from '../src/features/events/words';

const say = Object.fromEntries(languages.map((language) => [language, translator(catalog('office', language) as Catalog, language)])) as Record<(typeof languages)[number], ReturnType<typeof translator>>;

const server = join(import.meta.dirname, '../../src');
const sources = ['core', 'domain', 'edge']
  .flatMap((stratum) => readdirSync(join(server, stratum), { recursive: true, withFileTypes: true }))
  // What is written like a topic there is no topic: columns of files, permissions, reasons of a public page.
  .filter(({ name }) => name.endsWith('.c') && !/_test\.c$|^(upload_fields|upload_rec|role|tracking_view|api_scope|order_check)\.c$/.test(name))
  .map((file) => readFileSync(join(file.parentPath, file.name), 'utf8'));

/** Names of acts look like topics and are none. */
const acts = /(?:_ACT|_CREATE|_UPDATE)\(\s*"[\w.]+"|\.name = "[\w.]+"|act = \{\s*"[\w.]+"|"[\w.]+",\s*(?:TAG_FACTS|sizeof)/g;

/** A field of a search, a refusal's place, a setting, an act that a macro makes. */
const others = new Set(['customer.email', 'job.lane', 'order.fill', 'session.hours', 'webhook.deliver', 'webhook.test']);

/** Every topic that stands in the server's sources. */
function written(): string[] {
  const nouns = new Set(topics.map((topic) => topic.split('.')[0]));
  for (const text of sources) for (const [, noun] of text.matchAll(/\.subject_kind = "(\w+)"/g)) nouns.add(noun);
  const found = new Set<string>();
  for (const text of sources) {
    for (const [, noun] of text.matchAll(/MASTER_CREATE\("(\w+)\.create"/g)) found.add(`${noun}.created`);
    for (const [, noun] of text.matchAll(/MASTER_UPDATE\("(\w+)\.update"/g)) found.add(`${noun}.updated`);
    for (const [, noun] of text.matchAll(/MASTER_ACT\("(\w+)\.delete"/g)) found.add(`${noun}.deleted`);
    for (const [, topic = '', noun] of text.replace(acts, '').matchAll(/"((\w+)\.[a-z_]+)"/g)) if (nouns.has(noun) && !/\.(month|h)$/.test(topic) && !others.has(topic)) found.add(topic);
  }
  return [...found].sort();
}

test('the list of topics is that of the server', () => {
  const there = written();
  expect(there.filter((topic) => !(topics as readonly string[]).includes(topic))).toEqual([]);
  expect(topics.filter((topic) => !there.includes(topic))).toEqual([]);
});

test('every topic and its family have words in every language; one that is not known keeps its code', () => {
  for (const language of languages)
    for (const topic of topics) {
      expect(topicWord(say[language], topic), `${language} ${topic}`).not.toBe(topic);
      const family = `events.family.${topic.split('.')[0]}`;
      expect(say[language](family), `${language} ${family}`).not.toBe(family);
    }
  expect(topicWord(say.en, 'robot.waved')).toBe('robot.waved');
});

test('a field is told by its path in words', () => {
  expect(fieldWord(say.en, '/fulfillments/0/lines/1/shipped')).toBe('Fulfillment 1 › Line 2 › Shipped');
  expect(fieldWord(say['zh-TW'], '/login')).toBe('登入名稱');
  expect(fieldWord(say.en, '/metadata/shoe')).toBe('Data of your own › shoe');
});

test('values are words where they are codes of the domain', () => {
  expect(valueWord(say.en, 'shipped', { kind: 'order', pointer: '/fulfillments/0/state' })).toBe('Shipped');
  expect(valueWord(say['zh-TW'], 'expired', { kind: 'order', pointer: '/state' })).toBe('已失效');
  expect(valueWord(say.en, ['warehouse'], { kind: 'user', pointer: '/roles' })).toBe('Warehouse');
  expect(valueWord(say.en, 'store', { kind: 'location', pointer: '/kind' })).toBe('Store');
  expect(valueWord(say.en, false, { pointer: '/disabled' })).toBe('No');
  expect(valueWord(say.en, null, { pointer: '/gtin' })).toBe('—');
  expect(valueWord(say.en, { city: 'Newark', days: 2 }, { pointer: '/address' })).toBe('Town: Newark; Days: 2');
});

test('sums have their currency, units have none', () => {
  expect(valueWord(say.en, 18010, { kind: 'order', pointer: '/totals/cancelled', currency: 'USD' })).toContain('180.10');
  expect(valueWord(say.en, 2, { kind: 'order', pointer: '/lines/0/counters/cancelled', currency: 'USD' })).toBe('2');
});
