// Light, dark or high contrast; `system` follows the machine. Kept in the browser, told to the server by the office.
export const themes = ['system', 'light', 'dark', 'contrast'] as const;
export type Theme = (typeof themes)[number];
const KEPT = 'ordo.theme';

function keptTheme(): Theme {
  try {
    const found = localStorage.getItem(KEPT) as Theme | null;
    return found && themes.includes(found) ? found : 'system';
  } catch {
    return 'system';
  }
}

const dark = typeof matchMedia === 'undefined' ? undefined : matchMedia('(prefers-color-scheme: dark)');
const more = typeof matchMedia === 'undefined' ? undefined : matchMedia('(prefers-contrast: more)');

export function effective(theme: Theme): Exclude<Theme, 'system'> {
  if (theme !== 'system') return theme;
  return more?.matches ? 'contrast' : dark?.matches ? 'dark' : 'light';
}

const listeners = new Set<() => void>();
let chosen = keptTheme();

function paint() {
  document.documentElement.dataset.theme = effective(chosen);
  for (const fn of listeners) fn();
}

export function setTheme(theme: Theme) {
  chosen = theme;
  try {
    localStorage.setItem(KEPT, theme);
  } catch {
    // Private windows keep nothing.
  }
  paint();
}
export const getTheme = () => chosen;
export function onTheme(fn: () => void): () => void {
  listeners.add(fn);
  return () => listeners.delete(fn);
}
export function startTheme() {
  dark?.addEventListener('change', paint);
  more?.addEventListener('change', paint);
  paint();
}
