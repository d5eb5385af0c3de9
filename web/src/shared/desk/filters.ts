// Filters of a list as chips: what they are, and what they say. One filter may own several parameters of the API (a range has two).
import { day } from '../format';
import type { Translate } from '../i18n';
import type { Query } from '../views';

export interface Filter {
  id: string;
  label: string;
  kind: 'choice' | 'text' | 'number' | 'dates' | 'flag';
  /** Parameters of the API: one; for dates and number ranges [gte, lte]. */
  names: readonly string[];
  options?: readonly { value: string; label: string }[];
  /** Of a choice: one at a time, the server takes no list. */
  single?: boolean;
  /** What it begins with when added. */
  first?: string;
}

/** A filter of an enum of the domain: its words are `enum.<of>.<value>`. */
export function choice(id: string, label: string, of: string, values: readonly string[]): Filter {
  return { id, label, kind: 'choice', names: [id], options: values.map((value) => ({ value, label: `enum.${of}.${value}` })) };
}

export function filterText(filter: Filter, query: Query, t: Translate): string {
  const label = t(filter.label);
  const values = filter.names.map((name) => query[name]);
  const shown = (() => {
    switch (filter.kind) {
      case 'choice':
        return (values[0] ?? '')
          .split(',')
          .map((value) => {
            const option = filter.options?.find((one) => one.value === value);
            return option ? t(option.label) : value;
          })
          .join(', ');
      case 'dates':
        return `${values[0] ? day(values[0]) : '…'} – ${values[1] ? day(values[1]) : '…'}`;
      case 'number':
        return filter.names.length > 1 ? `${values[0] ?? '…'} – ${values[1] ?? '…'}` : (values[0] ?? '');
      case 'flag':
        return '';
      default:
        return values[0] ?? '';
    }
  })();
  return shown ? `${label}: ${shown}` : label;
}
