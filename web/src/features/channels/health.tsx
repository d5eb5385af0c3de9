// How channels are doing, by the orders that came from them.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { readPath } from '../../shared/api/client';
import { integer } from '../../shared/format';
import { useTranslation } from '../../shared/i18n';
import { isSilent, type Health } from './api';

const DAY_MS = 86_400_000;

export const useHealth = () =>
  useQuery({
    queryKey: ['channels', 'health'],
    refetchInterval: 60_000,
    queryFn: async ({ signal }) => {
      const { data } = await readPath<{ data: Health[] }>('/v1/channel_health', { limit: 200 }, signal);
      const since = new Date(Date.now() - DAY_MS).toISOString();
      return new Map(data.map((one) => [one.channel, { ...one, since }]));
    },
  });

/** Orders of the last 24 hours, and where they are. */
export function OrdersOfDay({ of: one }: { of: Health & { since: string } }) {
  const { t } = useTranslation();
  return (
    <Link to={'/orders' as never} search={{ channel: one.channel, 'created_at[gte]': one.since } as never} {...(isSilent(one) ? { style: { color: 'var(--warn)', fontWeight: 600 } } : {})} title={t('channels.health.before', { n: integer(one.orders_day_before) })}>
      {integer(one.orders_day)}
    </Link>
  );
}
