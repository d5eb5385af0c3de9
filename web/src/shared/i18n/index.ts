// Texts for people: three languages, loaded as one catalog per shell. Keys only; no text stands in code.
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';

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

export function firstLanguage(): Language {
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

type Load = (language: Language) => Promise<{ default: Record<string, unknown> }>;
let load: Load;

export async function startTexts(loader: Load, language = firstLanguage()): Promise<void> {
  load = loader;
  const texts = await load(language);
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    resources: { [language]: { translation: texts.default as Record<string, string> } },
    interpolation: { escapeValue: false },
    nsSeparator: false,
    returnNull: false,
    react: { useSuspense: false },
  });
  document.documentElement.lang = language;
}

/** `keep` false: for this time only, nobody chose it. */
export async function setLanguage(language: Language, keep = true): Promise<void> {
  if (!i18next.hasResourceBundle(language, 'translation')) {
    const texts = await load(language);
    i18next.addResourceBundle(language, 'translation', texts.default);
  }
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
  if (keep) safely(() => localStorage.setItem(KEPT, language));
}

export function language(): Language {
  return (nearest(i18next.language) ?? 'en') as Language;
}

/** A text by key, outside of components. Inside use `useTranslation`. */
export const t = i18next.t.bind(i18next);
export { useTranslation } from 'react-i18next';
