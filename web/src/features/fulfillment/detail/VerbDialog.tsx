// Verbs that take something away or need a word more: reject, cancel, pack with weights, ship with a carrier's number.
import { Alert, Form, Input, InputNumber, Modal, Select } from 'antd';
import { useState } from 'react';
import type { Problem } from '../../../shared/api/problem';
import { quantity } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { useProblemText } from '../../../shared/ui';
import type { Fulfillment } from '../api';
import type { Named } from './FulfillmentPage';

export type Verb = 'pick' | 'pack' | 'ship' | 'ready' | 'hand_over' | 'not_collected' | 'reject' | 'cancel';
/** What carriers take as a parcel at most. */
const HEAVY_G = 70_000;
const reasons = ['not_found', 'damaged', 'busy', 'closed', 'no_staff'] as const;

interface Props {
  verb: Verb;
  work: Fulfillment;
  names: Named[];
  busy: boolean;
  onCancel: () => void;
  onSend: (body: object) => Promise<Problem | undefined>;
}

export function VerbDialog({ verb, work, names, busy, onCancel, onSend }: Props) {
  const { t } = useTranslation();
  const problemText = useProblemText();
  const [form] = Form.useForm();
  const [problem, setProblem] = useState<Problem>();
  const open = (work.lines ?? []).filter((line) => line.quantity > line.shipped);

  const body = (values: Record<string, any>): object => {
    if (verb === 'reject') {
      const lines = open.map((line) => ({ line: line.line, quantity: Number(values[`line_${line.line}`] ?? 0) })).filter((line) => line.quantity > 0);
      const all = lines.length === open.length && lines.every((line) => line.quantity === open.find((one) => one.line === line.line)?.quantity);
      return { reason: values.reason, ...(all || !lines.length ? {} : { lines }) };
    }
    if (verb === 'pack') {
      const weight = values.weight_g as number | null;
      const items = (work.lines ?? []).filter((line) => line.picked > line.packed).map((line) => ({ line: line.line, quantity: line.picked - line.packed }));
      return weight ? { parcels: [{ items, weight_g: weight }] } : {};
    }
    if (verb === 'ship') return values.tracking_number ? { tracking_number: values.tracking_number } : {};
    return values.reason ? { reason: values.reason } : {};
  };
  const [asked, setAsked] = useState<number>();
  const submit = async () => {
    const values = await form.validateFields().catch(() => undefined);
    // Heavier than carriers take: asked about once; pressed again, it is meant.
    const weight = (values?.weight_g ?? 0) as number;
    if (verb === 'pack' && weight > HEAVY_G && asked !== weight) return setAsked(weight);
    if (values) setProblem(await onSend(body(values)));
  };
  return (
    <Modal
      open
      title={t(`fulfillment.dialog.${verb}`, { order: work.order_number ?? '', place: work.location })}
      okText={t(`fulfillment.verb.${verb}`)}
      okButtonProps={{ danger: verb === 'reject' || verb === 'cancel' }}
      cancelText={t('common.cancel')}
      confirmLoading={busy}
      onOk={() => void submit()}
      onCancel={onCancel}
    >
      <p>{t(`fulfillment.means.${verb}`, { order: work.order_number ?? '', place: work.location })}</p>
      {problem && <Alert type="error" showIcon title={problemText(problem)} />}
      <Form form={form} layout="vertical" requiredMark={false} onFinish={() => void submit()} initialValues={{ reason: verb === 'reject' ? 'not_found' : undefined, ...Object.fromEntries(open.map((line) => [`line_${line.line}`, line.quantity])) }}>
        {verb === 'reject' && (
          <>
            <Form.Item name="reason" label={t('common.reason')} rules={[{ required: true, message: t('common.required') }]}>
              <Select options={reasons.map((reason) => ({ value: reason, label: t(`fulfillment.reason.${reason}`) }))} />
            </Form.Item>
            {open.map((line) => (
              <Form.Item key={line.line} name={`line_${line.line}`} label={names.find((one) => one.line === line.line)?.name ?? t('fulfillment.line_n', { n: line.line })}>
                <InputNumber min={0} max={line.quantity} />
              </Form.Item>
            ))}
          </>
        )}
        {verb === 'pack' && (
          <Form.Item name="weight_g" label={t('fulfillment.weight_g')}>
            <InputNumber min={1} autoFocus />
          </Form.Item>
        )}
        {asked !== undefined && (
          <Alert type="warning" showIcon title={t('fulfillment.weight_heavy', { kg: quantity(asked / 1000), most: quantity(HEAVY_G / 1000) })} />
        )}
        {verb === 'ship' && (
          <Form.Item name="tracking_number" label={t('fulfillment.own_number')} extra={t('fulfillment.own_number_help')}>
            <Input autoFocus maxLength={64} />
          </Form.Item>
        )}
        {(verb === 'cancel' || verb === 'not_collected') && (
          <Form.Item name="reason" label={t('common.reason')}>
            <Input autoFocus maxLength={500} />
          </Form.Item>
        )}
      </Form>
    </Modal>
  );
}
