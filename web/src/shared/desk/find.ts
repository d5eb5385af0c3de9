// Finding and naming products; no components, so that routes may use it in the first load.
import { readPath } from '../api/client';
import { language } from '../i18n';

/** The text of a name by languages for the reader. */
export function nameIn(name: unknown, wanted: string = language()): string {
  if (typeof name === 'string') return name;
  if (!name || typeof name !== 'object') return '';
  const all = name as Record<string, string>;
  return all[wanted] || all[wanted.slice(0, 2)] || (wanted.startsWith('zh') ? all['zh-CN'] || all['zh-TW'] || all.zh : '') || all.en || Object.values(all)[0] || '';
}

export async function findProducts(text: string, signal?: AbortSignal): Promise<{ id: string; sku: string; name?: unknown }[]> {
  return (await readPath<{ data: { id: string; sku: string; name?: unknown }[] }>('/v1/products', { q: text, limit: 12 }, signal)).data;
}
