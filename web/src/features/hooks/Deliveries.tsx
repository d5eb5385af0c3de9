import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { App, Button, DatePicker, Form } from 'antd';
import type { Dayjs } from 'dayjs';
import { useState } from 'react';
import { readPath, sendPath } from '../../shared/api/client';
import { useMay } from '../../shared/api/session';
import { FormDialog, ListScreen, type ListDefinition } from '../../shared/desk';
import { dateTime, integer, relative } from '../../shared/format';
import { useTranslation } from '../../shared/i18n';
import { Loaded, useProblemText } from '../../shared/ui';
import { topicWord } from '../events';
import { shortUrl, type Delivery, type Webhook } from './api';
import { Attempts, OutsideState, outsideStates, outsideWhy, useLooking, type OutsideJob } from './attempts';

function Peek({ hook, row }: { hook: string; row: OutsideJob }) {
  const { t } = useTranslation();
  const may = useMay();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const client = useQueryClient();
  const found = useQuery({ queryKey: ['webhooks', 'delivery', row.id, row.version], queryFn: () => readPath<Delivery>(`/v1/webhooks/${hook}/deliveries/${row.id}`, {}) });
  const replay = useMutation({
    mutationFn: () => sendPath('POST', `/v1/webhooks/${hook}/deliveries/${row.id}/replay`),
    onSuccess: () => void client.invalidateQueries({ queryKey: ['webhooks'] }),
    onError: (error) => void message.error(problemText(error)),
  });
  return (
    <div className="col" style={{ padding: 16, gap: 16 }}>
      <div className="row wrap">
        <h2 className="grow" style={{ fontSize: 16 }}>
          {row.data.topic === 'webhook.test' ? t('hooks.a_test') : topicWord(t, row.data.topic ?? '')}
        </h2>
        <OutsideState job={row} />
      </div>
      <Loaded of={found} rows={6}>
        {({ job, webhook_id, payload }) => (
          <>
            <dl className="facts">
              <dt>{t('hooks.webhook_id')}</dt>
              <dd className="mono">{webhook_id}</dd>
              <dt>{t('common.created')}</dt>
              <dd>{dateTime(row.created_at)}</dd>
              {row.state === 'retrying' && (
                <>
                  <dt>{t('events.failed.next')}</dt>
                  <dd>{dateTime(row.due_at)}</dd>
                </>
              )}
            </dl>
            {may('webhook.write') && row.state !== 'running' && (
              <div className="row wrap">
                <Button type="primary" loading={replay.isPending} onClick={() => replay.mutate()}>
                  {t('hooks.again')}
                </Button>
              </div>
            )}
            <h3 style={{ fontSize: 14, margin: 0 }}>{t('hooks.outside.attempts')}</h3>
            <Attempts of={job.tried ?? []} />
            {payload !== undefined && (
              <>
                <h3 style={{ fontSize: 14, margin: 0 }}>{t('hooks.payload')}</h3>
                <pre className="payload" tabIndex={0}>
                  {JSON.stringify(payload, null, 2)}
                </pre>
              </>
            )}
          </>
        )}
      </Loaded>
    </div>
  );
}

/** A range of time once more, as many calls as it takes. */
async function tellAgain(hook: string, range: [Dayjs, Dayjs]): Promise<number> {
  let sum = 0;
  let after: number | undefined;
  for (;;) {
    const { queued, more, next } = await sendPath<{ queued: number; more: boolean; next?: number }>('POST', `/v1/webhooks/${hook}/replay`, {
      from: range[0].toISOString(),
      to: range[1].toISOString(),
      ...(after === undefined ? {} : { after }),
    });
    sum += queued;
    if (!more || next === undefined) return sum;
    after = next;
  }
}

export function Deliveries() {
  const { t } = useTranslation();
  const may = useMay();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const client = useQueryClient();
  const { id } = useParams({ strict: false }) as { id: string };
  const [asking, setAsking] = useState(false);
  useLooking('webhooks');
  const hook = useQuery({ queryKey: ['webhooks', 'one', id], queryFn: () => readPath<Webhook>(`/v1/webhooks/${id}`, {}) });
  const again = () => void client.invalidateQueries({ queryKey: ['webhooks'] });
  const test = useMutation({ mutationFn: () => sendPath('POST', `/v1/webhooks/${id}/test`), onSuccess: again, onError: (error) => void message.error(problemText(error)) });
  const topic = (row: OutsideJob) => (row.data.topic === 'webhook.test' ? t('hooks.a_test') : topicWord(t, row.data.topic ?? ''));
  const list: ListDefinition<OutsideJob> = {
    screen: 'webhook_deliveries',
    resource: 'webhooks',
    path: `/v1/webhooks/${id}/deliveries`,
    title: 'hooks.deliveries',
    defaultSort: '-created_at',
    searchable: false,
    id: (row) => row.id,
    head: (
      <p className="panel-note row wrap" style={{ margin: 0, paddingInline: 16 }}>
        <Link to={'/settings/webhooks' as never}>{t('hooks.title')}</Link>
        <span className="mono">{hook.data ? shortUrl(hook.data.url) : ''}</span>
        {hook.data?.health?.delivered_at && <span>{t('hooks.delivered', { when: relative(hook.data.health.delivered_at) })}</span>}
      </p>
    ),
    actions: may('webhook.write') && (
      <>
        <Button loading={test.isPending} onClick={() => test.mutate()}>
          {t('hooks.test')}
        </Button>
        <Button onClick={() => setAsking(true)}>{t('hooks.replay')}</Button>
      </>
    ),
    columns: [
      { id: 'topic', title: 'hooks.event', width: 200, grow: 1, cell: (row) => <strong>{topic(row)}</strong> },
      { id: 'subject', title: 'events.failed.subject', width: 190, grow: 1, cell: (row) => <span className="mono">{row.subject}</span> },
      { id: 'state', title: 'common.state', width: 140, tagged: true, cell: (row) => <OutsideState job={row} /> },
      { id: 'status', title: 'hooks.status', width: 90, numeric: true, cell: (row) => row.status ?? '' },
      { id: 'reason', title: 'events.failed.reason', width: 220, grow: 2, cell: (row) => outsideWhy(t, row) },
      { id: 'attempts', title: 'events.failed.attempts', width: 90, numeric: true, cell: (row) => integer(row.attempts) },
      { id: 'created', title: 'common.created', width: 130, sort: 'created_at', cell: (row) => relative(row.created_at) },
    ],
    filters: [
      { id: 'state', label: 'common.state', kind: 'choice', names: ['state'], options: outsideStates.map((value) => ({ value, label: `hooks.outside.state.${value}` })) },
      { id: 'subject', label: 'events.failed.subject', kind: 'text', names: ['subject'] },
    ],
    peek: (row) => <Peek hook={id} row={row} />,
    card: (row) => (
      <>
        <div className="card-line">
          <strong className="grow ellipsis">{topic(row)}</strong>
          <OutsideState job={row} />
        </div>
        <div className="card-line muted ellipsis">{outsideWhy(t, row) || row.subject}</div>
      </>
    ),
    empty: { title: 'hooks.none', text: 'hooks.none_text' },
  };
  return (
    <>
      <ListScreen of={list} />
      {asking && (
        <FormDialog<number>
          title={t('hooks.replay')}
          ok={t('hooks.replay')}
          width={480}
          initial={{}}
          send={({ range }: { range: [Dayjs, Dayjs] }) => tellAgain(id, range)}
          onDone={(n) => {
            setAsking(false);
            void message.success(t('hooks.replayed', { n: integer(n) }));
            again();
          }}
          onClose={() => setAsking(false)}
        >
          <p className="panel-note">{t('hooks.replay_text')}</p>
          <Form.Item name="range" label={t('hooks.range')} rules={[{ required: true, message: t('common.required') }]}>
            <DatePicker.RangePicker showTime style={{ width: '100%' }} />
          </Form.Item>
        </FormDialog>
      )}
    </>
  );
}
