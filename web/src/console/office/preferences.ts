// What the user chose on another machine comes along: theme, language, keys. What was chosen here stays until the server says
// something new.
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { patchPath, readPath } from '../../shared/api/client';
import { languages, setLanguage, type Language } from '../../shared/i18n';
import { setKeysOn } from '../../shared/keys';
import { setTheme, themes, type Theme } from '../../shared/ui';

interface Preferences {
  language?: string;
  theme?: string;
  shortcuts?: boolean;
}
const TOLD = 'ordo.told';
/** What the server is silent about, or says of somebody who never chose. */
const unsaid: Required<Pick<Preferences, 'theme' | 'language'>> = { theme: 'system', language: '' };

/** What was chosen on this page: an answer of the server that was under way does not take it back. */
const here: Partial<typeof unsaid> = {};

function told(): typeof unsaid {
  try {
    return { ...unsaid, ...(JSON.parse(localStorage.getItem(TOLD) ?? '{}') as object) };
  } catch {
    return unsaid;
  }
}
function tell(now: typeof unsaid) {
  try {
    localStorage.setItem(TOLD, JSON.stringify(now));
  } catch {
    // Private windows keep nothing.
  }
}

export function usePreferences(user: string | undefined) {
  const { data } = useQuery({
    queryKey: ['preferences'],
    enabled: user !== undefined,
    staleTime: 60_000,
    queryFn: () => readPath<Preferences>('/v1/session/preferences', {}),
  });
  useEffect(() => {
    if (!data) return;
    setKeysOn(data.shortcuts ?? true);
    const before = told();
    const now = { theme: data.theme ?? unsaid.theme, language: data.language ?? unsaid.language, ...here };
    if (now.theme !== before.theme && themes.includes(now.theme as Theme)) setTheme(now.theme as Theme);
    if (now.language !== before.language && languages.includes(now.language as Language)) void setLanguage(now.language as Language);
    tell(now);
  }, [data]);
}

/** Chosen in the frame's menu: kept here at once, and with the user when the server can be reached. */
export function choose(change: { theme?: Theme; language?: Language }) {
  if (change.theme) setTheme(change.theme);
  if (change.language) void setLanguage(change.language);
  Object.assign(here, change);
  tell({ ...told(), ...change });
  void patchPath('/v1/session/preferences', change).catch(() => undefined);
}
