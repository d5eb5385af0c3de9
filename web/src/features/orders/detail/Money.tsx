// The ledger of the order's money. What is open may be captured or let go, what was captured given back, each within its cap.
import { Button } from 'antd';
import { useMay } from '../../../shared/api/session';
import { Panel } from '../../../shared/desk/record';
import { dateTime, money } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { EnumTag } from '../../../shared/ui';
import type { Order, Payment } from '../api';
import type { Dialog } from './Dialogs';

/** Authorized, and neither captured nor voided; money that was captured at once was never open. */
export const openOf = (payment: Payment) => Math.max(0, payment.authorized && payment.authorized - payment.captured - payment.voided);
export const refundable = (payment: Payment) => payment.captured - payment.refunded;

export function Money({ order, ask }: { order: Order; ask: (dialog: Dialog) => void }) {
  const { t } = useTranslation();
  const may = useMay();
  const { totals, currency } = order;
  const rows: [string, number][] = [
    ['total', totals.total - totals.cancelled],
    ['authorized', totals.authorized],
    ['paid', totals.paid],
    ['refunded', totals.refunded],
  ];
  return (
    <Panel
      title={t('orders.money')}
      extra={
        order.next_actions.includes('pay') && may('payment.write') ? (
          <Button size="small" className="no-print" onClick={() => ask({ kind: 'pay' })}>
            {t('orders.act.pay')}
          </Button>
        ) : undefined
      }
    >
      <dl className="ledger">
        {rows
          .filter(([name, value]) => value !== 0 || name === 'total' || name === 'paid')
          .map(([name, value]) => (
            <div key={name}>
              <dt>{t(`orders.money_${name}`)}</dt>
              <dd className="num">{money(value, currency)}</dd>
            </div>
          ))}
        <div className="total">
          <dt>{t('orders.money_due')}</dt>
          <dd className="num">{money(totals.due, currency)}</dd>
        </div>
      </dl>
      <p className="muted small">{t('orders.money_terms', { terms: t(`enum.payment_terms.${order.payment_terms}`) })}</p>
      {order.payments.map((payment) => (
        <section key={payment.id} className="payment" aria-label={payment.provider}>
          <div className="row">
            <strong>{payment.provider}</strong>
            <EnumTag of="payment_state" value={payment.state} />
            <span className="grow" />
            <span className="num">{money(payment.captured || payment.authorized, currency)}</span>
          </div>
          {payment.reference && <div className="mono small muted ellipsis">{payment.reference}</div>}
          <ol className="entries">
            {payment.entries.map((entry) => (
              <li key={entry.n}>
                <span className="muted">{dateTime(entry.at)}</span>
                <span className="grow">
                  {t(`orders.entry.${entry.kind}`)}
                  {entry.reason && <span className="muted"> · {entry.reason}</span>}
                </span>
                <span className="num">{money(entry.kind === 'refund' || entry.kind === 'void' ? -entry.amount : entry.amount, currency)}</span>
              </li>
            ))}
          </ol>
          <div className="row no-print">
            {openOf(payment) > 0 && may('payment.write') && (
              <>
                <Button size="small" onClick={() => ask({ kind: 'capture', payment })}>
                  {t('orders.act.capture')}
                </Button>
                <Button size="small" onClick={() => ask({ kind: 'void', payment })}>
                  {t('orders.act.void')}
                </Button>
              </>
            )}
            {refundable(payment) > 0 && may('payment.refund') && (
              <Button size="small" onClick={() => ask({ kind: 'refund', payment })}>
                {t('orders.act.refund')}
              </Button>
            )}
          </div>
        </section>
      ))}
    </Panel>
  );
}
