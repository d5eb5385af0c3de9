// One verb for many orders: what it needs, what would happen, progress, a result per row, and those that failed again.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Form, Input, Modal, Progress, Select } from 'antd';
import { useState } from 'react';
import { readPath, sendPath } from '../../../shared/api/client';
import { useMay, useSession } from '../../../shared/api/session';
import type { Page } from '../../../shared/desk';
import { useSitting } from '../../../shared/desk/sitting';
import { integer } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { Bones, Trouble, useProblemText } from '../../../shared/ui';
import { printAddress, type Query } from '../../../shared/views';
import { usePeople, type OrderRow } from '../api';

export type BulkVerbName = 'hold' | 'release' | 'source' | 'tag' | 'assign' | 'cancel' | 'approve';
export interface BulkAsk {
  verb: BulkVerbName;
  rows: OrderRow[];
  /** The list's own query when all that match are meant. */
  query: Query | undefined;
  done: () => void;
}
interface Job {
  id: string;
  state: 'running' | 'cancelled' | 'done';
  total: number;
  done: number;
  failed: number;
  cancelled: number;
}
interface Preview {
  total: number;
  tried: number;
  fine: number;
  refused: number;
  refusals: { order: string; code: string; detail?: string }[];
}
interface Row {
  n: number;
  asked: string;
  status: string;
  code?: string;
  detail?: string;
}

const POLL_MS = 1000;
const ROWS_MAX = 200;
const withReason: readonly BulkVerbName[] = ['hold', 'release', 'approve', 'cancel'];
const notFilters = new Set(['expand', 'sort', 'limit', 'cursor', 'format', 'count']);

function choose({ rows, query }: BulkAsk) {
  if (!query) return { orders: rows.map((row) => row.id) };
  return { filter: printAddress(Object.fromEntries(Object.entries(query).filter(([name]) => !notFilters.has(name)))).replace(/^\?/, '') };
}

export function BulkDialog({ ask, onClose }: { ask: BulkAsk; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const problemText = useProblemText();
  const may = useMay();
  const { user_id, name } = useSession();
  const people = usePeople(ask.verb === 'assign' && may('user.admin'));
  const [form] = Form.useForm<{ reason?: string; tags?: string[]; user?: string }>();
  const [jobId, setJobId] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<unknown>();
  useSitting();
  const chosen = choose(ask);
  const names = new Map(ask.rows.map((row) => [row.id, row.number ?? row.id]));
  const isDanger = ask.verb === 'cancel';

  const args = (values: { reason?: string; tags?: string[]; user?: string }) => {
    if (ask.verb === 'tag') return { tags: values.tags ?? [] };
    if (ask.verb === 'assign') return values.user ? { user: values.user } : {};
    if (withReason.includes(ask.verb)) return values.reason ? { reason: values.reason } : {};
    return {};
  };
  const sample = { reason: '-', tags: ['-'], ...(user_id ? { user: user_id } : {}) };
  const preview = useQuery({
    queryKey: ['bulk_preview', ask.verb, chosen],
    staleTime: Infinity,
    enabled: !jobId,
    gcTime: 0,
    queryFn: ({ signal }) => sendPath<Preview>('POST', '/v1/bulk', { verb: ask.verb, args: args(sample), ...chosen, preview: true }, signal),
  });
  const job = useQuery<Job>({
    queryKey: ['bulk', jobId],
    enabled: Boolean(jobId),
    refetchInterval: (query) => (query.state.data?.state === 'running' ? POLL_MS : false),
    queryFn: ({ signal }) => readPath<Job>(`/v1/bulk/${jobId}`, {}, signal),
  });
  const ended = job.data && job.data.state !== 'running';
  // A result per row; those that were refused are told first, however many were done.
  const rowsOf = (status: string) => ({
    queryKey: ['bulk', jobId, status, job.data?.done, job.data?.failed, ended],
    enabled: Boolean(ended),
    queryFn: ({ signal }: { signal: AbortSignal }) => readPath<Page<Row>>(`/v1/bulk/${jobId}/rows`, { status, limit: ROWS_MAX }, signal),
  });
  const failed = useQuery(rowsOf('failed'));
  const done = useQuery(rowsOf('done'));
  // Taken back is what this job did: only orders that nothing else held, or a release would end that too.
  const [undone, setUndone] = useState<'running' | 'done'>();
  const free = new Set(ask.rows.filter((row) => !row.holds?.some(({ state }) => state === 'active')).map((row) => row.id));
  const back = ask.verb === 'hold' && !ask.query && may('hold.release') ? (done.data?.data ?? []).map(({ asked }) => asked).filter((id) => free.has(id)) : [];
  const undo = async () => {
    setUndone('running');
    setWrong(undefined);
    try {
      const made = await sendPath<Job>('POST', '/v1/bulk', { verb: 'release', args: { reason: t('orders.bulk.undo_reason') }, orders: back });
      setJobId(made.id);
      setUndone('done');
    } catch (error) {
      setWrong(error);
      setUndone(undefined);
    }
  };

  const begin = async () => {
    const values = await form.validateFields().catch(() => undefined);
    if (!values) return;
    setBusy(true);
    setWrong(undefined);
    try {
      const made = await sendPath<Job>('POST', '/v1/bulk', { verb: ask.verb, args: args(values), ...chosen });
      setJobId(made.id);
    } catch (error) {
      setWrong(error);
    } finally {
      setBusy(false);
    }
  };
  const tell = async (what: 'cancel' | 'retry') => {
    setBusy(true);
    try {
      await sendPath('POST', `/v1/bulk/${jobId}/${what}`, {});
      await client.invalidateQueries({ queryKey: ['bulk', jobId] });
    } catch (error) {
      setWrong(error);
    } finally {
      setBusy(false);
    }
  };
  const close = () => {
    if (jobId) {
      ask.done();
      void client.invalidateQueries({ queryKey: ['orders'] });
    }
    onClose();
  };
  const handled = (job.data?.done ?? 0) + (job.data?.failed ?? 0) + (job.data?.cancelled ?? 0);

  return (
    <Modal
      open
      width={600}
      title={t(`orders.bulk.title_${ask.verb}`)}
      mask={{ closable: false }}
      onCancel={close}
      footer={
        jobId
          ? [
              !ended && (
                <Button key="stop" loading={busy} onClick={() => void tell('cancel')}>
                  {t('orders.bulk.stop')}
                </Button>
              ),
              ended && Boolean(job.data?.failed) && (
                <Button key="again" loading={busy} onClick={() => void tell('retry')}>
                  {t('orders.bulk.again', { n: integer(job.data?.failed ?? 0) })}
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
              <Button key="go" type="primary" danger={isDanger} loading={busy} disabled={preview.data?.total === 0} onClick={() => void begin()}>
                {t(`orders.bulk.${ask.verb}`)}
              </Button>,
            ]
      }
    >
      {wrong !== undefined && (
        <p role="alert" className="problem">
          {problemText(wrong)}
        </p>
      )}
      {!jobId && (
        <>
          {preview.isPending && <Bones rows={2} />}
          {preview.isError && <Trouble error={preview.error} retry={() => void preview.refetch()} />}
          {preview.data && (
            <div className="col">
              <p>{t(`orders.bulk.text_${ask.verb}`, { n: integer(preview.data.total) })}</p>
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
          <Form form={form} layout="vertical" className="dialog-form" requiredMark={false} onFinish={() => void begin()}>
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
        </>
      )}
      {jobId && (
        <div className="col" role="status">
          <Progress percent={job.data?.total ? Math.round((handled * 100) / job.data.total) : 0} status={ended ? (job.data?.failed ? 'exception' : 'success') : 'active'} aria-label={t('orders.bulk.progress')} />
          {job.data && (
            <p>{t('orders.bulk.counts', { done: integer(job.data.done), failed: integer(job.data.failed), total: integer(job.data.total) })}</p>
          )}
          {undone === 'done' && <p>{t('orders.bulk.undone')}</p>}
          <Refusals rows={[...(failed.data?.data ?? []), ...(done.data?.data ?? [])]} names={names} label={t('orders.bulk.results')} />
        </div>
      )}
    </Modal>
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
