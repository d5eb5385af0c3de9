// Variants: what options come to, as products of their own. Pure.
import type { Product } from './api';

export interface Option {
  name: string;
  values: string[];
}
interface Variant {
  sku: string;
  options: Record<string, string>;
}

export const VARIANTS_MAX = 100;

/** Part of a SKU: what people type into fields, without what a code should not have. */
const coded = (value: string) =>
  value
    .trim()
    .toUpperCase()
    .replace(/[\s/,;]+/g, '-');

/** Every combination, in the order in which options and values stand. */
export function combine(parent: string, options: readonly Option[]): Variant[] {
  const used = options.map(({ name, values }) => ({ name: name?.trim() ?? '', values: [...new Set((values ?? []).map((one) => one.trim()).filter(Boolean))] })).filter(({ name, values }) => name && values.length);
  if (!used.length) return [];
  let all: Variant[] = [{ sku: parent, options: {} }];
  for (const { name, values } of used)
    all = all.flatMap((variant) => values.map((value) => ({ sku: `${variant.sku}-${coded(value)}`, options: { ...variant.options, [name]: value } })));
  return all;
}

const text = (options: Record<string, unknown> | null | undefined) => Object.values(options ?? {}).join(' / ');
export const optionText = text;

/** Options of the children there are, to go on from: {size: [S, M]}. */
export function optionsOf(children: readonly Pick<Product, 'options'>[]): Option[] {
  const found = new Map<string, Set<string>>();
  for (const child of children)
    for (const [name, value] of Object.entries(child.options ?? {})) {
      if (!found.has(name)) found.set(name, new Set());
      found.get(name)?.add(String(value));
    }
  return [...found].map(([name, values]) => ({ name, values: [...values] }));
}

const inherited = ['kind', 'unit', 'price', 'currency', 'tax_category', 'weight_g', 'length_mm', 'width_mm', 'height_mm', 'country_of_origin', 'hs_code', 'active'] as const;

/** A new product for each variant: as the parent, with the options in its names. */
export function productsOf(parent: Product, variants: readonly Variant[]): Record<string, unknown>[] {
  const shared = Object.fromEntries(inherited.flatMap((name) => (parent[name] === undefined || parent[name] === null ? [] : [[name, parent[name]]])));
  return variants.map(({ sku, options }) => ({
    ...shared,
    sku,
    parent_sku: parent.sku,
    options,
    name: Object.fromEntries(Object.entries(parent.name ?? {}).map(([language, name]) => [language, `${name} · ${text(options)}`])),
  }));
}
