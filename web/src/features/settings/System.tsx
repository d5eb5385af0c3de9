import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { App, Button, Progress } from 'antd';
import { readPath, sendPath } from '../../shared/api/client';
import { useMay } from '../../shared/api/session';
import { Panel } from '../../shared/desk';
import { dateTime, duration, integer, relative } from '../../shared/format';
import { useTranslation } from '../../shared/i18n';
import { Loaded, StatusTag, type Tone, useProblemText, Trouble } from '../../shared/ui';
import { SettingsScreen } from './Tabs';
import { bytes } from './bytes';
import './settings.css';

interface State {
  version: string;
  engine: string;
  migration: number;
  database_bytes: number;
  started_at: string;
  uptime_s: number;
  last_backup_at?: string;
  feed_seq: number;
  feed_waiting: number;
  failed_work: number;
  consumers: { name: string; seq: number; lag: number }[];
}

interface Chore {
  state: 'idle' | 'running' | 'done' | 'failed';
  started_at?: string;
  finished_at?: string;
  step: number;
  steps: number;
  what?: string;
  error?: string;
  differences: number;
  told: string[];
  file?: string;
  bytes?: number;
}

const tones: Record<Chore['state'], Tone> = { idle: 'quiet', running: 'info', done: 'good', failed: 'bad' };

function ChorePanel({ name }: { name: 'check' | 'backup' }) {
  const { t } = useTranslation();
  const may = useMay();
  const client = useQueryClient();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const key = ['system', name];
  const found = useQuery({
    queryKey: key,
    queryFn: async () => {
      const chore = await readPath<Chore>(`/v1/system/${name}`, {});
      if (chore.state === 'done' && name === 'backup') void client.invalidateQueries({ queryKey: ['system', 'backups'] });
      return chore;
    },
    refetchInterval: (query) => (query.state.data?.state === 'running' ? 1000 : false),
  });
  const begin = useMutation({
    mutationFn: () => sendPath<Chore>('POST', `/v1/system/${name}`),
    onSuccess: (chore) => {
      client.setQueryData(key, chore);
      void client.invalidateQueries({ queryKey: key });
    },
    onError: (error) => void message.error(problemText(error)),
  });
  const chore = found.data;
  const labels = { idle: 'settings.system.idle', running: 'settings.system.running', done: 'settings.system.done', failed: 'settings.system.chore_failed' };
  const wrong = chore?.state === 'done' && chore.differences > 0;
  return (
    <Panel
      title={t(`settings.system.${name}`)}
      note={t(`settings.system.${name}_text`)}
      extra={
        may('system.admin') && (
          <Button loading={begin.isPending} disabled={chore?.state === 'running'} onClick={() => begin.mutate()}>
            {t(`settings.system.${name}_do`)}
          </Button>
        )
      }
    >
      {found.isError && <Trouble error={found.error} retry={() => void found.refetch()} />}
      {chore && (
        <div className="col" aria-live="polite">
          <div className="row wrap">
            <StatusTag tone={wrong ? 'bad' : tones[chore.state]}>{t(labels[chore.state])}</StatusTag>
            {chore.finished_at && <span className="muted">{t('settings.system.finished', { when: dateTime(chore.finished_at) })}</span>}
            {name === 'check' && chore.state === 'done' && <span>{chore.differences ? t('settings.system.differences', { n: integer(chore.differences) }) : t('settings.system.clean')}</span>}
            {chore.file && <span className="mono">{chore.file}</span>}
            {chore.error && <span style={{ color: 'var(--bad)' }}>{chore.error}</span>}
          </div>
          {chore.state === 'running' && (
            <>
              <Progress percent={chore.steps ? Math.floor((chore.step * 100) / chore.steps) : 0} aria-label={t(`settings.system.${name}`)} />
              <span className="muted">
                {t('settings.system.progress', { step: chore.step, steps: chore.steps })} {chore.what}
              </span>
            </>
          )}
          {chore.told?.length > 0 && (
            <pre className="differences" tabIndex={0}>
              {chore.told.join('\n')}
            </pre>
          )}
        </div>
      )}
    </Panel>
  );
}

function Backups() {
  const { t } = useTranslation();
  const found = useQuery({ queryKey: ['system', 'backups'], queryFn: () => readPath<{ data: { file: string; bytes: number; at: string }[] }>('/v1/system/backups', { limit: 50 }) });
  if (!found.data) return null;
  return (
    <Panel title={t('settings.system.files')} flush>
      {found.data.data.length ? (
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">{t('settings.system.file')}</th>
              <th scope="col">{t('settings.system.when')}</th>
              <th scope="col" className="num">
                {t('settings.system.bytes')}
              </th>
            </tr>
          </thead>
          <tbody>
            {found.data.data.map((one) => (
              <tr key={one.file}>
                <th scope="row" className="mono">
                  {one.file}
                </th>
                <td>{dateTime(one.at)}</td>
                <td className="num">{bytes(one.bytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <p className="muted" style={{ padding: 16 }}>
          {t('settings.system.no_files')}
        </p>
      )}
    </Panel>
  );
}

export function System() {
  const { t } = useTranslation();
  const found = useQuery({ queryKey: ['system', 'state'], queryFn: () => readPath<State>('/v1/system', {}), refetchInterval: 10_000 });
  const body = (s: NonNullable<typeof found.data>) => {
    return (
      <div className="columns">
        <div className="stack">
          <ChorePanel name="check" />
          <ChorePanel name="backup" />
          <Backups />
        </div>
        <div className="stack">
          <Panel title={t('settings.system.what')}>
            <dl className="facts">
              <dt>{t('settings.system.version')}</dt>
              <dd>{s.version}</dd>
              <dt>{t('settings.system.engine')}</dt>
              <dd>{s.engine === 'sqlite' ? 'SQLite' : 'PostgreSQL'}</dd>
              <dt>{t('settings.system.migration')}</dt>
              <dd>{s.migration}</dd>
              <dt>{t('settings.system.size')}</dt>
              <dd>{bytes(s.database_bytes)}</dd>
              <dt>{t('settings.system.started')}</dt>
              <dd>{dateTime(s.started_at)}</dd>
              <dt>{t('settings.system.uptime')}</dt>
              <dd>{duration(s.uptime_s * 1000)}</dd>
              <dt>{t('settings.system.backup_at')}</dt>
              <dd>{s.last_backup_at ? relative(s.last_backup_at) : t('settings.system.no_backup')}</dd>
              <dt>{t('settings.system.failed')}</dt>
              <dd>
                <Link to={'/jobs/failed' as never}>{integer(s.failed_work)}</Link>
              </dd>
            </dl>
          </Panel>
          <Panel title={t('settings.system.followers')} flush>
            <table className="plain">
              <thead>
                <tr>
                  <th scope="col">{t('settings.system.follower')}</th>
                  <th scope="col" className="num">
                    {t('settings.system.at')}
                  </th>
                  <th scope="col" className="num">
                    {t('settings.system.lag')}
                  </th>
                </tr>
              </thead>
              <tbody>
                <tr>
                  <th scope="row">{t('settings.system.events')}</th>
                  <td className="num">{integer(s.feed_seq)}</td>
                  <td className="num">{integer(s.feed_waiting)}</td>
                </tr>
                {s.consumers.map((one) => (
                  <tr key={one.name}>
                    <th scope="row">{t(`settings.system.follower_names.${one.name.split('.')[0]}`, { defaultValue: one.name, zone: one.name.split('.')[2] ?? '' })}</th>
                    <td className="num">{integer(one.seq)}</td>
                    <td className="num">{integer(one.lag)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Panel>
          <Panel title={t('settings.system.links')}>
            <a href="/docs" target="_blank" rel="noreferrer">
              {t('settings.system.api_docs')}
            </a>
          </Panel>
        </div>
      </div>
    );
  };
  return (
    <SettingsScreen at="system" title="settings.system.title">
      <Loaded of={found} rows={8}>
        {body}
      </Loaded>
    </SettingsScreen>
  );
}
