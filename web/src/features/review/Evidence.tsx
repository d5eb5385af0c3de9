// What somebody needs to decide: what the rule saw, the order, the customer, orders like it.
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Schemas } from '../../shared/api/client';
import { addressLines, Panel, Presence } from '../../shared/desk';
import { date, dateTime, duration, money, percent, quantity, relative } from '../../shared/format';
import { useTranslation } from '../../shared/i18n';
import { EnumTag, StatusTag } from '../../shared/ui';
import type { Context, Related } from './api';
import { useHoldReason } from './reason';

const moneyNames = new Set(['total', 'expected_total', 'amount', 'price', 'catalog_price', 'unit_price', 'given', 'paid']);
// The sentence above tells the lines.
const hiddenNames = new Set(['rule', 'currency', 'type', 'lines', 'link']);

function shown(name: string, value: unknown, currency: string): string {
  if (typeof value === 'number') return moneyNames.has(name) ? money(value, currency) : quantity(value);
  if (typeof value === 'string') return /^(ord|cus|prd|ful)_/.test(value) ? value : /^\d{4}-\d\d-\d\dT/.test(value) ? dateTime(value) : value;
  if (Array.isArray(value)) return value.map((one) => shown(name, one, currency)).join(', ');
  if (value && typeof value === 'object') return Object.values(value).map((one) => shown(name, one, currency)).join(', ');
  return String(value);
}

export function Evidence({ context, clock }: { context: Context; clock: ReactNode }) {
  const { t } = useTranslation();
  const reasonOf = useHoldReason();
  const { hold, order, customer, related } = context;
  const evidence = Object.entries(hold.evidence ?? {}).filter(([name, value]) => !hiddenNames.has(name) && value !== null && value !== '');
  const currency = String(hold.evidence?.currency ?? order.currency ?? 'USD');
  return (
    <div className="case-body">
      <div className="case-head">
        <h2>
          {t(`enum.hold_type.${hold.type}`, { defaultValue: hold.type })}
          <span className="muted">{t('review.on_order')}</span>
          <Link to={`/orders/${order.id}` as never}>{order.number}</Link>
        </h2>
        <div className="row wrap">
          {clock}
          <Presence key={order.id} order={order.id} />
          {hold.escalated_at && <StatusTag tone="bad">{t('review.escalated', { when: relative(hold.escalated_at) })}</StatusTag>}
          {hold.scope !== 'order' && <StatusTag tone="info">{hold.line ? t('review.scope_line', { n: hold.line }) : t('review.scope_work')}</StatusTag>}
        </div>
      </div>
      <section className="panel case-why">
        <p className="case-reason">{reasonOf(hold)}</p>
        <dl className="facts">
          {evidence.map(([name, value]) => (
            <div key={name} className="facts-row">
              <dt>{t(`review.evidence.${name}`, { defaultValue: name.replaceAll('_', ' ') })}</dt>
              <dd>{shown(name, value, currency)}</dd>
            </div>
          ))}
          <div className="facts-row">
            <dt>{t('review.owner')}</dt>
            <dd>
              {[hold.assigned_name, hold.owner_role && t(`enum.role.${hold.owner_role}`, { defaultValue: hold.owner_role })].filter(Boolean).join(' · ')}
            </dd>
          </div>
          <div className="facts-row">
            <dt>{t('review.since')}</dt>
            <dd>{dateTime(hold.created_at)}</dd>
          </div>
          {hold.expires_at && (
            <div className="facts-row">
              <dt>{t('review.expires')}</dt>
              <dd>{dateTime(hold.expires_at)}</dd>
            </div>
          )}
          {hold.note && (
            <div className="facts-row">
              <dt>{t('review.note')}</dt>
              <dd>{hold.note}</dd>
            </div>
          )}
        </dl>
      </section>
      <Others order={order} holdId={hold.id} />
      <div className="case-columns">
        <OrderPanel order={order} />
        <CustomerPanel order={order} customer={customer} />
      </div>
      <Similar related={related} />
    </div>
  );
}

/** Other holds of the same order: releasing this one alone would not be enough. */
function Others({ order, holdId }: { order: Schemas['Order']; holdId: string }) {
  const { t } = useTranslation();
  const others = ((order.holds ?? []) as { id?: string; state?: string; type?: string; reason?: string }[]).filter((one) => one.id !== holdId && one.state === 'active');
  if (!others.length) return null;
  return (
    <p className="case-others" role="note">
      {t('review.others', { count: others.length })}{' '}
      {others.map((one) => t(`enum.hold_type.${one.type}`, { defaultValue: one.type ?? '' })).join(', ')}
    </p>
  );
}

function OrderPanel({ order }: { order: Schemas['Order'] }) {
  const { t } = useTranslation();
  const currency = order.currency ?? 'USD';
  const totals = order.totals as { total?: number; paid?: number; authorized?: number; due?: number } | undefined;
  const lines = (order.lines ?? []) as { line?: number; sku?: string; name?: string; quantity?: number; total?: number }[];
  return (
    <Panel title={t('review.order')} extra={<EnumTag of="payment_status" value={order.payment_status} />}>
      <table className="plain case-lines">
        <thead>
          <tr>
            <th scope="col">{t('review.line')}</th>
            <th scope="col" className="num">
              {t('review.quantity')}
            </th>
            <th scope="col" className="num">
              {t('review.amount')}
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.line}>
              <td>
                {line.name}
                <div className="mono muted">{line.sku}</div>
              </td>
              <td className="num">{quantity(line.quantity)}</td>
              <td className="num">{money(line.total, currency)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <dl className="facts case-totals">
        <div className="facts-row">
          <dt>{t('review.total')}</dt>
          <dd>
            <strong>{money(totals?.total, currency)}</strong>
          </dd>
        </div>
        <div className="facts-row">
          <dt>{t('review.paid')}</dt>
          <dd>{money(totals?.paid, currency)}</dd>
        </div>
        {(totals?.authorized ?? 0) > 0 && (
          <div className="facts-row">
            <dt>{t('review.authorized')}</dt>
            <dd>{money(totals?.authorized, currency)}</dd>
          </div>
        )}
        <div className="facts-row">
          <dt>{t('review.placed')}</dt>
          <dd>
            {dateTime(order.placed_at ?? order.created_at)} · {order.channel}
          </dd>
        </div>
      </dl>
    </Panel>
  );
}

function CustomerPanel({ order, customer }: { order: Schemas['Order']; customer: Schemas['Customer'] | undefined }) {
  const { t } = useTranslation();
  const address = order.shipping_address as Record<string, string | undefined> | undefined;
  const guest = order.customer as { name?: string; email?: string; phone?: string } | undefined;
  const who = customer ?? guest;
  return (
    <Panel title={t('review.customer')} extra={customer?.blocked ? <StatusTag tone="bad">{t('review.blocked')}</StatusTag> : customer ? null : <StatusTag tone="quiet">{t('review.guest')}</StatusTag>}>
      <dl className="facts">
        {(who?.name ?? address?.name) && (
          <div className="facts-row">
            <dt>{t('common.name')}</dt>
            <dd>{customer ? <Link to={`/customers/${customer.id}` as never}>{customer.name}</Link> : (who?.name ?? address?.name)}</dd>
          </div>
        )}
        {who?.email && (
          <div className="facts-row">
            <dt>{t('review.email')}</dt>
            <dd>{who.email}</dd>
          </div>
        )}
        {who?.phone && (
          <div className="facts-row">
            <dt>{t('review.phone')}</dt>
            <dd>{who.phone}</dd>
          </div>
        )}
        {customer?.created_at && (
          <div className="facts-row">
            <dt>{t('review.known_since')}</dt>
            <dd>{date(customer.created_at)}</dd>
          </div>
        )}
        {address && (
          <div className="facts-row">
            <dt>{t('review.address')}</dt>
            <dd>
              {addressLines({ ...address, phone: '' }).map((part) => (
                <div key={part}>{part}</div>
              ))}
            </dd>
          </div>
        )}
        {order.notes && (
          <div className="facts-row">
            <dt>{t('review.notes')}</dt>
            <dd>{order.notes}</dd>
          </div>
        )}
      </dl>
    </Panel>
  );
}

function Similar({ related }: { related: Related[] }) {
  const { t } = useTranslation();
  return (
    <Panel title={t('review.similar')} flush>
      {related.length ? (
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">{t('review.order')}</th>
              <th scope="col">{t('review.why_similar')}</th>
              <th scope="col" className="num">
                {t('review.likeness')}
              </th>
              <th scope="col">{t('common.state')}</th>
              <th scope="col" className="num">
                {t('review.total')}
              </th>
              <th scope="col">{t('review.apart')}</th>
            </tr>
          </thead>
          <tbody>
            {related.map((one) => (
              <tr key={one.id}>
                <td>
                  <Link to={`/orders/${one.id}` as never}>{one.number ?? t('review.no_number')}</Link>
                </td>
                <td>
                  <span className="row wrap">
                    {one.duplicate && <StatusTag tone="bad">{t('review.duplicate')}</StatusTag>}
                    {one.same_customer && <span>{t('review.same_customer')}</span>}
                    {one.same_address && <span>{t('review.same_address')}</span>}
                  </span>
                </td>
                <td className="num">{Number(one.similarity ?? 0) > 0 ? percent(Number(one.similarity), 0) : ''}</td>
                <td>
                  <EnumTag of="order_state" value={one.state} />
                </td>
                <td className="num">{money(one.total, one.currency)}</td>
                <td>{duration((one.minutes_apart ?? 0) * 60_000)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <p className="case-none">{t('review.no_similar')}</p>
      )}
    </Panel>
  );
}
