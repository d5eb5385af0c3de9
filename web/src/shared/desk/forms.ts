// Refusals of the server brought to the fields of an antd form.
import type { FormInstance } from 'antd';
import { asProblem, type ProblemEntry } from '../api/problem';
import { quantity } from '../format';
import { useTranslation } from '../i18n';

type Name = (string | number)[];

/** "/lines/0/sku" is the field ['lines', 0, 'sku']. */
export function fieldOf(pointer: string): Name {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

const within = (outer: Name, inner: Name) => outer.length <= inner.length && outer.every((part, i) => part === inner[i]);
const counts = new Set(['quantity', 'delta', 'counted', 'units', 'amount']);

/** The field on the screen that an entry is about: its own, or one of the record that it names (of a shortage the one with
 * the number); undefined where the form has none, so that it is told some other way. */
export function placeOf(pointer: string, code: string, fields: readonly Name[]): Name | undefined {
  const name = fieldOf(pointer);
  if (!name.length) return undefined;
  const leaves = fields.filter((one) => !fields.some((other) => other.length > one.length && within(one, other)));
  const inside = leaves.filter((one) => within(name, one));
  const exact = inside.find((one) => one.length === name.length);
  const number = code === 'insufficient_stock' || code === 'too_many' ? inside.find((one) => counts.has(String(one.at(-1)))) : undefined;
  // A list in one field takes what is said of its items.
  return exact ?? number ?? inside[0] ?? leaves.find((one) => within(one, name));
}

/** What an entry says, with the figures it brings. */
export function useEntryText(): (entry: ProblemEntry) => string {
  const { t } = useTranslation();
  return ({ code, detail, available, sku }) =>
    available !== undefined && available !== null ? t('error.only_available', { n: quantity(available), sku: sku ?? '' }) : t(`error.${code}`, { defaultValue: detail });
}

/** Puts each entry of `errors` on its field and the focus on the first; false when something of the problem belongs to no
 * field that is shown. */
export function useFieldErrors(form: FormInstance): (error: unknown) => boolean {
  const text = useEntryText();
  return (error) => {
    const { errors } = asProblem(error);
    const shown = form.getFieldsError().map(({ name }) => name as Name);
    const placed = errors.map((entry) => ({ entry, name: placeOf(entry.pointer ?? '', entry.code, shown) }));
    const marks = new Map<string, { name: Name; errors: string[] }>();
    for (const { entry, name } of placed) {
      if (!name) continue;
      const key = JSON.stringify(name);
      marks.set(key, { name, errors: [...(marks.get(key)?.errors ?? []), text(entry)] });
    }
    const fields = [...marks.values()];
    if (!fields.length) return false;
    form.setFields(fields);
    form.scrollToField((fields[0] as { name: Name }).name, { focus: true });
    return placed.every(({ name }) => name);
  };
}
