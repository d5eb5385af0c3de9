// Why an order is not moving, what can be done first at the top.
import { useMay } from '../../../shared/api/session';
import { dateTime, money, quantity, relative } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { useNames, usePart, type Blocker, type Blockers as Told } from '../api';
import { mergeBlockers } from '../reading';

/** What keeps an order; the rest is work that goes on. */
const held = new Set(['hold', 'waiting_for_customer', 'not_opened', 'unpaid', 'unallocated', 'backordered', 'waits_for_rest', 'location_work']);

export function useBlockers(id: string) {
  return usePart<Told>(id, 'blockers');
}

const isAhead = (at: string) => Date.parse(at) > Date.now();

/** When that was due. A place that is behind makes the order late only when the whole promise has passed. */
function Due({ one, shipBy }: { one: Blocker; shipBy: string | undefined }) {
  const { t } = useTranslation();
  if (!one.until) return one.since ? <span>{t('orders.blocker_since', { ago: relative(one.since) })}</span> : null;
  const ago = relative(one.until);
  if (!one.late) return <span>{t('orders.blocker_until', { when: dateTime(one.until) })}</span>;
  const behind = one.fulfillment && shipBy && isAhead(shipBy);
  return <span className="late-words">{behind ? t('orders.blocker_behind', { ago, when: dateTime(shipBy) }) : t('orders.blocker_late', { ago })}</span>;
}

export function Blockers({ id, shipBy }: { id: string; shipBy: string | undefined }) {
  const { t } = useTranslation();
  const { data } = useBlockers(id);
  const all = mergeBlockers(data?.blockers ?? []);
  if (!all.length) return null;
  return (
    <section className={`blockers${all.some(({ late }) => late) ? ' late' : all.every(({ code }) => !held.has(code)) ? ' calm' : ''}`} aria-label={t('orders.blockers')}>
      <h2>{t('orders.blockers')}</h2>
      <ol>
        {all.map((one, i) => (
          <li key={i} className={one.late ? 'late' : undefined}>
            <BlockerWords one={one} shipBy={shipBy} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function BlockerWords({ one, shipBy }: { one: Blocker; shipBy: string | undefined }) {
  const { t } = useTranslation();
  const may = useMay();
  const place = useNames('locations', may('master.read'));
  const words = t(`orders.blocker.${one.code}`, {
    defaultValue: one.code,
    type: one.type ? t(`enum.hold_type.${one.type}`, { defaultValue: one.type }) : '',
    sku: one.sku ?? '',
    n: quantity(one.quantity),
    amount: one.currency ? money(one.amount, one.currency) : '',
    location: place(one.location),
  });
  const who = one.assigned_name ?? (one.role ? t(`enum.role.${one.role}`, { defaultValue: one.role }) : undefined);
  return (
    <>
      <strong>{words}</strong>
      <span className="muted">
        {who && <span>{t('orders.blocker_who', { who })}</span>}
        <Due one={one} shipBy={shipBy} />
      </span>
    </>
  );
}
