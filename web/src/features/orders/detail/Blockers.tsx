// Why an order is not moving, what can be done first at the top.
import { dateTime, money, quantity, relative } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { usePart, type Blocker, type Blockers as Told } from '../api';
import { mergeBlockers } from '../reading';

export function useBlockers(id: string) {
  return usePart<Told>(id, 'blockers');
}

export function Blockers({ id }: { id: string }) {
  const { t } = useTranslation();
  const { data } = useBlockers(id);
  const all = mergeBlockers(data?.blockers ?? []);
  if (!all.length) return null;
  return (
    <section className={`blockers${all.some(({ late }) => late) ? ' late' : all.every(({ next_action }) => !next_action) ? ' calm' : ''}`} aria-label={t('orders.blockers')}>
      <h2>{t('orders.blockers')}</h2>
      <ol>
        {all.map((one, i) => (
          <li key={i} className={one.late ? 'late' : undefined}>
            <BlockerWords one={one} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function BlockerWords({ one }: { one: Blocker }) {
  const { t } = useTranslation();
  const words = t(`orders.blocker.${one.code}`, {
    defaultValue: one.code,
    type: one.type ? t(`enum.hold_type.${one.type}`, { defaultValue: one.type }) : '',
    sku: one.sku ?? '',
    n: quantity(one.quantity),
    amount: one.currency ? money(one.amount, one.currency) : '',
    location: one.location ?? '',
  });
  const who = one.assigned_name ?? (one.role ? t(`enum.role.${one.role}`, { defaultValue: one.role }) : undefined);
  return (
    <>
      <strong>{words}</strong>
      <span className="muted">
        {who && <span>{t('orders.blocker_who', { who })}</span>}
        {one.until ? <span className={one.late ? 'late-words' : undefined}>{t(one.late ? 'orders.blocker_late' : 'orders.blocker_until', { when: dateTime(one.until), ago: relative(one.until) })}</span> : one.since ? <span>{t('orders.blocker_since', { ago: relative(one.since) })}</span> : null}
      </span>
    </>
  );
}
