import { RedoOutlined } from '@ant-design/icons';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { sendPath } from '../../shared/api/client';
import { useMay } from '../../shared/api/session';
import { ListScreen, type ListDefinition } from '../../shared/desk';
import { dateTime, integer, relative } from '../../shared/format';
import { useTranslation } from '../../shared/i18n';
import { InEnglish, StatusTag, useProblemText, type Tone } from '../../shared/ui';
import type { Failure } from './api';
import { JobTabs } from './Tabs';

const tones: Record<Failure['state'], Tone> = { waiting: 'warn', dead: 'bad', done: 'good', dropped: 'quiet' };
const states = ['waiting', 'dead', 'dropped'] as const;

export function Failed() {
  const { t } = useTranslation();
  const may = useMay();
  const { message, modal } = App.useApp();
  const problemText = useProblemText();
  const client = useQueryClient();
  const again = () => void client.invalidateQueries({ queryKey: ['failed_work'] });
  const trouble = (error: unknown) => void message.error(problemText(error));
  const replay = useMutation({ mutationFn: (row: Failure) => sendPath('POST', `/v1/failed_work/${row.id}/replay`), onSuccess: again, onError: trouble });
  const drop = useMutation({ mutationFn: (row: Failure) => sendPath('POST', `/v1/failed_work/${row.id}/drop`), onSuccess: again, onError: trouble });
  const replayAll = useMutation({
    mutationFn: async () => {
      let sum = 0;
      for (;;) {
        const { replayed, more } = await sendPath<{ replayed: number; more: boolean }>('POST', '/v1/failed_work/replay', {});
        sum += replayed;
        if (!more || !replayed) return sum;
      }
    },
    onSuccess: (n) => {
      void message.success(t('events.failed.replayed', { n: integer(n) }));
      again();
    },
    onError: trouble,
  });
  const admin = may('system.admin');
  const why = (row: Failure) => t(`error.${row.code}`, { defaultValue: t('error.other', { code: row.code }) });
  const state = (row: Failure) => <StatusTag tone={tones[row.state]}>{t(`events.failed.state.${row.state}`)}</StatusTag>;
  const list: ListDefinition<Failure> = {
    screen: 'failed_work',
    resource: 'failed_work',
    path: '/v1/failed_work',
    title: 'events.failed.title',
    defaultSort: '-created_at',
    searchable: false,
    id: (row) => row.id,
    head: <JobTabs at="/jobs/failed" />,
    actions: admin && (
      <Button icon={<RedoOutlined aria-hidden />} loading={replayAll.isPending} onClick={() => replayAll.mutate()}>
        {t('events.failed.replay_all')}
      </Button>
    ),
    columns: [
      { id: 'job', title: 'events.failed.job', width: 160, grow: 1, cell: (row) => <strong>{row.job}</strong> },
      { id: 'subject', title: 'events.failed.subject', width: 200, grow: 1, cell: (row) => <span className="mono">{row.subject}</span> },
      { id: 'state', title: 'common.state', width: 150, tagged: true, cell: state },
      { id: 'reason', title: 'events.failed.reason', width: 260, grow: 3, cell: (row) => why(row) },
      { id: 'attempts', title: 'events.failed.attempts', width: 90, numeric: true, cell: (row) => integer(row.attempts) },
      { id: 'next', title: 'events.failed.next', width: 130, cell: (row) => (row.state === 'waiting' ? relative(row.next_at) : '') },
      { id: 'first', title: 'events.failed.first', width: 130, sort: 'created_at', cell: (row) => relative(row.created_at) },
    ],
    filters: [
      { id: 'state', label: 'common.state', kind: 'choice', names: ['state'], options: states.map((value) => ({ value, label: `events.failed.state.${value}` })) },
      { id: 'job', label: 'events.failed.job', kind: 'text', names: ['job'] },
      { id: 'subject', label: 'events.failed.subject', kind: 'text', names: ['subject'] },
    ],
    peek: (row) => (
      <div className="col" style={{ padding: 16, gap: 16 }}>
        <div className="row wrap">
          <h2 className="grow" style={{ fontSize: 16 }}>
            {row.job}
          </h2>
          {state(row)}
        </div>
        <dl className="facts">
          <dt>{t('events.failed.subject')}</dt>
          <dd className="mono">{row.subject}</dd>
          <dt>{t('events.failed.reason')}</dt>
          <dd>
            {why(row)}
            <InEnglish text={row.reason} />
          </dd>
          <dt>{t('events.failed.attempts')}</dt>
          <dd>{integer(row.attempts)}</dd>
          <dt>{t('events.failed.first')}</dt>
          <dd>{dateTime(row.created_at)}</dd>
          <dt>{t('events.failed.last')}</dt>
          <dd>{dateTime(row.updated_at)}</dd>
          {row.state === 'waiting' && (
            <>
              <dt>{t('events.failed.next')}</dt>
              <dd>{dateTime(row.next_at)}</dd>
            </>
          )}
        </dl>
        {admin && (row.state === 'waiting' || row.state === 'dead') && (
          <div className="row wrap">
            <Button type="primary" loading={replay.isPending} onClick={() => replay.mutate(row)}>
              {t('events.failed.replay')}
            </Button>
            <Button
              danger
              onClick={() =>
                modal.confirm({
                  title: t('events.failed.drop_sure'),
                  content: t('events.failed.drop_text', { job: row.job, subject: row.subject }),
                  okText: t('events.failed.drop'),
                  okButtonProps: { danger: true },
                  cancelText: t('common.cancel'),
                  onOk: () => drop.mutateAsync(row).catch(() => undefined),
                })
              }
            >
              {t('events.failed.drop')}
            </Button>
          </div>
        )}
      </div>
    ),
    card: (row) => (
      <>
        <div className="card-line">
          <strong className="grow ellipsis">{row.job}</strong>
          {state(row)}
        </div>
        <div className="card-line muted ellipsis">{why(row)}</div>
      </>
    ),
    empty: { title: 'events.failed.empty', text: 'events.failed.empty_text' },
  };
  return <ListScreen of={list} />;
}
