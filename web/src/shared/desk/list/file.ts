// Which columns a file has, as the API's `columns` says it.
import type { Translate } from '../../i18n';

/** A title is text: what would end it is written otherwise. */
export const fileColumn = (file: string, title: string) => `${file}:${title.replaceAll(';', ',')}`;

/** The columns that are shown and have something that a file can hold; undefined where none has. Amounts bring their currency. */
export function fileColumns(columns: readonly { file?: string; title: string }[], t: Translate): string | undefined {
  const all = columns.flatMap(({ file, title }) => (file ? [fileColumn(file, t(title))] : []));
  const amounts = columns.some(({ file }) => file?.startsWith('totals.') || file === 'price');
  return all.length ? [...all, ...(amounts ? [fileColumn('currency', t('list.currency'))] : [])].join(';') : undefined;
}
