// Money goes back for lines, units and charges; the sum that they are worth is suggested and may be another, within the cap.
import { Checkbox, Form, Input, InputNumber } from 'antd';
import { useMemo, useState } from 'react';
import { PriceInput } from '../../../shared/desk/fields';
import { FormDialog } from '../../../shared/desk/record';
import { money, quantity } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { write, type Order, type Payment } from '../api';
import { orderTitle } from '../words';
import { refundable } from './Money';
import { REASON_MAX, refundables, suggested, worth, writeReason, type Chosen } from './refund';

export function RefundDialog({ order, payment, onDone, onClose }: { order: Order; payment: Payment; onDone: () => void; onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm();
  const cap = refundable(payment);
  const shown = money(cap, order.currency);
  const all = useMemo(() => refundables(order), [order]);
  const [chosen, setChosen] = useState<Chosen>({ lines: new Map(), charges: new Set() });
  const choose = (next: Chosen) => {
    setChosen(next);
    form.setFieldsValue({ amount: suggested(all, next, cap) || null });
    if (form.isFieldTouched('amount')) void form.validateFields(['amount']).catch(() => undefined);
  };
  const setUnits = (line: number, units: number) => choose({ ...chosen, lines: new Map(chosen.lines).set(line, units) });
  const setCharge = (kind: string, on: boolean) => choose({ ...chosen, charges: new Set(on ? [...chosen.charges, kind] : [...chosen.charges].filter((one) => one !== kind)) });
  const everything = {
    lines: new Map(all.lines.map(({ line, most }) => [line.line, most])),
    charges: new Set(all.charges.map(({ kind }) => kind)),
  };
  const rows = all.lines.length + all.charges.length;
  const whole = all.lines.every(({ line, most }) => chosen.lines.get(line.line) === most) && all.charges.every(({ kind }) => chosen.charges.has(kind));
  const some = [...chosen.lines.values()].some((n) => n > 0) || chosen.charges.size > 0;
  return (
    <FormDialog<unknown>
      form={form}
      width={640}
      title={t('orders.ask.refund', { order: orderTitle(order) })}
      ok={t('orders.act.refund')}
      danger
      initial={{ amount: rows ? null : cap }}
      send={(values: { amount: number; reason: string }) => write('POST', `/v1/payments/${payment.id}/refund`, { amount: values.amount, reason: writeReason(order, chosen, values.reason) })}
      onDone={onDone}
      onClose={onClose}
    >
      <p className="dialog-text">{t('orders.means.refund', { provider: payment.provider, amount: shown })}</p>
      {rows > 0 && (
        <table className="plain cancel-lines">
          <thead>
            <tr>
              <th>
                <Checkbox checked={whole} indeterminate={some && !whole} onChange={(event) => choose(event.target.checked ? everything : { lines: new Map(), charges: new Set() })}>
                  {t('orders.refund.everything')}
                </Checkbox>
              </th>
              <th className="num">{t('orders.refund.left')}</th>
              <th className="num">{t('orders.refund.units')}</th>
              <th className="num">{t('orders.pay.amount')}</th>
            </tr>
          </thead>
          <tbody>
            {all.lines.map((one) => {
              const { line, most } = one;
              const name = line.name ?? line.sku;
              const units = chosen.lines.get(line.line) ?? 0;
              return (
                <tr key={line.line}>
                  <th scope="row">{name}</th>
                  <td className="num">{quantity(most)}</td>
                  <td className="num">
                    <InputNumber aria-label={t('orders.refund.units_of', { what: name })} min={0} max={most} value={units} onChange={(value) => setUnits(line.line, value ?? 0)} />
                  </td>
                  <td className="num">{money(worth(one, units), order.currency)}</td>
                </tr>
              );
            })}
            {all.charges.map(({ kind, amount }) => (
              <tr key={kind}>
                <th scope="row" colSpan={3}>
                  <Checkbox checked={chosen.charges.has(kind)} onChange={(event) => setCharge(kind, event.target.checked)}>
                    {t(`orders.charge.${kind}`)}
                  </Checkbox>
                </th>
                <td className="num">{money(chosen.charges.has(kind) ? amount : 0, order.currency)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Form.Item
        name="amount"
        label={t('orders.pay.amount')}
        extra={some ? t('orders.refund.suggested', { amount: money(suggested(all, chosen, cap), order.currency), cap: shown }) : t('orders.pay.cap', { amount: shown })}
        rules={[
          {
            validator: (_rule, value: unknown) => (typeof value === 'number' && value > 0 && value <= cap ? Promise.resolve() : Promise.reject(new Error(t('orders.pay.over', { amount: shown })))),
          },
        ]}
      >
        <PriceInput currency={order.currency} />
      </Form.Item>
      <Form.Item name="reason" label={t('common.reason')} {...(some ? { extra: t('orders.refund.told') } : {})} rules={[{ required: true, whitespace: true, message: t('common.required') }]}>
        <Input.TextArea rows={2} maxLength={REASON_MAX} />
      </Form.Item>
    </FormDialog>
  );
}
