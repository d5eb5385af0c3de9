import { useQuery } from '@tanstack/react-query';
import { readPath } from '../../shared/api/client';
import { Panel } from '../../shared/desk';
import { duration, integer, relative } from '../../shared/format';
import { useTranslation } from '../../shared/i18n';
import { Loaded, StatusTag } from '../../shared/ui';
import type { Job } from './api';
import { JobTabs } from './Tabs';

/** Failing now: the newest run failed. */
const failing = (job: Job) => Boolean(job.failed_at && (!job.last_at || job.failed_at >= job.last_at));

export function Jobs() {
  const { t } = useTranslation();
  const found = useQuery({ queryKey: ['timers'], refetchInterval: 5_000, queryFn: () => readPath<{ data: Job[] }>('/v1/timers', { limit: 200 }) });
  const body = ({ data }: NonNullable<typeof found.data>) => {
    return (
      <Panel title={t('events.jobs.running')} flush>
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">{t('events.jobs.name')}</th>
              <th scope="col">{t('common.state')}</th>
              <th scope="col">{t('events.jobs.last_run')}</th>
              <th scope="col" className="num">
                {t('events.jobs.duration')}
              </th>
              <th scope="col" className="num">
                {t('events.jobs.every')}
              </th>
              <th scope="col" className="num">
                {t('events.jobs.runs')}
              </th>
              <th scope="col">{t('events.jobs.last_error')}</th>
            </tr>
          </thead>
          <tbody>
            {data.map((job) => (
              <tr key={job.name}>
                <th scope="row">{t(`events.job.${job.name.replaceAll(' ', '_')}`, { defaultValue: job.name })}</th>
                <td>{failing(job) ? <StatusTag tone="bad">{t('events.jobs.failing')}</StatusTag> : <StatusTag tone={job.runs ? 'good' : 'quiet'}>{t(job.runs ? 'events.jobs.fine' : 'events.jobs.never')}</StatusTag>}</td>
                <td>{job.last_at ? relative(job.last_at) : ''}</td>
                <td className="num">{job.last_ms === undefined ? '' : t('events.jobs.ms', { n: integer(job.last_ms) })}</td>
                <td className="num">{job.every_ms ? duration(job.every_ms) : t('events.jobs.always')}</td>
                <td className="num">{integer(job.runs)}</td>
                <td>
                  {job.error && (
                    <span className="cell-stack">
                      <span className="mono">{job.error}</span>
                      <small>{relative(job.failed_at)}</small>
                    </span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Panel>
    );
  };
  return (
    <div className="screen">
      <header className="screen-head">
        <h1>{t('events.jobs.title')}</h1>
      </header>
      <JobTabs at="/jobs" />
      <div className="screen-body">
        <Loaded of={found} rows={10}>
          {body}
        </Loaded>
      </div>
    </div>
  );
}
