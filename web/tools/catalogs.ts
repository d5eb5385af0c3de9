// Message catalogs as one module per shell and language: `virtual:texts/office/zh-TW`. The office's holds what every screen needs:
// the shared texts, the frame's, and those that the rooms' `routes.tsx` name. A room's own come with its screens,
// `virtual:texts/room/orders/zh-TW`; `virtual:rooms` tells what a room's screens need and loads it.
//
// A catalog is a JSON file named after its language. Its place gives the first part of its keys and the shells that get it:
//   src/shared/i18n/LANG.json             at the root (`common.*`, `enum.*`, `error.*`); every shell
//   src/console/office/i18n/LANG.json     office.*   office
//   src/console/floor/i18n/LANG.json      floor.*    floor
//   src/portal/i18n/LANG.json             portal.*   portal
//   src/features/ROOM/i18n/LANG.json      ROOM.*     office
//   src/features/ROOM/floor/i18n/LANG.json ROOM.floor.*  floor
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Plugin } from 'vite';

export const languages = ['en', 'zh-CN', 'zh-TW'] as const;
export const shells = ['office', 'floor', 'portal'] as const;
export type Shell = (typeof shells)[number];

const src = join(import.meta.dirname, '../src');

/** The files of a shell: where each lies, and the path its keys stand under. */
export function sources(shell: Shell, language: string): { file: string; at: string[] }[] {
  const found = [{ file: join(src, 'shared/i18n', `${language}.json`), at: [] as string[] }];
  const own = shell === 'portal' ? 'portal' : `console/${shell}`;
  found.push({ file: join(src, own, 'i18n', `${language}.json`), at: [shell] });
  for (const room of readdirSync(join(src, 'features')).sort()) {
    if (shell === 'office') found.push({ file: join(src, 'features', room, 'i18n', `${language}.json`), at: [room] });
    if (shell === 'floor')
      found.push({ file: join(src, 'features', room, 'floor/i18n', `${language}.json`), at: [room, 'floor'] });
  }
  return found.filter(({ file }) => existsSync(file));
}

export function catalog(shell: Shell, language: string): Record<string, unknown> {
  const all: Record<string, unknown> = {};
  for (const { file, at } of sources(shell, language)) {
    let place = all;
    for (const part of at) place = (place[part] ??= {}) as Record<string, unknown>;
    const texts = JSON.parse(readFileSync(file, 'utf8')) as Record<string, any>;
    // Customers on slow phones get no words of the desk.
    const few = shell === 'portal' && at.length === 0;
    Object.assign(place, few ? { common: texts.common, enum: { tracking_status: texts.enum.tracking_status } } : texts);
  }
  return all;
}

// ---- The office, room by room ----

export const rooms = readdirSync(join(src, 'features')).sort();
const codeOf = (room: string) =>
  readdirSync(join(src, 'features', room), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.test)\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
const textsOf = (room: string, language: string): Record<string, unknown> => {
  const file = join(src, 'features', room, 'i18n', `${language}.json`);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
};
/** What stands in a catalog under `path`: a text, a branch, nothing. */
const at = (texts: unknown, path: string[]): unknown => path.reduce<unknown>((node, part) => (node as Record<string, unknown> | undefined)?.[part], texts);
/** The texts of other rooms that files name: `'orders.nav'`, `` `orders.unit.${unit}` ``. */
const named = (files: string[]) => files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/['"`]([a-z]+)\.([\w.-]+)/g)].map(([, room = '', path = '']) => ({ room, path: path.split('.').filter(Boolean) })));

/** What is there from the beginning. */
export function first(language: string): Record<string, unknown> {
  const all = catalog('office', language);
  for (const room of rooms) delete all[room];
  for (const room of rooms) {
    const texts = textsOf(room, language);
    for (const { room: of, path } of named([join(src, 'features', room, 'routes.tsx')])) {
      const text = of === room ? at(texts, path) : undefined;
      if (typeof text !== 'string') continue;
      let place = (all[room] ??= {}) as Record<string, unknown>;
      for (const part of path.slice(0, -1)) place = (place[part] ??= {}) as Record<string, unknown>;
      place[path.at(-1) as string] = text;
    }
  }
  return all;
}

const importsOf = (file: string) => [...readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(([, to = '']) => resolve(dirname(file), to));
/** What others get of a room: the files that its index.ts leads to. */
function lentBy(room: string): string[] {
  const files = codeOf(room);
  const found = new Set<string>();
  const walk = (path: string) => {
    const file = files.find((one) => one.replace(/\.tsx?$/, '') === path.replace(/\/index$/, '/index')) ?? files.find((one) => one.replace(/\/index\.tsx?$/, '') === path);
    if (!file || found.has(file)) return;
    found.add(file);
    for (const to of importsOf(file)) walk(to);
  };
  walk(join(src, 'features', room, 'index'));
  return [...found];
}

/** The rooms whose texts the screens of each need: its own, those it imports from, those it names; and what that part of these needs that it gets. `office`: what its help names. */
export function needs(): Record<string, string[]> {
  const roomsOf = (room: string, files: readonly string[]) => {
    const found = new Set([room]);
    for (const file of files)
      for (const to of importsOf(file)) {
        const [other] = to.slice(join(src, 'features/').length).split('/');
        if (other && rooms.includes(other) && to.startsWith(join(src, 'features/'))) found.add(other);
      }
    for (const { room: other, path } of named([...files])) if (rooms.includes(other) && at(textsOf(other, 'en'), path) !== undefined) found.add(other);
    return found;
  };
  const direct = new Map(rooms.map((room) => [room, roomsOf(room, codeOf(room))]));
  const lent = new Map(rooms.map((room) => [room, roomsOf(room, lentBy(room))]));
  const all = (room: string) => {
    const seen = new Set<string>();
    const walk = (other: string) => {
      if (seen.has(other)) return;
      seen.add(other);
      for (const next of (other === room ? direct : lent).get(other) ?? []) walk(next);
    };
    walk(room);
    return seen;
  };
  const office = readdirSync(join(src, 'console/office'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  const told = named(office).filter(({ room, path }) => rooms.includes(room) && at(textsOf(room, 'en'), path) !== undefined);
  return { ...Object.fromEntries(rooms.map((room) => [room, [...all(room)].sort()])), office: [...new Set(told.map(({ room }) => room))].sort() };
}

const roomsModule = () => `
export const needs = ${JSON.stringify(needs())};
export const load = {
${rooms.map((room) => `  ${room}: { ${languages.map((language) => `'${language}': () => import('virtual:texts/room/${room}/${language}')`).join(', ')} },`).join('\n')}
};`;

export function catalogs(): Plugin {
  const prefix = 'virtual:texts/';
  return {
    name: 'ordo-catalogs',
    resolveId: (id) => (id.startsWith(prefix) || id === 'virtual:rooms' ? `\0${id}` : undefined),
    load(id) {
      if (id === '\0virtual:rooms') return roomsModule();
      if (!id.startsWith(`\0${prefix}`)) return undefined;
      const [, room, of] = /^room\/(\w+)\/(.*)$/.exec(id.slice(prefix.length + 1)) ?? [];
      if (room && of) {
        this.addWatchFile(join(src, 'features', room, 'i18n', `${of}.json`));
        return `export default ${JSON.stringify({ [room]: textsOf(room, of) })}`;
      }
      const [shell, language] = id.slice(prefix.length + 1).split('/') as [Shell, string];
      for (const { file } of sources(shell, language)) this.addWatchFile(file);
      return `export default ${JSON.stringify(shell === 'office' ? first(language) : catalog(shell, language))}`;
    },
  };
}
