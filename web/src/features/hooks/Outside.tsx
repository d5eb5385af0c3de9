import { RedoOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { readPath, sendPath } from '../../shared/api/client';
import { useMay } from '../../shared/api/session';
import { ListScreen, type ListDefinition } from '../../shared/desk';
import { dateTime, integer, relative } from '../../shared/format';
import { useTranslation } from '../../shared/i18n';
import { Loaded, useProblemText } from '../../shared/ui';
import { Attempts, OutsideState, outsideStates, outsideWhy, useLooking, type OutsideJob } from './attempts';
import { JobTabs } from '../events';

/** Replaying and dropping; what they change is read again. */
function useVerbs() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const client = useQueryClient();
  const again = () => void client.invalidateQueries({ queryKey: ['jobs'] });
  const onError = (error: unknown) => void message.error(problemText(error));
  const replay = useMutation({ mutationFn: (job: OutsideJob) => sendPath('POST', `/v1/jobs/${job.id}/replay`), onSuccess: again, onError });
  const drop = useMutation({ mutationFn: (job: OutsideJob) => sendPath('POST', `/v1/jobs/${job.id}/drop`), onSuccess: again, onError });
  const replayAll = useMutation({
    mutationFn: async () => {
      let sum = 0;
      for (;;) {
        const { replayed, more } = await sendPath<{ replayed: number; more: boolean }>('POST', '/v1/jobs/replay', { state: 'dead' });
        sum += replayed;
        if (!more || !replayed) return sum;
      }
    },
    onSuccess: (n) => {
      void message.success(t('events.failed.replayed', { n: integer(n) }));
      again();
    },
    onError,
  });
  return { replay, drop, replayAll };
}

function Peek({ row, verbs }: { row: OutsideJob; verbs: ReturnType<typeof useVerbs> }) {
  const { t } = useTranslation();
  const may = useMay();
  const { modal } = App.useApp();
  const found = useQuery({ queryKey: ['jobs', 'one', row.id, row.version], queryFn: () => readPath<OutsideJob>(`/v1/jobs/${row.id}`, {}) });
  const { replay, drop } = verbs;
  return (
    <div className="col" style={{ padding: 16, gap: 16 }}>
      <div className="row wrap">
        <h2 className="grow" style={{ fontSize: 16 }}>
          {t(`hooks.outside.kind.${row.kind.replace('.', '_')}`, { defaultValue: row.kind })}
        </h2>
        <OutsideState job={row} />
      </div>
      <dl className="facts">
        <dt>{t('events.failed.subject')}</dt>
        <dd className="mono">{row.subject}</dd>
        {row.target && (
          <>
            <dt>{t('hooks.outside.target')}</dt>
            <dd className="mono">{row.target}</dd>
          </>
        )}
        <dt>{t('common.created')}</dt>
        <dd>{dateTime(row.created_at)}</dd>
        {row.state === 'retrying' && (
          <>
            <dt>{t('events.failed.next')}</dt>
            <dd>{dateTime(row.due_at)}</dd>
          </>
        )}
      </dl>
      <h3 style={{ fontSize: 14, margin: 0 }}>{t('hooks.outside.attempts')}</h3>
      <Loaded of={found} rows={3}>
        {(job) => <Attempts of={job.tried ?? []} />}
      </Loaded>
      {may('system.admin') && row.state !== 'running' && (
        <div className="row wrap">
          <Button type="primary" loading={replay.isPending} onClick={() => replay.mutate(row)}>
            {t('events.failed.replay')}
          </Button>
          {row.state !== 'done' && row.state !== 'dropped' && (
            <Button
              danger
              onClick={() =>
                modal.confirm({
                  title: t('events.failed.drop_sure'),
                  content: t('hooks.outside.drop_text', { subject: row.subject }),
                  okText: t('events.failed.drop'),
                  okButtonProps: { danger: true },
                  cancelText: t('common.cancel'),
                  onOk: () => drop.mutateAsync(row).catch(() => undefined),
                })
              }
            >
              {t('events.failed.drop')}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

export function Outside() {
  const { t } = useTranslation();
  const may = useMay();
  const verbs = useVerbs();
  useLooking('jobs');
  const kind = (row: OutsideJob) => t(`hooks.outside.kind.${row.kind.replace('.', '_')}`, { defaultValue: row.kind });
  const list: ListDefinition<OutsideJob> = {
    screen: 'jobs_outside',
    resource: 'jobs',
    path: '/v1/jobs',
    title: 'hooks.outside.title',
    defaultSort: '-created_at',
    searchable: false,
    id: (row) => row.id,
    head: <JobTabs at="/jobs/outside" />,
    actions: may('system.admin') && (
      <Button icon={<RedoOutlined aria-hidden />} loading={verbs.replayAll.isPending} onClick={() => verbs.replayAll.mutate()}>
        {t('hooks.outside.replay_all')}
      </Button>
    ),
    columns: [
      { id: 'kind', title: 'events.failed.job', width: 170, grow: 1, cell: (row) => <strong>{kind(row)}</strong> },
      { id: 'subject', title: 'events.failed.subject', width: 190, grow: 1, cell: (row) => <span className="mono">{row.subject}</span> },
      { id: 'state', title: 'common.state', width: 150, tagged: true, cell: (row) => <OutsideState job={row} /> },
      { id: 'reason', title: 'events.failed.reason', width: 240, grow: 2, cell: (row) => outsideWhy(t, row) },
      { id: 'attempts', title: 'events.failed.attempts', width: 90, numeric: true, cell: (row) => integer(row.attempts) },
      { id: 'next', title: 'events.failed.next', width: 130, cell: (row) => (row.state === 'retrying' ? relative(row.due_at) : '') },
      { id: 'created', title: 'common.created', width: 130, sort: 'created_at', cell: (row) => relative(row.created_at) },
    ],
    filters: [
      { id: 'state', label: 'common.state', kind: 'choice', names: ['state'], options: outsideStates.map((value) => ({ value, label: `hooks.outside.state.${value}` })) },
      { id: 'kind', label: 'events.failed.job', kind: 'text', names: ['kind'] },
      { id: 'subject', label: 'events.failed.subject', kind: 'text', names: ['subject'] },
      { id: 'target', label: 'hooks.outside.target', kind: 'text', names: ['target'] },
    ],
    peek: (row) => <Peek row={row} verbs={verbs} />,
    card: (row) => (
      <>
        <div className="card-line">
          <strong className="grow ellipsis">{kind(row)}</strong>
          <OutsideState job={row} />
        </div>
        <div className="card-line muted ellipsis">{outsideWhy(t, row) || row.subject}</div>
      </>
    ),
    empty: { title: 'hooks.outside.empty', text: 'hooks.outside.empty_text' },
  };
  return <ListScreen of={list} />;
}
