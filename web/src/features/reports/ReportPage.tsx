// One report: which days, by what, a picture or a table; each figure opens what is behind it. All of it in the address.
import { DownloadOutlined, UnorderedListOutlined } from '@ant-design/icons';
import { useParams } from '@tanstack/react-router';
import { Button, Dropdown, Segmented, Select } from 'antd';
import { lazy, Suspense } from 'react';
import { MasterSelect, PageHead, Panel, SkuSelect, useCompany } from '../../shared/desk';
import { calendarDate, dateTime, integer } from '../../shared/format';
import { useTranslation } from '../../shared/i18n';
import { Bones, Empty, Trouble } from '../../shared/ui';
import { useListState, type ListState } from '../../shared/views';
import { useInfos, useReport } from './api';
import { Cells } from './Cells';
import { Drill } from './Drill';
import { Heat } from './Heat';
import { Range } from './Range';
import { askOf, cellOf, extremes, isTime, linkOf, mainTotal, ofDays, valueOf, type Answer, type Info, type Measure, type Row } from './reading';
import { Change, useWords } from './words';
import './reports.css';

const Chart = lazy(() => import('./Chart'));
const ROWS = 200;
const holdTypes = ['stock_short', 'payment_mismatch', 'total_mismatch', 'blocked_customer', 'velocity', 'amount_outlier', 'address', 'price_deviation', 'probable_duplicate', 'channel_change', 'manual'];

export function ReportPage() {
  const { t } = useTranslation();
  const { name = '' } = useParams({ strict: false }) as { name?: string };
  const state = useListState();
  const infos = useInfos();
  const info = infos.data?.find((one) => one.name === name);
  if (infos.isPending) return <Bones rows={12} />;
  if (infos.isError) return <Trouble error={infos.error} retry={() => void infos.refetch()} />;
  if (!info) return <Empty title={t('reports.unknown')}>{t('reports.unknown_text')}</Empty>;
  return <One key={name} info={info} state={state} />;
}

function One({ info, state }: { info: Info; state: ListState }) {
  const { t } = useTranslation();
  const words = useWords();
  const { currency: own } = useCompany();
  const asked = askOf(info, state.query);
  // Currencies are not added up: where there are several, one is shown, and the files have the same.
  const { currency: _, by: __, ...all } = asked;
  const money = useReport(info.name, { ...all, by: info.default_by, limit: 1 }, info.by_currency);
  const currencies = info.by_currency ? (money.data?.totals ?? []).map((row) => row.currency) : [];
  const ask = { ...asked, ...(currencies.length > 1 && !asked.currency ? { currency: mainTotal(money.data?.totals ?? [], own)?.currency } : {}) } as typeof asked;
  const by = ask.by ?? info.default_by;
  const report = useReport(info.name, isTime(by) ? ask : { ...ask, limit: ROWS }, !info.by_currency || !money.isPending);
  const data = report.data;
  const there = info.measures.filter(({ name }) => (data ? data.measures.includes(name) : true));
  const measure = there.find(({ name }) => name === state.query.measure) ?? there[0];
  const total = mainTotal(data?.totals ?? [], own);
  const as = state.as ?? (info.chart === 'table' ? 'table' : 'chart');
  const open = (key: string, of: string) => state.set({ cell: key, of });
  const cell = state.query.cell;
  const of = info.measures.find(({ name }) => name === state.query.of) ?? measure;
  const row = data?.rows.find((one) => one.key === cell) ?? (cell === '*' ? total : undefined);
  const path = `/v1/reports/${info.name}`;
  // The files speak the reader's language as the screen does.
  const titles: Record<string, string> = { [by]: t(`reports.by.${by}`), currency: t('reports.currency') };
  for (const one of there) {
    titles[one.name] = words.name(one);
    titles[`${one.name}.previous`] = t('reports.file_before', { measure: words.name(one) });
    titles[`${one.name}.change`] = t('reports.file_change', { measure: words.name(one) });
  }

  return (
    <div className="screen page report">
      <PageHead
        back="/reports"
        backLabel={t('reports.nav')}
        title={t(`reports.report.${info.name}`, { defaultValue: info.name })}
        actions={
          <Dropdown
            autoFocus
            trigger={['click']}
            menu={{
              items: (['xlsx', 'csv'] as const).map((format) => ({
                key: format,
                label: (
                  <a href={linkOf(path, { ...ask }, format, titles)} download>
                    {t(`reports.file_${format}`)}
                  </a>
                ),
              })),
            }}
          >
            <Button icon={<DownloadOutlined aria-hidden />}>{t('reports.file')}</Button>
          </Dropdown>
        }
      />
      <div className="screen-body">
        <p className="muted report-about">{t(`reports.about.${info.name}`, { defaultValue: '' })}</p>
        <div className="row wrap report-bars no-print">
          {ofDays(info) && <Range state={state} from={data?.from} to={data?.to} />}
          <Filters info={info} state={state} currencies={currencies} currency={ask.currency ?? total?.currency} />
        </div>
        {report.isPending && <Bones rows={10} />}
        {report.isError && !data && <Trouble error={report.error} retry={() => void report.refetch()} />}
        {data && measure && (
          <>
            <div className="measures" role="group" aria-label={t('reports.figures')}>
              {there.map((one) => {
                const value = valueOf(total, one.name);
                return (
                  <button key={one.name} type="button" className="measure" aria-pressed={one.name === measure.name} onClick={() => state.set({ measure: one.name }, true)}>
                    <span className="tile-label">{words.name(one)}</span>
                    <span className="report-value">{words.figure(one, value?.value, total?.currency ?? own)}</span>
                    {data.compare && one.past ? <Change measure={one} change={value?.change} /> : null}
                  </button>
                );
              })}
            </div>
            <Panel
              title={t('reports.by_title', { measure: words.name(measure), by: t(`reports.by.${by}`) })}
              extra={
                <div className="row wrap no-print">
                  <Select
                    aria-label={t('reports.by_label')}
                    size="small"
                    popupMatchSelectWidth={false}
                    style={{ minWidth: 110 }}
                    value={by}
                    options={info.by.map((value) => ({ value, label: t(`reports.by.${value}`) }))}
                    onChange={(value) => state.set({ by: value === info.default_by ? undefined : value, cell: undefined, of: undefined })}
                  />
                  <Segmented
                    size="small"
                    aria-label={t('reports.as')}
                    value={as}
                    onChange={(value) => state.set({ as: String(value) })}
                    options={['chart', 'table'].map((value) => ({ value, label: t(by === 'score' && value === 'chart' ? 'reports.as_heat' : `reports.as_${value}`) }))}
                  />
                  <Button size="small" icon={<UnorderedListOutlined aria-hidden />} onClick={() => open('*', measure.name)}>
                    {t('reports.behind')}
                  </Button>
                </div>
              }
            >
              {!data.rows.length ? (
                <Empty title={t('reports.nothing')}>{t('reports.nothing_text')}</Empty>
              ) : (
                <>
                  <Sentence info={info} data={data} measure={measure} total={total} />
                  {as === 'table' ? (
                    <Cells data={data} measures={there} measure={measure} total={total} open={open} />
                  ) : by === 'score' ? (
                    <Heat rows={data.rows} measure={measure} open={(key) => open(key, measure.name)} />
                  ) : (
                    <Suspense fallback={<div className="chart" />}>
                      <Chart data={data} measure={measure} past={measure.past} open={(key) => open(key, measure.name)} />
                    </Suspense>
                  )}
                </>
              )}
            </Panel>
            <p className="muted small-text">
              {data.as_of && t(data.waiting > 1 ? 'reports.as_of_waiting' : 'reports.as_of', { at: dateTime(data.as_of), zone: data.zone, n: integer(data.waiting) })}{' '}
              {data.left_off > 0 && t('reports.left_off', { n: integer(data.left_off) })}
            </p>
          </>
        )}
      </div>
      {of && cell && (
        <Drill
          name={info.name}
          cell={cellOf({ ...ask, currency: info.by_currency ? (ask.currency ?? row?.currency) : undefined } as typeof ask, cell, of.name)}
          title={row && cell !== '*' ? t('reports.cell', { measure: words.name(of), row: words.about(by, row) }) : words.name(of)}
          figure={row ? words.figure(of, valueOf(row, of.name)?.value, row.currency) : ''}
          close={() => state.set({ cell: undefined, of: undefined })}
        />
      )}
    </div>
  );
}

function Filters({ info, state, currencies, currency }: { info: Info; state: ListState; currencies: string[]; currency: string | undefined }) {
  const { t } = useTranslation();
  const { query } = state;
  const has = (name: string) => info.filters.includes(name);
  const put = (name: string) => (value: string | undefined) => state.set({ [name]: value || undefined, cell: undefined, of: undefined });
  return (
    <>
      {(['channel', 'location'] as const).map(
        (name) =>
          has(name) && (
            <span key={name} className="report-filter">
              <MasterSelect of={`${name}s`} value={query[name]} onChange={put(name)} placeholder={t(`reports.every_${name}`)} aria-label={t(`reports.by.${name}`)} {...({ style: { minWidth: 150 }, popupMatchSelectWidth: false } as object)} />
            </span>
          ),
      )}
      {has('product') && (
        <span className="report-filter">
          <SkuSelect {...(query.product ? { value: query.product } : {})} onChange={put('product')} placeholder={t('reports.every_product')} {...({ 'aria-label': t('reports.by.product'), allowClear: true, style: { minWidth: 170 } } as object)} />
        </span>
      )}
      {has('reason') && (
        <Select
          allowClear
          aria-label={t('reports.by.reason')}
          placeholder={t('reports.every_reason')}
          popupMatchSelectWidth={false}
          style={{ minWidth: 150 }}
          {...(query.reason ? { value: query.reason } : {})}
          options={holdTypes.map((value) => ({ value, label: t(`enum.hold_type.${value}`) }))}
          onChange={put('reason')}
        />
      )}
      {has('currency') && currencies.length > 1 && (
        <Segmented aria-label={t('reports.currency')} value={currency ?? ''} options={currencies} onChange={(value) => put('currency')(String(value))} />
      )}
    </>
  );
}

/** The picture in words: what it comes to, what stands out, and how it was before. */
function Sentence({ info, data, measure, total }: { info: Info; data: Answer; measure: Measure; total: Row | undefined }) {
  const { t } = useTranslation();
  const words = useWords();
  const value = valueOf(total, measure.name);
  const currency = total?.currency ?? '';
  const shown = (row: Row) => words.figure(measure, valueOf(row, measure.name)?.value, currency);
  const ends = extremes(data.rows, measure.name);
  const parts = { measure: words.name(measure), total: words.figure(measure, value?.value, currency), from: calendarDate(data.from), to: calendarDate(data.to) };
  const past = data.compare && measure.past && value?.previous !== undefined;
  return (
    <p className="report-words">
      {t(ofDays(info) ? 'reports.says' : 'reports.says_now', parts)}{' '}
      {ends && t('reports.says_ends', { best: words.about(data.by, ends.best), most: shown(ends.best), worst: words.about(data.by, ends.worst), least: shown(ends.worst) })}{' '}
      {past && t('reports.says_before', { before: words.figure(measure, value?.previous, currency), from: calendarDate(data.previous_from), to: calendarDate(data.previous_to) })}
    </p>
  );
}
