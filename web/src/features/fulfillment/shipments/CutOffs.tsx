// What still has to make today's cut-offs, the next one first.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { readPath } from '../../../shared/api/client';
import { duration, integer, time } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import type { Fulfillment } from '../api';
import { cutOffGroups } from '../due';
import { useNow } from '../words';

const LOOKED = 200;
const SHOWN = 6;
const SOON_MS = 3_600_000;
const here = 'open,picking,picked,packed';

export function CutOffs({ carriers }: { carriers: ReadonlyMap<string, string> }) {
  const { t } = useTranslation();
  const now = useNow();
  const found = useQuery({
    queryKey: ['fulfillments', 'cut offs'],
    queryFn: ({ signal }) => readPath<{ data: Fulfillment[] }>('/v1/fulfillments', { state: here, sort: 'ship_by', limit: LOOKED }, signal),
  });
  const groups = cutOffGroups(found.data?.data ?? [], now);
  if (found.isPending)
    return (
      <section className="cut-offs" aria-hidden="true">
        <h2>{t('fulfillment.cut_offs.title')}</h2>
        <ul>
          <li className="cut-off-card waiting" />
        </ul>
      </section>
    );
  if (!groups.length) return null;
  return (
    <section className="cut-offs" aria-label={t('fulfillment.cut_offs.title')}>
      <h2>{t('fulfillment.cut_offs.title')}</h2>
      <ul>
        {groups.slice(0, SHOWN).map((one) => (
          <li key={`${one.location} ${one.carrier} ${one.at}`}>
            <Link to={'/fulfillments' as never} search={{ state: here, location: one.location, ...(one.carrier ? { carrier: one.carrier } : {}) } as never} className={one.left < 0 ? 'cut-off-card over' : one.left < SOON_MS ? 'cut-off-card soon' : 'cut-off-card'}>
              <strong>{one.left < 0 ? t('fulfillment.cut_off.over', { at: time(one.at) }) : t('fulfillment.cut_off.in', { span: duration(one.left) })}</strong>
              <span className="ellipsis">{[one.location, carriers.get(one.carrier) ?? one.carrier].filter(Boolean).join(' · ')}</span>
              <small>{t('fulfillment.cut_offs.waiting', { count: one.waiting, packed: integer(one.packed) })}</small>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
