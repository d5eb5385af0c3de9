// What somebody has typed and not sent yet, kept in this browser over a reload: theirs alone, and gone when they sign out.
const PREFIX = 'ordo.typed.';
let who = '';

/** Whose typing this is from now on. */
export function typedBy(user: string | undefined) {
  who = user ?? '';
}

type Span = 'tab' | 'browser';
const of = (span: Span): Storage => (span === 'tab' ? sessionStorage : localStorage);
const keyOf = (name: string) => `${PREFIX}${who}.${name}`;

export function readTyped(name: string, span: Span = 'tab'): string | undefined {
  try {
    return of(span).getItem(keyOf(name)) ?? undefined;
  } catch {
    return undefined;
  }
}

export function keepTyped(name: string, text: string | undefined, span: Span = 'tab') {
  try {
    if (text !== undefined) of(span).setItem(keyOf(name), text);
    else of(span).removeItem(keyOf(name));
  } catch {
    // Then it is not kept over a reload.
  }
}

/** Forgets all that they typed. */
export function forgetTyped() {
  for (const span of ['tab', 'browser'] as const)
    try {
      for (const key of Object.keys(of(span))) if (key.startsWith(keyOf(''))) of(span).removeItem(key);
    } catch {
      // Nothing was kept then.
    }
}
