// A text of a catalog by its key, with its blanks filled: `{{name}}` in the text, plural forms as `key_one`, `key_other`.

/** What a text asks for. `count` chooses the form too; `defaultValue` stands where the catalog has no such key. */
interface Blanks {
  count?: number | undefined;
  defaultValue?: string | undefined;
  [blank: string]: unknown;
}
export type Translate = (key: string, blanks?: Blanks) => string;
export interface Catalog {
  [key: string]: string | Catalog;
}

function find(catalog: Catalog, key: string): string | undefined {
  let node: Catalog | string | undefined = catalog;
  for (const part of key.split('.')) {
    if (typeof node !== 'object' || !Object.hasOwn(node, part)) return undefined;
    node = node[part];
  }
  return typeof node === 'string' ? node : undefined;
}

const fill = (text: string, blanks: Blanks) => text.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => String(blanks[name] ?? ''));

/** Reads this catalog. Without text and default the key itself is shown: tests look for it. */
export function translator(catalog: Catalog, language: string): Translate {
  let rules: Intl.PluralRules | undefined;
  const form = (key: string, count: number) => find(catalog, `${key}_${(rules ??= new Intl.PluralRules(language)).select(count)}`);
  return (key, blanks) => {
    const text = (typeof blanks?.count === 'number' ? form(key, blanks.count) : undefined) ?? find(catalog, key) ?? blanks?.defaultValue ?? key;
    return blanks ? fill(text, blanks) : text;
  };
}

/** Puts what `more` has into `catalog`, branch by branch. */
export function join(catalog: Catalog, more: Catalog): Catalog {
  for (const [key, value] of Object.entries(more)) {
    const old = catalog[key];
    if (typeof value === 'object' && typeof old === 'object') join(old, value);
    else catalog[key] = value;
  }
  return catalog;
}
