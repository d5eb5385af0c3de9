// What an event, a field and a value are called by people. What has no word keeps its code: a server may be newer than its console.
import { dateTimeFull, money } from '../../shared/format';
import type { Translate } from '../../shared/i18n';

/** "Order placed" of `order.placed`. Those of an order's timeline stand with the orders. */
export function topicWord(t: Translate, topic: string): string {
  return t(`orders.event.${topic.replace('.', '_')}`, { defaultValue: t(`events.topic.${topic}`, { defaultValue: topic }) });
}

const word = (t: Translate, name: string) => t(`events.field.${name}`, { defaultValue: name });

/** "Fulfillment 1 › Line 2 › Shipped" of `/fulfillments/0/lines/1/shipped`. */
export function fieldWord(t: Translate, pointer: string): string {
  const parts: string[] = [];
  for (const part of pointer.split('/').filter(Boolean)) {
    const last = parts.length - 1;
    if (/^\d+$/.test(part) && last >= 0) parts[last] += ` ${Number(part) + 1}`;
    else parts.push(word(t, part));
  }
  return parts.join(' › ');
}

interface About {
  /** Kind of the record the value is of. */
  kind?: string;
  /** Path or name of the field. */
  pointer: string;
  currency?: string | undefined;
}

const single = (name: string) => name.replace(/s$/, '');
const ownSums = new Set(['amount', 'total', 'subtotal', 'price', 'list_price', 'freight', 'shipping_fee']);
/** Names of sums among those of an order or a payment; elsewhere counters of units have them. */
const sums = new Set([...ownSums, 'discount', 'tax', 'charges', 'paid', 'due', 'refunded', 'captured', 'authorized', 'voided', 'cancelled']);
const sumsOf = new Set(['totals', 'payments', 'payment']);

/** Words of the domain for a code: the field's own enum, or that of the record it belongs to. */
function codeWord(t: Translate, { kind = '', pointer }: About, value: string): string | undefined {
  const path = pointer.split('/').filter((part) => part && !/^\d+$/.test(part));
  const name = path.at(-1) ?? '';
  const of = single(path.at(-2) ?? kind);
  const places = [name, `${of}_${name}`, ...(name === 'type' ? ['hold_type'] : []), ...(/role/.test(name) ? ['role'] : [])];
  for (const place of places) {
    const found = t(`enum.${place}.${value}`, { defaultValue: '' });
    if (found) return found;
  }
  return undefined;
}

/** Sums of money are whole minor units; where one knows of which currency they are shown as money. */
export function isSum(pointer: string): boolean {
  const path = pointer.split('/').filter(Boolean);
  const name = path.at(-1) ?? '';
  return ownSums.has(name) || (sums.has(name) && path.some((part) => sumsOf.has(part)));
}

/** Whether anything of it is a sum: then its currency is worth a question. */
export function hasSums(value: unknown, pointer = ''): boolean {
  if (typeof value === 'number') return isSum(pointer);
  if (Array.isArray(value)) return value.some((one) => hasSums(one, pointer));
  return !!value && typeof value === 'object' && Object.entries(value).some(([name, one]) => hasSums(one, `${pointer}/${name}`));
}

export function valueWord(t: Translate, value: unknown, about: About): string {
  if (value === undefined || value === null || value === '') return '—';
  if (typeof value === 'boolean') return t(value ? 'common.yes' : 'common.no');
  if (typeof value === 'number') return about.currency && isSum(about.pointer) ? money(value, about.currency) : String(value);
  if (Array.isArray(value)) return value.length ? value.map((one: unknown) => valueWord(t, one, about)).join(', ') : '—';
  if (typeof value === 'object')
    return Object.entries(value)
      .map(([name, one]) => `${word(t, name)}: ${valueWord(t, one, { ...about, pointer: `${about.pointer}/${name}` })}`)
      .join('; ');
  const text = String(value);
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text)) return dateTimeFull(text);
  return (/^[a-z0-9_]+$/.test(text) ? codeWord(t, about, text) : undefined) ?? text;
}
