// What needs a person now, and how the day goes. Every number opens its rows.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Segmented, Select } from 'antd';
import { lazy, Suspense, type ReactNode } from 'react';
import { readPath } from '../../shared/api/client';
import { useMay } from '../../shared/api/session';
import { useKept } from '../../shared/desk';
import { Panel } from '../../shared/desk/record';
import { calendarDay, integer, money, quantity, time } from '../../shared/format';
import { useTranslation } from '../../shared/i18n';
import { Bones, Empty, Trouble } from '../../shared/ui';
import { useListState } from '../../shared/views';
import { readFlow, target, type Figure, type TodayAnswer } from './reading';
import './today.css';

const Flow = lazy(() => import('./Flow'));

const urgent = new Set(['late', 'holds_overdue', 'failed_work', 'jobs_dead', 'stock_negative', 'short_picked']);
interface Named {
  code: string;
  name?: string;
}
function useNames(what: 'channels' | 'locations', enabled: boolean) {
  return useQuery({
    queryKey: [what, 'names'],
    enabled,
    staleTime: 60_000,
    queryFn: ({ signal }) => readPath<{ data: Named[] }>(`/v1/${what}`, { limit: 200 }, signal),
  });
}

function Opens({ path, query, className, children }: { path: string; query: string; className: string; children: ReactNode }) {
  const at = target(path, query);
  if (!at) return <div className={className}>{children}</div>;
  return (
    <Link to={at.to as never} search={at.search as never} className={className}>
      {children}
    </Link>
  );
}

function useCount() {
  const { t } = useTranslation();
  return (one: Figure) => (one.more ? t('today.many', { n: integer(one.count) }) : integer(one.count));
}

export function Today() {
  const { t } = useTranslation();
  const may = useMay();
  const state = useListState();
  const channels = useNames('channels', may('master.read'));
  const locations = useNames('locations', may('master.read'));
  const [asTable, setAsTable] = useKept('today.flow', 'chart');
  const shown = useCount();
  const { channel, location } = state.query;
  const today = useQuery({
    queryKey: ['today', channel, location],
    refetchInterval: 60_000,
    queryFn: ({ signal }) => readPath<TodayAnswer>('/v1/today', { channel, location }, signal),
  });
  const data = today.data;
  const choose = (name: 'channel' | 'location', all: Named[] | undefined) =>
    all && all.length > 1 ? (
      <Select
        aria-label={t(`today.${name}`)}
        style={{ minWidth: 170 }}
        value={state.query[name] ?? ''}
        options={[{ value: '', label: t(`today.every_${name}`) }, ...all.map((one) => ({ value: one.code, label: one.name ?? one.code }))]}
        onChange={(value) => state.set({ [name]: value || undefined })}
      />
    ) : null;

  return (
    <div className="screen today">
      <header className="screen-head">
        <h1>{data ? t('today.greeting', { day: calendarDay(data.date) }) : t('today.nav')}</h1>
        {data && <span className="muted">{t('today.zone', { zone: data.time_zone })}</span>}
        <span className="grow" />
        {choose('channel', channels.data?.data)}
        {choose('location', locations.data?.data)}
      </header>
      {today.isPending && <Bones rows={10} />}
      {today.isError && !data && <Trouble error={today.error} retry={() => void today.refetch()} />}
      {data && (
        <div className="screen-body">
          <Attention all={data.attention} />
          <section aria-labelledby="today-numbers">
            <h2 id="today-numbers" className="today-title">
              {t('today.numbers')}
            </h2>
            <div className="tiles">
              {data.counters.map((one) => (
                <Opens key={one.code} path={one.path} query={one.query} className="tile">
                  <span className="tile-label">{t(`today.${one.code}`, { defaultValue: one.code })}</span>
                  <span className="tile-figure">{shown(one)}</span>
                </Opens>
              ))}
              {data.money.map((one) => (
                <Opens key={one.currency} path={one.path} query={one.query} className="tile">
                  <span className="tile-label">{t('today.revenue')}</span>
                  <span className="tile-figure">{money(one.revenue, one.currency)}</span>
                </Opens>
              ))}
              {data.units !== undefined && (
                <div className="tile">
                  <span className="tile-label">{t('today.units')}</span>
                  <span className="tile-figure">{quantity(data.units)}</span>
                </div>
              )}
            </div>
          </section>
          <div className="columns">
            <Panel
              title={t('today.flow')}
              extra={
                <Segmented
                  size="small"
                  className="no-print"
                  aria-label={t('today.flow_as')}
                  value={asTable}
                  onChange={(value) => setAsTable(String(value))}
                  options={['chart', 'table'].map((value) => ({ value, label: t(`today.flow_${value}`) }))}
                />
              }
            >
              <FlowWords data={data} />
              <Suspense fallback={<div className="flow-wait" />}>
                <Flow hours={data.hours} now={data.at} asTable={asTable === 'table'} />
              </Suspense>
            </Panel>
            <div className="col today-side">
              <Panel title={t('today.backlog')}>
                <p className="muted small-text">{t('today.backlog_text')}</p>
                <Bars all={data.backlog} label={(one) => t(`enum.fulfillment_status.${one.status}`, { defaultValue: one.status ?? '' })} />
              </Panel>
              <Panel title={t('today.holds')}>
                {data.holds.length ? (
                  <Bars
                    all={data.holds}
                    label={(one) => t(`enum.hold_type.${one.type}`, { defaultValue: one.type ?? '' })}
                    note={(one) => (one.role ? t('today.hold_role', { role: t(`enum.role.${one.role}`, { defaultValue: one.role }) }) : '')}
                  />
                ) : (
                  <p className="muted">{t('today.holds_none')}</p>
                )}
              </Panel>
            </div>
          </div>
        </div>
      )}
    </div>
  );
}

function Attention({ all }: { all: Figure[] }) {
  const { t } = useTranslation();
  const shown = useCount();
  const some = all.filter(({ count }) => count > 0);
  return (
    <section aria-labelledby="today-needs">
      <h2 id="today-needs" className="today-title">
        {t('today.needs')}
      </h2>
      {some.length ? (
        <div className="tiles" aria-live="polite">
          {some.map((one) => (
            <Opens key={one.code} path={one.path} query={one.query} className={`tile need ${urgent.has(one.code) ? 'need-bad' : 'need-warn'}`}>
              <span className="tile-figure">{shown(one)}</span>
              <strong>{t(`today.${one.code}`, { defaultValue: one.code })}</strong>
              <span className="tile-label">{t(`today.${one.code}_text`, { defaultValue: '' })}</span>
            </Opens>
          ))}
        </div>
      ) : (
        <div className="panel">
          <Empty title={t('today.calm')}>{t('today.calm_text')}</Empty>
        </div>
      )}
    </section>
  );
}

function FlowWords({ data }: { data: TodayAnswer }) {
  const { t } = useTranslation();
  const { placed, shipped, busiest } = readFlow(data.hours);
  return (
    <p className="flow-words">
      {busiest
        ? t('today.flow_text', { placed: integer(placed), shipped: integer(shipped), hour: time(busiest.from, data.time_zone), most: integer(busiest.placed) })
        : t('today.flow_quiet')}
    </p>
  );
}

function Bars({ all, label, note }: { all: Figure[]; label: (one: Figure) => string; note?: (one: Figure) => string }) {
  const shown = useCount();
  const most = Math.max(1, ...all.map(({ count }) => count));
  return (
    <ul className="bars">
      {all.map((one, i) => (
        <li key={i}>
          <Opens path={one.path} query={one.query} className="bars-row">
            <span className="bars-label">
              {label(one)}
              {note && <span className="muted"> {note(one)}</span>}
            </span>
            <span className="bars-track" aria-hidden="true">
              <span style={{ width: `${(one.count * 100) / most}%` }} />
            </span>
            <span className="num">{shown(one)}</span>
          </Opens>
        </li>
      ))}
    </ul>
  );
}
