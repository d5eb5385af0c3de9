// Three languages, equally complete, each in its own characters; and no text for people in code.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { catalog, first, languages, needs, rooms, shells } from '../tools/catalogs';

const src = join(import.meta.dirname, '../src');

function flat(node: unknown, at = ''): [string, string][] {
  if (typeof node === 'string') return [[at, node]];
  return Object.entries(node as object).flatMap(([key, value]) => flat(value, at ? `${at}.${key}` : key));
}

/** All characters of a two-byte encoding within its classic rows. */
function charset(encoding: string, rows: [number, number], cells: [number, number][]): Set<string> {
  const decoder = new TextDecoder(encoding);
  const all = new Set<string>();
  for (let row = rows[0]; row <= rows[1]; row++)
    for (const [from, to] of cells) for (let cell = from; cell <= to; cell++) for (const c of decoder.decode(new Uint8Array([row, cell]))) all.add(c);
  return all;
}
const simplified = charset('gbk', [0xa1, 0xf7], [[0xa1, 0xfe]]);
const traditional = charset('big5', [0xa1, 0xf9], [[0x40, 0x7e], [0xa1, 0xfe]]);
const han = /\p{Script=Han}/u;

describe.each(shells)('texts of %s', (shell) => {
  const all = Object.fromEntries(languages.map((language) => [language, new Map(flat(catalog(shell, language)))]));
  const english = all.en as Map<string, string>;

  test.each(languages)('%s has the keys of the others and nothing empty', (language) => {
    const own = all[language] as Map<string, string>;
    const plain = (key: string) => key.replace(/_(zero|one|two|few|many|other)$/, '');
    const keys = (map: Map<string, string>) => [...new Set([...map.keys()].map(plain))].sort();
    expect(keys(own)).toEqual(keys(english));
    for (const [key, text] of own) expect(text.trim(), key).not.toBe('');
  });

  test.each(languages)('%s fills the same blanks', (language) => {
    const blanks = (text: string) => [...new Set([...text.matchAll(/\{\{\s*(\w+)/g)].map((match) => match[1]))].sort().join(' ');
    for (const [key, text] of all[language] as Map<string, string>) {
      const other = english.get(key);
      if (other !== undefined) expect(blanks(text), key).toBe(blanks(other));
    }
  });

  test('zh-TW is written in traditional, zh-CN in simplified characters', () => {
    const wrong = (language: string, set: Set<string>) =>
      [...(all[language] as Map<string, string>)].flatMap(([key, text]) => [...text].filter((c) => han.test(c) && !set.has(c)).map((c) => `${key}: ${c}`));
    expect(wrong('zh-TW', traditional)).toEqual([]);
    expect(wrong('zh-CN', simplified)).toEqual([]);
  });
});

test('zh-TW has one word for who carries parcels: what the trade there says', () => {
  for (const shell of shells) for (const [key, text] of flat(catalog(shell, 'zh-TW'))) expect(text, key).not.toMatch(/承運商|物流商|貨運商/);
});

test('a hold has one word in each Chinese', () => {
  for (const shell of shells) for (const [key, text] of flat(catalog(shell, 'zh-CN'))) expect(text, key).not.toContain('挂起');
  const review = flat(JSON.parse(readFileSync(join(src, 'features/review/i18n/zh-TW.json'), 'utf8')));
  for (const [key, text] of review) expect(text, key).not.toContain('保留');
});

test('each setting is named in the words of the reader', () => {
  const keys = [...readFileSync(join(src, '../../src/core/settings/settings.h'), 'utf8').matchAll(/^ +X\(\w+, +"([a-z_.]+)"/gm)].map((match) => (match[1] as string).replaceAll('.', '_'));
  expect(keys.length).toBeGreaterThan(20);
  const { key: names, help } = JSON.parse(readFileSync(join(src, 'features/settings/i18n/en.json'), 'utf8')) as { key: Record<string, string>; help: Record<string, string> };
  expect(keys.filter((key) => !names[key] || !help[key])).toEqual([]);
});

test.each(languages)('the office begins in %s with what its navigation and palette say, and no more of the rooms', (language) => {
  const there = new Map(flat(first(language)));
  const said = new Set(rooms.flatMap((room) => [...readFileSync(join(src, 'features', room, 'routes.tsx'), 'utf8').matchAll(/label: '([\w.]+)'/g)].map(([, key = '']) => key)));
  expect(said.size).toBeGreaterThan(rooms.length);
  expect([...said].filter((key) => !there.has(key))).toEqual([]);
  const named = rooms.map((room) => readFileSync(join(src, 'features', room, 'routes.tsx'), 'utf8')).join();
  expect([...there.keys()].filter((key) => rooms.includes(key.split('.')[0] ?? '') && !named.includes(`'${key}'`))).toEqual([]);
});

test('a room has the texts of those whose parts it shows', () => {
  const all = needs();
  for (const room of rooms) expect(all[room]).toContain(room);
  expect(all.catalog).toContain('inventory');
  expect(all.orders).toContain('review');
});

test('texts of different languages are not copies', () => {
  const en = new Map(flat(catalog('office', 'en')));
  const same = flat(catalog('office', 'zh-TW')).filter(([key, text]) => text === en.get(key) && /[a-z]{4,}.* [a-z]{3,}/.test(text));
  expect(same).toEqual([]);
});

// ---- Code ----

const files = readdirSync(src, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.tsx$/.test(entry.name) && !/\.test\./.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name));
/** Names and signs that are the same in every language. */
const names = new Set(['Ordo', 'CSV', 'XLSX', 'PDF', 'JSON', 'SKU', 'GTIN', 'API', 'ID', 'QR', 'RFM', 'PIN', 'kg', 'g', 'h', 'min']);
const read = new Set(['aria-label', 'title', 'placeholder', 'alt', 'label', 'okText', 'cancelText']);
const wordy = (text: string) => /\p{L}{2,}/u.test(text) && !names.has(text.trim());

test('no text for people stands in TSX', () => {
  const found: string[] = [];
  for (const file of files) {
    const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
    const tell = (node: ts.Node, text: string) =>
      found.push(`${relative(src, file)}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1} ${text.trim()}`);
    const look = (node: ts.Node): void => {
      if (ts.isJsxText(node) && wordy(node.text)) tell(node, node.text);
      if (ts.isJsxAttribute(node) && read.has(node.name.getText()) && node.initializer && ts.isStringLiteral(node.initializer)) {
        // Keys of the catalogs are passed on as they are.
        if (wordy(node.initializer.text) && !/^[a-z_]+(\.[a-z0-9_]+)+$/i.test(node.initializer.text)) tell(node, node.initializer.text);
      }
      ts.forEachChild(node, look);
    };
    look(source);
  }
  expect(found).toEqual([]);
}, 60_000);

test('every key that code names is in the catalogs', () => {
  const keys = new Set(shells.flatMap((shell) => flat(catalog(shell, 'en')).map(([key]) => key.replace(/_(one|other)$/, ''))));
  const roots = new Set([...keys].map((key) => key.split('.')[0]));
  const missing: string[] = [];
  for (const file of [...files, ...readdirSync(src, { recursive: true, withFileTypes: true }).filter((entry) => /(?<!\.test)\.ts$/.test(entry.name)).map((entry) => join(entry.parentPath, entry.name))])
    for (const match of readFileSync(file, 'utf8').matchAll(/\bt\(\s*'([\w-]+(?:\.[\w-]+)+)'/g)) {
      const key = match[1] as string;
      if (roots.has(key.split('.')[0]) ? !keys.has(key) : true) missing.push(`${relative(src, file)} ${key}`);
    }
  expect([...new Set(missing)]).toEqual([]);
});

/** The first arguments of a call that begins at `from`, as written. */
function argumentsAt(text: string, from: number): string[] {
  const found = [''];
  for (let i = from, depth = 0; depth >= 0; i++) {
    const rest = /^"(?:[^"\\]|\\.)*"/.exec(text.slice(i, i + 500));
    const c = rest?.[0] ?? text.charAt(i);
    if (c === '(') depth++;
    if (c === ')') depth--;
    if (c === ',' && depth === 0) found.push('');
    else if (depth >= 0) found[found.length - 1] += c;
    i += c.length - 1;
  }
  return found.map((one) => one.trim());
}

test('every refusal of a field that the server knows has its text', () => {
  const server = join(import.meta.dirname, '../../src');
  const codes = new Set<string>();
  for (const file of readdirSync(server, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.c') && !name.endsWith('_test.c'))) {
    const text = readFileSync(join(server, file), 'utf8');
    for (const { index } of text.matchAll(/\bfault_add\(/g)) {
      const code = /^"([a-z_]+)"$/.exec(argumentsAt(text, index + 'fault_add('.length)[3] ?? '')?.[1];
      if (code) codes.add(code);
    }
  }
  expect(codes.size).toBeGreaterThan(50);
  const english = new Map(flat(catalog('office', 'en')));
  expect([...codes].filter((code) => !english.has(`error.${code}`))).toEqual([]);
});
