// The home of figures: each report's few that matter, against the time before. Each leads to its report.
import { Link } from '@tanstack/react-router';
import { useCompany } from '../../shared/desk';
import { calendarDate, quantity } from '../../shared/format';
import { useTranslation } from '../../shared/i18n';
import { Bones, Spark, Trouble } from '../../shared/ui';
import { useListState } from '../../shared/views';
import { useInfos, useReport } from './api';
import { Range } from './Range';
import { askOf, mainTotal, ofDays, valueOf, type Info } from './reading';
import { Change, useWords } from './words';
import './reports.css';

/** What is told of a report here, and by which rows: days make a picture, the first few of others a list. */
const headlines: Record<string, { measures: string[]; by: string; top?: string }> = {
  orders: { measures: ['revenue', 'orders', 'average_value', 'cancellation_rate'], by: 'day' },
  products: { measures: ['units', 'revenue'], by: 'product', top: 'units' },
  flow: { measures: ['shipped_orders', 'time_to_ship_median', 'late_rate', 'perfect_order_rate'], by: 'day' },
  backlog: { measures: ['open', 'late', 'age_median'], by: 'location', top: 'open' },
  stock: { measures: ['on_hand', 'value', 'stock_outs', 'dead_value'], by: 'location', top: 'on_hand' },
  reviews: { measures: ['holds', 'active', 'time_to_decide_median'], by: 'reason', top: 'holds' },
  customers: { measures: ['new_customers', 'repeat_rate', 'revenue_per_order'], by: 'day' },
  segments: { measures: ['customers', 'lifetime_value'], by: 'segment', top: 'customers' },
};
const TOP = 4;

export function Reports() {
  const { t } = useTranslation();
  const state = useListState();
  const infos = useInfos();
  const first = infos.data?.find(ofDays);
  const answer = useReport(first?.name ?? 'orders', first ? { ...askOf(first, state.query), by: 'day' } : {}, Boolean(first));
  return (
    <div className="screen reports">
      <header className="screen-head">
        <h1>{t('reports.nav')}</h1>
        <span className="grow" />
        <Range state={state} from={answer.data?.from} to={answer.data?.to} />
      </header>
      <div className="screen-body">
        {infos.isPending && <Bones rows={10} />}
        {infos.isError && <Trouble error={infos.error} retry={() => void infos.refetch()} />}
        {answer.data?.previous_from && (
          <p className="muted">
            {t('reports.against', { from: calendarDate(answer.data.from), to: calendarDate(answer.data.to), before: calendarDate(answer.data.previous_from), until: calendarDate(answer.data.previous_to), zone: answer.data.zone })}
          </p>
        )}
        <div className="report-cards">
          {(infos.data ?? []).map((info) => (
            <Card key={info.name} info={info} query={state.query} />
          ))}
        </div>
      </div>
    </div>
  );
}

function Card({ info, query }: { info: Info; query: Record<string, string> }) {
  const { t } = useTranslation();
  const words = useWords();
  const { currency: own } = useCompany();
  const head = headlines[info.name] ?? { measures: info.measures.slice(0, 3).map(({ name }) => name), by: info.default_by };
  const { currency: _, ...days } = askOf(info, { ...query, by: head.by });
  const report = useReport(info.name, head.by === 'day' ? days : { ...days, limit: 50 });
  const total = mainTotal(report.data?.totals ?? [], own);
  const currency = total?.currency ?? own;
  const rows = (report.data?.rows ?? []).filter((row) => row.currency === currency);
  const shown = info.measures.filter(({ name }) => head.measures.includes(name)).sort((a, b) => head.measures.indexOf(a.name) - head.measures.indexOf(b.name));
  const kept = { from: ofDays(info) ? query.from : undefined, to: ofDays(info) ? query.to : undefined, compare: ofDays(info) ? query.compare : undefined };
  const path = `/reports/${info.name}`;
  const lead = shown[0];
  const top = info.measures.find(({ name }) => name === head.top);
  const most = top ? Math.max(1, ...rows.map((row) => valueOf(row, top.name)?.value ?? 0)) : 1;
  return (
    <section className="panel report-card" aria-labelledby={`report-${info.name}`}>
      <div className="panel-head">
        <h2 id={`report-${info.name}`}>
          <Link to={path as never} search={kept as never}>
            {t(`reports.report.${info.name}`, { defaultValue: info.name })}
          </Link>
        </h2>
        <span className="grow" />
        {!ofDays(info) && <span className="muted small-text">{t('reports.now')}</span>}
      </div>
      <div className="panel-body">
        {report.isPending && <Bones rows={4} />}
        {report.isError && !report.data && <Trouble error={report.error} retry={() => void report.refetch()} />}
        {report.data && (
          <>
            <ul className="report-figures">
              {shown.map((measure) => {
                const value = valueOf(total, measure.name);
                return (
                  <li key={measure.name}>
                    <Link to={path as never} search={{ ...kept, measure: measure.name } as never} className="report-figure">
                      <span className="tile-label">{words.name(measure)}</span>
                      <span className="report-value">{words.figure(measure, value?.value, currency)}</span>
                      {measure.past && <Change measure={measure} change={value?.change} />}
                    </Link>
                  </li>
                );
              })}
            </ul>
            {head.by === 'day' && lead && rows.length > 1 && (
              <div className="report-spark">
                <Spark
                  width={400}
                  height={56}
                  values={rows.map((row) => valueOf(row, lead.name)?.value ?? 0)}
                  label={t('reports.spark', { measure: words.name(lead), from: calendarDate(report.data.from), to: calendarDate(report.data.to) })}
                />
              </div>
            )}
            {top && (
              <ol className="report-top">
                {[...rows]
                  .sort((a, b) => (valueOf(b, top.name)?.value ?? 0) - (valueOf(a, top.name)?.value ?? 0))
                  .slice(0, TOP)
                  .map((row) => {
                    const value = valueOf(row, top.name)?.value ?? 0;
                    return (
                      <li key={row.key}>
                        <Link to={path as never} search={{ ...kept, by: head.by, measure: top.name, cell: row.key, of: top.name } as never} className="report-bar">
                          <span className="ellipsis">{words.about(head.by, row)}</span>
                          <span className="report-track" aria-hidden="true">
                            <span style={{ width: `${(Math.max(0, value) * 100) / most}%` }} />
                          </span>
                          <span className="num">{top.unit === 'quantity' ? quantity(value) : words.figure(top, value, currency)}</span>
                        </Link>
                      </li>
                    );
                  })}
                {!rows.length && <li className="muted">{t('reports.nothing')}</li>}
              </ol>
            )}
          </>
        )}
      </div>
    </section>
  );
}
