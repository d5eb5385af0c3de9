// A look at an order without leaving the list.
import { money, quantity } from '../../../shared/format';
import { countryName } from '../../../shared/format/address';
import { useTranslation } from '../../../shared/i18n';
import { Bones, EnumTag, Trouble } from '../../../shared/ui';
import { useOrder, type OrderRow } from '../api';
import { Blockers } from '../detail/Blockers';
import { LineBar } from '../detail/LineBar';
import { customerName, orderTitle, PromiseTag } from '../words';

export function Peek({ row }: { row: OrderRow }) {
  const { t } = useTranslation();
  const { data: order, isPending, error, refetch } = useOrder(row.id);
  const currency = row.currency ?? 'USD';
  return (
    <div className="peek-order">
      <div className="col">
        <h2>{orderTitle(row)}</h2>
        <div className="row wrap tight">
          <EnumTag of="order_state" value={row.state} />
          <EnumTag of="payment_status" value={row.payment_status} />
          <EnumTag of="fulfillment_status" value={row.fulfillment_status} />
          <PromiseTag order={row} />
        </div>
      </div>
      <dl className="facts">
        <dt>{t('orders.column.customer')}</dt>
        <dd>{customerName(row)}</dd>
        <dt>{t('orders.address')}</dt>
        <dd>{[row.shipping_address?.line1, row.shipping_address?.city, countryName(row.shipping_address?.country)].filter(Boolean).join(', ') || t(`enum.delivery_type.${row.delivery?.type ?? 'ship'}`, { defaultValue: '' })}</dd>
        <dt>{t('orders.column.total')}</dt>
        <dd>{money(row.totals?.total, currency)}</dd>
        {Boolean(row.totals?.due) && (
          <>
            <dt>{t('orders.column.due')}</dt>
            <dd>{money(row.totals?.due, currency)}</dd>
          </>
        )}
      </dl>
      {isPending ? <Bones rows={3} /> : error ? <Trouble error={error} retry={() => void refetch()} /> : null}
      {order && (
        <>
          <Blockers id={order.id} shipBy={order.promise.ship_by} />
          <ul className="peek-lines">
            {order.lines.map((line) => (
              <li key={line.line}>
                <div className="row">
                  <span className="grow ellipsis">{line.name ?? line.sku}</span>
                  <span className="num">{t('orders.times', { n: quantity(line.quantity) })}</span>
                  <span className="num peek-money">{money(line.total, currency)}</span>
                </div>
                <LineBar line={line} />
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
