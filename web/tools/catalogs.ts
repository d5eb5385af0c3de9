// Message catalogs as one module per shell and language: `virtual:texts/office/zh-TW`.
//
// A catalog is a JSON file named after its language. Its place gives the first part of its keys and the shells that get it:
//   src/shared/i18n/LANG.json             at the root (`common.*`, `enum.*`, `error.*`); every shell
//   src/console/office/i18n/LANG.json     office.*   office
//   src/console/floor/i18n/LANG.json      floor.*    floor
//   src/portal/i18n/LANG.json             portal.*   portal
//   src/features/ROOM/i18n/LANG.json      ROOM.*     office
//   src/features/ROOM/floor/i18n/LANG.json ROOM.floor.*  floor
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
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

export function catalogs(): Plugin {
  const prefix = 'virtual:texts/';
  return {
    name: 'ordo-catalogs',
    resolveId: (id) => (id.startsWith(prefix) ? `\0${id}` : undefined),
    load(id) {
      if (!id.startsWith(`\0${prefix}`)) return undefined;
      const [shell, language] = id.slice(prefix.length + 1).split('/') as [Shell, string];
      for (const { file } of sources(shell, language)) this.addWatchFile(file);
      return `export default ${JSON.stringify(catalog(shell, language))}`;
    },
  };
}
