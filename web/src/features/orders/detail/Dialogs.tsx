// What needs a word or a figure before it is done. Each names its object and its consequence.
import { useQuery } from '@tanstack/react-query';
import { Alert, App, Checkbox, DatePicker, Form, Input, InputNumber, Radio, Select } from 'antd';
import type { Dayjs } from 'dayjs';
import { useId, useState } from 'react';
import { useCancelPreview } from '../../../shared/desk/cancelling';
import { PriceInput } from '../../../shared/desk/fields';
import { FormDialog, Unsaid } from '../../../shared/desk/record';
import { money, quantity } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { useProblemText } from '../../../shared/ui';
import { useHoldReason } from '../../review';
import { readOrder, useKeepOrder, write, type Order, type Payment } from '../api';
import { cancellable } from '../reading';
import { orderTitle } from '../words';
import { ChangeDialog } from './Change';
import { freeAt } from './free';
import { openOf, refundable } from './Money';
import { RefundDialog } from './Refund';
import { cost, useCandidateText, useSourcing } from './Sourcing';

export type Dialog =
  | { kind: 'capture' | 'void' | 'refund'; payment?: Payment }
  | { kind: 'place' | 'release_hold' | 'approve' | 'reject' | 'pay' | 'source' | 'hold' | 'cancel' | 'change' };

interface Props {
  order: Order;
  onDone: () => void;
  onClose: () => void;
}

export function Dialogs({ order, dialog, onClose }: { order: Order; dialog: Dialog; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const keep = useKeepOrder();
  const onDone = () => {
    onClose();
    void message.success(t('common.done'));
    void readOrder(order.id).then(keep);
  };
  const props = { order, onDone, onClose };
  switch (dialog.kind) {
    case 'change':
      return <ChangeDialog order={order} onClose={onClose} />;
    case 'cancel':
      return <CancelDialog {...props} />;
    case 'hold':
      return <HoldDialog {...props} />;
    case 'source':
      return <SourceDialog {...props} />;
    case 'pay':
      return <PayDialog {...props} />;
    case 'refund': {
      const payment = dialog.payment ?? firstFor(order, 'refund');
      return payment ? <RefundDialog {...props} payment={payment} /> : null;
    }
    case 'capture':
    case 'void':
      return <StepDialog {...props} step={dialog.kind} payment={dialog.payment ?? firstFor(order, dialog.kind)} />;
    default:
      return <SimpleDialog {...props} kind={dialog.kind} />;
  }
}

function firstFor(order: Order, step: 'capture' | 'void' | 'refund') {
  return order.payments.find((payment) => (step === 'refund' ? refundable(payment) : openOf(payment)) > 0);
}

const required = (text: string) => [{ required: true, message: text }];

function Reason({ name = 'reason', optional = false, autoFocus = false }: { name?: string; optional?: boolean; autoFocus?: boolean }) {
  const { t } = useTranslation();
  return (
    <Form.Item name={name} label={t('common.reason')} {...(optional ? { extra: t('common.optional') } : { rules: required(t('common.required')) })}>
      <Input.TextArea autoFocus={autoFocus} rows={2} maxLength={500} />
    </Form.Item>
  );
}

const simple = {
  place: { path: 'place', reason: false, danger: false },
  release_hold: { path: 'release', reason: true, danger: false },
  approve: { path: 'approve', reason: true, danger: false },
  reject: { path: 'reject', reason: true, danger: true },
} as const;

function SimpleDialog({ order, onDone, onClose, kind }: Props & { kind: keyof typeof simple }) {
  const { t } = useTranslation();
  const reasonOf = useHoldReason();
  const { path, reason, danger } = simple[kind];
  const active = order.holds.filter(({ state }) => state === 'active');
  const rejecting = useCancelPreview(order, 'reject', {}, kind === 'reject');
  return (
    <FormDialog<Order>
      title={t(`orders.ask.${kind}`, { order: orderTitle(order) })}
      ok={t(`orders.act.${kind}`)}
      danger={danger}
      send={(values: { reason?: string }) => write<Order>('POST', `/v1/orders/${order.id}/${path}`, reason ? { reason: values.reason } : undefined, order.version)}
      onDone={onDone}
      onClose={onClose}
    >
      <p className="dialog-text">{t(`orders.means.${kind}`, { total: rejecting.data ? money(rejecting.data.refund, order.currency) : '…' })}</p>
      {kind === 'release_hold' && (
        <ul className="dialog-list">
          {active.map((hold) => (
            <li key={hold.id}>{reasonOf(hold)}</li>
          ))}
        </ul>
      )}
      {reason && <Reason autoFocus />}
    </FormDialog>
  );
}

function HoldDialog({ order, onDone, onClose }: Props) {
  const { t } = useTranslation();
  const roles = ['service', 'warehouse', 'finance', 'manager', 'owner'];
  return (
    <FormDialog<unknown>
      title={t('orders.ask.hold', { order: orderTitle(order) })}
      ok={t('orders.act.hold')}
      initial={{ owner_role: 'service' }}
      send={(values: { reason: string; owner_role?: string; line?: number; expires_at?: Dayjs }) =>
        write('POST', `/v1/orders/${order.id}/hold`, {
          reason: values.reason,
          ...(values.owner_role ? { owner_role: values.owner_role } : {}),
          ...(values.line ? { line: values.line } : {}),
          ...(values.expires_at ? { expires_at: values.expires_at.toISOString() } : {}),
        })
      }
      onDone={onDone}
      onClose={onClose}
    >
      <p className="dialog-text">{t('orders.means.hold')}</p>
      <Reason autoFocus />
      <div className="two">
        <Form.Item name="owner_role" label={t('orders.hold.who')}>
          <Select options={roles.map((value) => ({ value, label: t(`enum.role.${value}`) }))} />
        </Form.Item>
        <Form.Item name="expires_at" label={t('orders.hold.until')} extra={t('common.optional')}>
          <DatePicker showTime={{ format: 'HH:mm' }} format="YYYY-MM-DD HH:mm" style={{ width: '100%' }} />
        </Form.Item>
      </div>
      {order.lines.length > 1 && (
        <Form.Item name="line" label={t('orders.hold.what')}>
          <Select allowClear placeholder={t('orders.hold.whole')} options={order.lines.map((line) => ({ value: line.line, label: line.name ?? line.sku }))} />
        </Form.Item>
      )}
    </FormDialog>
  );
}

function CancelDialog({ order, onDone, onClose }: Props) {
  const { t } = useTranslation();
  const [form] = Form.useForm();
  const problemText = useProblemText();
  const most = (line: Order['lines'][number]) => cancellable(line.counters as unknown as Record<string, number>);
  const lines = order.lines.filter((line) => !line.parent_line && most(line) > 0);
  const [units, setUnits] = useState(() => new Map(lines.map((line) => [line.line, most(line)])));
  const [refund, setRefund] = useState(true);
  const whole = order.lines.every((line) => !line.counters.shipped) && lines.every((line) => units.get(line.line) === most(line));
  const some = order.state === 'draft' || [...units.values()].some((n) => n > 0);
  const tooMany = lines.some((line) => (units.get(line.line) ?? 0) > most(line));
  const body = {
    ...(whole ? {} : { lines: lines.flatMap((line) => ((units.get(line.line) ?? 0) > 0 ? [{ line: line.line, quantity: units.get(line.line) }] : [])) }),
    ...(refund ? {} : { refund: false }),
  };
  const preview = useCancelPreview(order, 'cancel', body, some && !tooMany);
  const said = some && !tooMany ? preview.data : undefined;
  const sum = (minor: number) => money(minor, order.currency);
  return (
    <FormDialog<Order>
      form={form}
      width={640}
      danger
      title={t('orders.ask.cancel', { order: orderTitle(order) })}
      ok={t(whole ? 'orders.cancel.all' : 'orders.cancel.some')}
      back={t('orders.cancel.keep')}
      send={(values: { reason?: string }) => {
        if (!some) return Promise.reject(new Unsaid(t('orders.cancel.nothing')));
        if (tooMany) return Promise.reject(new Unsaid(t('orders.cancel.too_many')));
        return write<Order>('POST', `/v1/orders/${order.id}/cancel`, { ...body, ...(values.reason ? { reason: values.reason } : {}) }, order.version);
      }}
      onDone={onDone}
      onClose={onClose}
    >
      <p className="dialog-text">{t('orders.means.cancel')}</p>
      <table className="plain cancel-lines">
        <thead>
          <tr>
            <th>{t('orders.line.product')}</th>
            <th className="num">{t('orders.cancel.open')}</th>
            <th className="num">{t('orders.cancel.units')}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.line}>
              <th scope="row">{line.name ?? line.sku}</th>
              <td className="num">{quantity(most(line))}</td>
              <td className="num">
                <UnitsInput label={t('orders.cancel.units_of', { what: line.name ?? line.sku })} most={most(line)} value={units.get(line.line) ?? 0} onChange={(value) => setUnits(new Map(units).set(line.line, value))} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {order.totals.paid > order.totals.refunded && (
        <div className="refund-box">
          <Checkbox checked={refund} onChange={(event) => setRefund(event.target.checked)}>
            {t('orders.cancel.refund')}
          </Checkbox>
          <strong className="num">{said ? sum(said.refund) : '…'}</strong>
          {said && <p className="muted small">{t('orders.cancel.parts', { lines: sum(said.lines), charges: sum(said.charges) })}</p>}
        </div>
      )}
      {said && said.voided > 0 && <p className="dialog-text">{t('orders.cancel.voided', { amount: sum(said.voided) })}</p>}
      {some && !tooMany && preview.error && <Alert type="error" showIcon title={problemText(preview.error)} />}
      <Reason optional />
    </FormDialog>
  );
}

/** Units of a line; more than there are is told where it is typed. */
function UnitsInput({ label, most, value, onChange }: { label: string; most: number; value: number; onChange: (value: number) => void }) {
  const { t } = useTranslation();
  const id = useId();
  const over = value > most;
  return (
    <>
      <InputNumber aria-label={label} min={0} value={value} onChange={(next) => onChange(next ?? 0)} {...(over ? { status: 'error' as const, 'aria-invalid': true, 'aria-describedby': id } : {})} />
      {over && (
        <div id={id} role="alert" className="field-error">
          {t('orders.cancel.at_most', { n: quantity(most) })}
        </div>
      )}
    </>
  );
}

function PayDialog({ order, onDone, onClose }: Props) {
  const { t } = useTranslation();
  const open = Math.max(0, order.totals.due - order.totals.authorized);
  return (
    <FormDialog<unknown>
      title={t('orders.ask.pay', { order: orderTitle(order) })}
      ok={t('orders.pay.save')}
      initial={{ provider: 'manual', kind: 'capture', amount: open }}
      send={(values: { provider: string; kind: string; amount: number; reference?: string }) =>
        write('POST', `/v1/orders/${order.id}/payments`, { provider: values.provider, kind: values.kind, amount: values.amount, ...(values.reference ? { reference: values.reference } : {}) })
      }
      onDone={onDone}
      onClose={onClose}
    >
      <p className="dialog-text">{t('orders.means.pay', { amount: money(open, order.currency) })}</p>
      <Form.Item name="amount" label={t('orders.pay.amount')} rules={required(t('common.required'))}>
        <PriceInput currency={order.currency} />
      </Form.Item>
      <Form.Item name="kind" label={t('orders.pay.kind')}>
        <Radio.Group options={['capture', 'authorization'].map((value) => ({ value, label: t(`orders.pay.${value}`) }))} />
      </Form.Item>
      <div className="two">
        <Form.Item name="provider" label={t('orders.pay.provider')} rules={required(t('common.required'))}>
          <Select options={['manual', 'cash', 'bank', 'card'].map((value) => ({ value, label: t(`orders.pay.by_${value}`) }))} />
        </Form.Item>
        <Form.Item name="reference" label={t('orders.pay.reference')} extra={t('common.optional')}>
          <Input maxLength={100} />
        </Form.Item>
      </div>
    </FormDialog>
  );
}

function StepDialog({ order, onDone, onClose, step, payment }: Props & { step: 'capture' | 'void'; payment: Payment | undefined }) {
  const { t } = useTranslation();
  if (!payment) return null;
  const cap = openOf(payment);
  const shown = money(cap, order.currency);
  return (
    <FormDialog<unknown>
      title={t(`orders.ask.${step}`, { order: orderTitle(order) })}
      ok={t(`orders.act.${step}`)}
      danger={step !== 'capture'}
      initial={{ amount: cap }}
      send={(values: { amount: number; reason?: string }) => write('POST', `/v1/payments/${payment.id}/${step}`, { amount: values.amount, ...(values.reason ? { reason: values.reason } : {}) })}
      onDone={onDone}
      onClose={onClose}
    >
      <p className="dialog-text">{t(`orders.means.${step}`, { provider: payment.provider, amount: shown })}</p>
      <Form.Item
        name="amount"
        label={t('orders.pay.amount')}
        extra={t('orders.pay.cap', { amount: shown })}
        rules={[
          {
            validator: (_rule, value: unknown) => (typeof value === 'number' && value > 0 && value <= cap ? Promise.resolve() : Promise.reject(new Error(t('orders.pay.over', { amount: shown })))),
          },
        ]}
      >
        <PriceInput currency={order.currency} />
      </Form.Item>
      <Reason optional />
    </FormDialog>
  );
}

function SourceDialog({ order, onDone, onClose }: Props) {
  const { t } = useTranslation();
  const [form] = Form.useForm();
  const sourcing = useSourcing(order.id);
  const words = useCandidateText();
  const decision = sourcing.data?.data[0];
  const wanted = Form.useWatch('location', form) as string | undefined;
  const candidate = decision?.candidates.find(({ location }) => location === wanted);
  const waiting = order.lines.filter((line) => line.counters.unallocated + line.counters.backordered + line.counters.allocated > 0);
  const stock = useQuery({
    queryKey: ['stock', 'preview', wanted, waiting.map(({ sku }) => sku)],
    meta: { still: true },
    enabled: Boolean(wanted),
    queryFn: ({ signal }) => freeAt(wanted ?? '', waiting.map(({ sku }) => sku), signal),
  });
  return (
    <FormDialog<Order>
      form={form}
      width={620}
      title={t('orders.ask.source', { order: orderTitle(order) })}
      ok={t('orders.act.source')}
      send={(values: { location?: string; reason?: string }) =>
        write<Order>('POST', `/v1/orders/${order.id}/source`, values.location ? { location: values.location, reason: values.reason } : {}, order.version)
      }
      onDone={onDone}
      onClose={onClose}
    >
      <p className="dialog-text">{t('orders.means.source')}</p>
      <Form.Item name="location" label={t('orders.source.from')}>
        <Select allowClear placeholder={t('orders.source.rules')} options={(decision?.candidates ?? []).map(({ location }) => ({ value: location, label: location }))} />
      </Form.Item>
      {wanted && (
        <>
          <section className="preview" aria-label={t('orders.source.preview')}>
            {candidate && decision && (
              <p>
                {words(candidate, decision, order.currency)} {candidate.cost_milli !== undefined && <strong>{t('orders.source.cost', { cost: cost(candidate.cost_milli, order.currency) })}</strong>}
              </p>
            )}
            <table className="plain">
              <thead>
                <tr>
                  <th>{t('orders.line.product')}</th>
                  <th className="num">{t('orders.source.wanted')}</th>
                  <th className="num">{t('orders.source.free')}</th>
                </tr>
              </thead>
              <tbody>
                {stock.data && waiting.map((line) => (
                  <tr key={line.line}>
                    <th scope="row">{line.name ?? line.sku}</th>
                    <td className="num">{quantity(line.counters.unallocated + line.counters.backordered + line.counters.allocated)}</td>
                    <td className="num">{quantity(stock.data.get(line.sku) ?? 0)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
            <p className="muted small">{t('orders.source.note')}</p>
          </section>
          <Reason />
        </>
      )}
    </FormDialog>
  );
}
