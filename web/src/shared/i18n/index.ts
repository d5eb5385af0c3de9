// Texts for people: three languages, loaded as one catalog per shell. Keys only; no text stands in code.
import { useSyncExternalStore } from 'react';
import { join, translator, type Catalog, type Translate } from './translate';

export type { Translate } from './translate';

export const languages = ['en', 'zh-CN', 'zh-TW'] as const;
export type Language = (typeof languages)[number];
export const languageNames: Record<Language, string> = { en: 'English', 'zh-CN': '简体中文', 'zh-TW': '繁體中文' };

const KEPT = 'ordo.language';

/** The nearest of ours to a BCP 47 tag: zh-Hant, zh-HK and zh-MO read zh-TW. */
export function nearest(tag: string | null | undefined): Language | undefined {
  if (!tag) return undefined;
  const low = tag.toLowerCase();
  if (low.startsWith('zh')) return /hant|tw|hk|mo/.test(low) ? 'zh-TW' : 'zh-CN';
  return low.startsWith('en') ? 'en' : undefined;
}

function firstLanguage(): Language {
  const kept = nearest(safely(() => localStorage.getItem(KEPT)));
  if (kept) return kept;
  for (const tag of navigator.languages ?? []) {
    const found = nearest(tag);
    if (found) return found;
  }
  return 'en';
}

function safely<T>(fn: () => T): T | undefined {
  try {
    return fn();
  } catch {
    return undefined;
  }
}

/** What is spoken now. One object for as long as the language stays: `t` may stand among what a memo depends on. */
interface Spoken {
  t: Translate;
  i18n: { language: string };
}
const speak = (language: string, catalog: Catalog): Spoken => ({ t: translator(catalog, language), i18n: { language } });

/** Loads a part of the texts: the shell's own, or those of a room. */
type Load = (language: Language, part: string) => Promise<{ default: Catalog }>;
let load: Load;
const SHELL = '';
/** The parts that are needed, in whatever language. */
const parts = new Set([SHELL]);
const catalogs = new Map<Language, { texts: Catalog; has: Set<string> }>();
let spoken = speak('', {});
const heard = new Set<() => void>();

/** All that is needed in this language; also what came to be needed while it was loaded. */
async function complete(language: Language): Promise<Catalog> {
  let own = catalogs.get(language);
  if (!own) catalogs.set(language, (own = { texts: {}, has: new Set() }));
  const { texts, has } = own;
  for (let missing = [...parts]; (missing = missing.filter((part) => !has.has(part))).length; missing = [...parts]) {
    const found = await Promise.all(missing.map((part) => load(language, part)));
    for (const [i, part] of missing.entries()) {
      join(texts, structuredClone((found[i] as { default: Catalog }).default));
      has.add(part);
    }
  }
  return texts;
}

/** Has these parts of the texts there, now and in any language that is chosen later. */
export async function needTexts(names: readonly string[]): Promise<void> {
  for (const name of names) parts.add(name);
  let of: Language;
  do await complete((of = language()));
  while (of !== language());
}

async function change(language: Language): Promise<void> {
  spoken = speak(language, await complete(language));
  document.documentElement.lang = language;
  for (const tell of heard) tell();
}

/** The shell's own texts in a language that is not spoken now. */
export async function textsIn(language: Language): Promise<Translate> {
  return translator((await load(language, SHELL)).default, language);
}

export async function startTexts(loader: Load, language = firstLanguage()): Promise<void> {
  load = loader;
  spoken = speak(language, {});
  await change(language);
}

/** `keep` false: for this time only, nobody chose it. */
export async function setLanguage(language: Language, keep = true): Promise<void> {
  await change(language);
  if (keep) safely(() => localStorage.setItem(KEPT, language));
}

export function language(): Language {
  return nearest(spoken.i18n.language) ?? 'en';
}

/** A text by key, outside of components. Inside use `useTranslation`. */
export const t: Translate = (key, blanks) => spoken.t(key, blanks);

const listen = (tell: () => void) => {
  heard.add(tell);
  return () => heard.delete(tell);
};

/** The texts in the language of now; the component is drawn anew when it changes. */
export const useTranslation = (): Spoken => useSyncExternalStore(listen, () => spoken);
