// What a change of an order comes to, for people.
import { Alert } from 'antd';
import { dateTime, money, quantity } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import type { ChangePreview } from './changing';

/** What it would do: money, lines, stock, promise, holds; or why it cannot be done. */
export function Preview({ preview, currency }: { preview: ChangePreview; currency: string }) {
  const { t } = useTranslation();
  const m = preview.money;
  const sum = (of: { total: number; cancelled: number }) => money(of.total - of.cancelled, currency);
  const was = preview.promise_before?.deliver_by ?? preview.promise_before?.ship_by;
  const now = preview.promise_after?.deliver_by ?? preview.promise_after?.ship_by;
  return (
    <div className="change-preview">
      {preview.refusals?.map((one) => (
        <Alert key={one.pointer + one.code} type="error" title={`${t(`error.${one.code}`, { defaultValue: one.detail })}${one.sku ? ` (${one.sku}: ${quantity(one.available ?? 0)} / ${quantity(one.asked ?? 0)})` : ''}`} />
      ))}
      <p>
        {sum(m.before)} → <strong>{sum(m.after)}</strong>
      </p>
      <ul className="dialog-list">
        {m.difference !== 0 && <li>{t('orders.change.difference', { amount: money(m.difference, currency) })}</li>}
        {m.collect > 0 && <li>{t('orders.change.collect', { amount: money(m.collect, currency) })}</li>}
        {m.give_back > 0 && <li>{t('orders.change.give_back', { amount: money(m.give_back, currency) })}</li>}
        {preview.refunds?.map((one) => (
          <li key={one.payment}>{t('orders.change.refunded', { amount: money(one.amount, currency), provider: one.provider ?? '' })}</li>
        ))}
        {preview.lines?.map((one) => (
          <li key={one.line}>{t('orders.change.line', { name: one.name ?? one.sku, before: quantity(one.quantity_before), after: quantity(one.quantity_after), amount: money(one.total_after, currency) })}</li>
        ))}
        {preview.stock?.map((one) => (
          <li key={one.sku + one.location}>{t(one.reserved > 0 ? 'orders.change.reserved' : 'orders.change.released', { n: quantity(one.reserved > 0 ? one.reserved : one.released), sku: one.sku, location: one.location })}</li>
        ))}
        {now && was !== now && <li>{t('orders.change.promise', { when: dateTime(now) })}</li>}
        {preview.holds?.map((one) => (
          <li key={one.type}>{t(one.released ? 'orders.change.hold_goes' : 'orders.change.hold_comes', { type: t(`enum.hold_type.${one.type}`, { defaultValue: one.type }) })}</li>
        ))}
      </ul>
    </div>
  );
}
