// One verb for many orders: what it needs, what would happen, progress, a result per row, and those that failed again.
import { Link } from '@tanstack/react-router';
import { Button, Form, Input, Modal, Progress, Select, type FormInstance } from 'antd';
import { useMay, useSession } from '../../../shared/api/session';
import { useSitting } from '../../../shared/desk/sitting';
import { integer } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { Bones, Trouble, useProblemText } from '../../../shared/ui';
import { usePeople } from '../api';
import { useBulk, withReason, type Bulk, type BulkAsk, type BulkWords } from './useBulk';

export type { BulkAsk, BulkVerbName } from './useBulk';

export function BulkDialog({ ask, onClose }: { ask: BulkAsk; onClose: () => void }) {
  const { t } = useTranslation();
  const problemText = useProblemText();
  const [form] = Form.useForm<BulkWords>();
  const bulk = useBulk(ask);
  const { wrong, jobId } = bulk;
  useSitting();
  const names = new Map(ask.rows.map((row) => [row.id, row.number ?? row.id]));
  const close = () => {
    bulk.left();
    onClose();
  };
  return (
    <Modal open width={600} title={t(`orders.bulk.title_${ask.verb}`)} mask={{ closable: false }} onCancel={close} footer={<Acts ask={ask} bulk={bulk} form={form} onClose={close} />}>
      {wrong !== undefined && (
        <p role="alert" className="problem">
          {problemText(wrong)}
        </p>
      )}
      {jobId ? <Course bulk={bulk} names={names} /> : <Prospect ask={ask} bulk={bulk} form={form} names={names} />}
    </Modal>
  );
}

interface Shown {
  ask: BulkAsk;
  bulk: Bulk;
  form: FormInstance<BulkWords>;
}

function Acts({ ask, bulk: { jobId, ended, busy, job, back, undo, undone, preview, tell }, form, onClose: close }: Shown & { onClose: () => void }) {
  const { t } = useTranslation();
  const isDanger = ask.verb === 'cancel';
  return (
    <>
      {jobId
        ? [
            !ended && (
              <Button key="stop" loading={busy} onClick={() => void tell('cancel')}>
                {t('orders.bulk.stop')}
              </Button>
            ),
            ended && Boolean(job?.failed) && (
              <Button key="again" loading={busy} onClick={() => void tell('retry')}>
                {t('orders.bulk.again', { n: integer(job?.failed ?? 0) })}
              </Button>
            ),
            ended && back.length > 0 && undone !== 'done' && (
              <Button key="undo" loading={undone === 'running'} onClick={() => void undo()}>
                {t('orders.bulk.undo', { n: integer(back.length) })}
              </Button>
            ),
            <Button key="close" type="primary" onClick={close}>
              {ended ? t('common.done') : t('orders.bulk.background')}
            </Button>,
          ]
        : [
            <Button key="cancel" onClick={close}>
              {t(isDanger ? 'orders.cancel.keep_all' : 'common.cancel')}
            </Button>,
            <Button key="go" type="primary" danger={isDanger} loading={busy} disabled={preview.data?.total === 0} onClick={() => form.submit()}>
              {t(`orders.bulk.${ask.verb}`)}
            </Button>,
          ]}
    </>
  );
}

/** What would happen, and what the verb needs for it. */
function Prospect({ ask, bulk: { preview, begin }, form, names }: Shown & { names: Map<string, string> }) {
  const { t } = useTranslation();
  return (
    <>
      {preview.isPending && <Bones rows={2} />}
      {preview.isError && <Trouble error={preview.error} retry={() => void preview.refetch()} />}
      {preview.data && (
        <div className="col">
          <p>{t(`orders.bulk.text_${ask.verb}`, { n: integer(preview.data.total) })}</p>
          {Boolean(preview.data.holds?.length) && (
            <>
              <p>{t('orders.bulk.holds_end', { tried: integer(preview.data.tried) })}</p>
              <ul className="dialog-list">
                {preview.data.holds?.map(({ type, count }) => (
                  <li key={type}>{t('orders.bulk.holds_of', { type: t(`enum.hold_type.${type}`, { defaultValue: type }), n: integer(count) })}</li>
                ))}
              </ul>
            </>
          )}
          {preview.data.refused > 0 && (
            <p className="warned">
              {preview.data.tried < preview.data.total
                ? t('orders.bulk.refused_of', { n: integer(preview.data.refused), tried: integer(preview.data.tried) })
                : t('orders.bulk.refused', { n: integer(preview.data.refused) })}
            </p>
          )}
          <Refusals rows={preview.data.refusals.map((one) => ({ asked: one.order, code: one.code }))} names={names} />
        </div>
      )}
      <Words ask={ask} form={form} onGo={(values) => void begin(values)} />
    </>
  );
}

function Words({ ask, form, onGo }: { ask: BulkAsk; form: FormInstance<BulkWords>; onGo: (values: BulkWords) => void }) {
  const { t } = useTranslation();
  const may = useMay();
  const { user_id, name } = useSession();
  const people = usePeople(ask.verb === 'assign' && may('user.admin'));
  return (
    <Form form={form} layout="vertical" className="dialog-form" requiredMark={false} onFinish={onGo}>
      {withReason.includes(ask.verb) && (
        <Form.Item name="reason" label={t('common.reason')} rules={[{ required: true, message: t('common.required') }]}>
          <Input.TextArea autoFocus rows={2} maxLength={500} />
        </Form.Item>
      )}
      {ask.verb === 'tag' && (
        <Form.Item name="tags" label={t('orders.tags')} rules={[{ required: true, message: t('common.required') }]}>
          <Select autoFocus mode="tags" tokenSeparators={[',', ' ', '，']} open={false} suffixIcon={null} />
        </Form.Item>
      )}
      {ask.verb === 'assign' && (
        <Form.Item name="user" label={t('orders.assign.to')} initialValue={user_id}>
          <Select
            autoFocus
            allowClear
            showSearch={{ optionFilterProp: 'label' }}
            placeholder={t('orders.assign.nobody')}
            options={people.data?.data.map((one) => ({ value: one.id, label: one.name ?? one.login })) ?? (user_id ? [{ value: user_id, label: name ?? t('orders.assign.me') }] : [])}
          />
        </Form.Item>
      )}
    </Form>
  );
}

/** How far it is, and what became of each. */
function Course({ bulk: { job, ended, undone, failed, done }, names }: { bulk: Bulk; names: Map<string, string> }) {
  const { t } = useTranslation();
  const handled = (job?.done ?? 0) + (job?.failed ?? 0) + (job?.cancelled ?? 0);
  return (
    <div className="col" role="status">
      <Progress percent={job?.total ? Math.round((handled * 100) / job.total) : 0} status={ended ? (job?.failed ? 'exception' : 'success') : 'active'} aria-label={t('orders.bulk.progress')} />
      {job && (
        <p>{t('orders.bulk.counts', { done: integer(job.done), failed: integer(job.failed), total: integer(job.total) })}</p>
      )}
      {undone === 'done' && <p>{t('orders.bulk.undone')}</p>}
      <Refusals rows={[...failed, ...done]} names={names} label={t('orders.bulk.results')} />
    </div>
  );
}

function Refusals({ rows, names, label }: { rows: { asked: string; code?: string; status?: string }[]; names: Map<string, string>; label?: string }) {
  const { t } = useTranslation();
  if (!rows.length) return null;
  return (
    <div className="refusals" tabIndex={0} role="group" aria-label={label ?? t('orders.bulk.refusals')}>
      <table className="plain">
        <thead>
          <tr>
            <th>{t('orders.column.number')}</th>
            <th>{label ? t('orders.bulk.result') : t('common.reason')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.asked}>
              <td>
                <Link to={`/orders/${row.asked}` as never} target="_blank">
                  {names.get(row.asked) ?? row.asked}
                </Link>
              </td>
              <td>{row.status === 'done' ? t('orders.bulk.row_done') : t(`error.${row.code}`, { defaultValue: t('error.other', { code: row.code }) })}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
