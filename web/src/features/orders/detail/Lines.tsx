import { Link } from '@tanstack/react-router';
import { Panel } from '../../../shared/desk/record';
import { moneyDigits, percent, priceDigits, quantity } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import type { Order } from '../api';
import { LineBar } from './LineBar';

export function Lines({ order }: { order: Order }) {
  const { t } = useTranslation();
  const { currency, totals } = order;
  const sums: [string, number][] = [
    ['subtotal', totals.subtotal],
    ['discount', -totals.discount],
    ['charges', totals.charges],
    [order.prices_include_tax ? 'tax_included' : 'tax', totals.tax],
  ];
  return (
    <Panel title={t('orders.lines')} flush extra={<span className="muted">{currency}</span>}>
      <table className="plain lines-table">
        <thead>
          <tr>
            <th>{t('orders.line.product')}</th>
            <th className="num">{t('orders.line.quantity')}</th>
            <th>{t('orders.line.where')}</th>
            <th className="num">{t('orders.line.price')}</th>
            <th className="num">{t('orders.line.total')}</th>
          </tr>
        </thead>
        <tbody>
          {order.lines.map((line) => (
            <tr key={line.line} className={line.parent_line ? 'child' : undefined}>
              <th scope="row">
                <div className="line-name">{line.name ?? line.sku}</div>
                <Link to={`/products/${encodeURIComponent(line.sku)}` as never} className="mono small">
                  {line.sku}
                </Link>
                {line.price_reason && <div className="small muted">{t('orders.line.price_reason', { reason: line.price_reason })}</div>}
              </th>
              <td className="num">
                {quantity(line.quantity)} <span className="muted small">{t(`orders.unit.${line.unit}`, { defaultValue: line.unit })}</span>
              </td>
              <td className="where">
                <LineBar line={line} />
              </td>
              <td className="num">
                {priceDigits(line.unit_price, currency)}
                {line.discount > 0 && <div className="small muted">{t('orders.line.discount', { amount: moneyDigits(line.discount, currency) })}</div>}
                {line.tax_rate && <div className="small muted">{t('orders.line.tax', { rate: percent(Number(line.tax_rate), 2) })}</div>}
              </td>
              <td className="num">{moneyDigits(line.total, currency)}</td>
            </tr>
          ))}
          {order.charges.map((charge, i) => (
            <tr key={`c${i}`}>
              <th scope="row" colSpan={4}>
                {t(`orders.charge.${charge.kind}`, { defaultValue: charge.kind })}
              </th>
              <td className="num">{moneyDigits(charge.total, currency)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <dl className="sums">
        {sums
          .filter(([name, value]) => value !== 0 || name === 'subtotal')
          .map(([name, value]) => (
            <div key={name}>
              <dt>{t(`orders.sum.${name}`)}</dt>
              <dd className="num">{moneyDigits(value, currency)}</dd>
            </div>
          ))}
        <div className="total">
          <dt>{t('orders.sum.total')}</dt>
          <dd className="num">{moneyDigits(totals.total, currency)}</dd>
        </div>
        {totals.cancelled !== 0 && (
          <>
            <div>
              <dt>{t('orders.sum.cancelled')}</dt>
              <dd className="num">{moneyDigits(-totals.cancelled, currency)}</dd>
            </div>
            <div className="total">
              <dt>{t('orders.sum.remaining')}</dt>
              <dd className="num">{moneyDigits(totals.total - totals.cancelled, currency)}</dd>
            </div>
          </>
        )}
      </dl>
    </Panel>
  );
}
