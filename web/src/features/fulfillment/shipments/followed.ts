import { useQuery } from '@tanstack/react-query';
import { readPath } from '../../../shared/api/client';
import { duration } from '../../../shared/format';
import type { Translate } from '../../../shared/i18n';

/** What was promised of a delivery first, when it is expected now, and why that moved. */
export interface Followed {
  fulfillment_id: string;
  order_id: string;
  promised?: string;
  deliver_by?: string;
  time_zone?: string;
  changes?: { at?: string; from?: string; to?: string; reason?: string }[];
}

const AT_ONCE = 100;

/** Of all that are shown, in one question. */
export const useFollowed = (ids: readonly string[]) =>
  useQuery({
    queryKey: ['orders', 'followed', ids],
    enabled: ids.length > 0,
    staleTime: 30_000,
    queryFn: async ({ signal }): Promise<ReadonlyMap<string, Followed>> => {
      const found = new Map<string, Followed>();
      for (let from = 0; from < ids.length; from += AT_ONCE) {
        const page = await readPath<{ data?: Followed[] }>('/v1/delivery_promises', { fulfillments: ids.slice(from, from + AT_ONCE).join(',') }, signal);
        for (const one of page.data ?? []) found.set(one.fulfillment_id, one);
      }
      return found;
    },
  });

/** Why it comes later than promised: what moved the promise, else who took too long of what is late now. */
export function cause(t: Translate, late: { ship_by?: string | undefined; shipped_at?: string | undefined } | undefined, reason: string | undefined): string {
  const over = Date.parse(late?.shipped_at ?? '') - Date.parse(late?.ship_by ?? '');
  if (late && over > 0) return t('fulfillment.slip_left_late', { span: duration(over) });
  if (late && (over <= 0 || !reason)) return t('fulfillment.slip_carrier');
  return t(`fulfillment.slip.${reason ?? 'other'}`, { defaultValue: t('fulfillment.slip.other') });
}
