// Many counts at once: typed, pasted or as a file; tried out first, then booked in one document.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { App, Button, Input, Segmented, Select } from 'antd';
import { useEffect, useMemo, useState } from 'react';
import { readPath, sendPath } from '../../../shared/api/client';
import { asProblem } from '../../../shared/api/problem';
import { keepTyped, readTyped } from '../../../shared/api/typed';
import { nameIn, useMasters } from '../../../shared/desk';
import { quantity } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { Bones, Empty, Trouble, useProblemText } from '../../../shared/ui';
import { useListState } from '../../../shared/views';
import type { Preview, Stock, Summary } from '../api';
import { StockTabs } from '../stock/parts';
import { SheetGrid } from './SheetGrid';
import { documentOf, LINES_MAX, typedOf, type Mode } from './sheet';
import { Trial } from './Trial';

const PAGE = 200;
const PAGES_MAX = 25;

async function all<Row>(path: string, query: Record<string, string | number | undefined>, signal: AbortSignal): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES_MAX; page++) {
    const answer = await readPath<{ data: Row[]; next_cursor: string | null }>(path, { ...query, limit: PAGE, cursor }, signal);
    rows.push(...answer.data);
    if (!answer.next_cursor) break;
    cursor = answer.next_cursor;
  }
  return rows;
}

interface Draft {
  mode: Mode;
  texts: Record<string, string>;
}
const keyOf = (location: string) => `count.${location}`;
function draftOf(location: string): Draft {
  const text = readTyped(keyOf(location));
  return text ? (JSON.parse(text) as Draft) : { mode: 'counted', texts: {} };
}

export function CountSheet() {
  const { t } = useTranslation();
  const state = useListState();
  const places = useMasters('locations');
  const location = state.query.location ?? places.data?.[0]?.code;
  return (
    <div className="screen list-screen">
      <header className="screen-head">
        <h1>{t('inventory.title')}</h1>
        <span className="grow" />
        <a href="/v1/import_export?kind=stock" download>
          {t('inventory.sheet.take_out')}
        </a>
        <Link to={'/imports' as never} search={{ kind: 'stock' } as never} className="btn">
          {t('inventory.sheet.bring')}
        </Link>
      </header>
      <StockTabs at="count" />
      {places.isPending && <Bones rows={10} />}
      {places.isError && <Trouble error={places.error} retry={() => void places.refetch()} />}
      {location && <Sheet key={location} location={location} places={(places.data ?? []).map((one) => ({ value: one.code, label: one.name ? `${one.code} · ${one.name}` : one.code }))} />}
    </div>
  );
}

function Sheet({ location, places }: { location: string; places: { value: string; label: string }[] }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const client = useQueryClient();
  const state = useListState();
  const [{ mode, texts }, setDraft] = useState(() => draftOf(location));
  const [reason, setReason] = useState('');
  const [lacking, setLacking] = useState(false);
  const [faults, setFaults] = useState<Record<string, string>>({});
  const [preview, setPreview] = useState<Preview>();
  const find = state.query.find ?? '';
  const stock = useQuery({ queryKey: ['stock', 'sheet', location], queryFn: ({ signal }) => all<Stock>('/v1/stock', { location }, signal) });
  const named = useQuery({ queryKey: ['stock', 'names', location], staleTime: 300_000, queryFn: ({ signal }) => all<Summary>('/v1/stock/summary', { location, sort: 'sku' }, signal) });
  const names = useMemo(() => Object.fromEntries((named.data ?? []).map((one) => [one.sku, nameIn(one.name)])), [named.data, t]);
  const rows = useMemo(() => (stock.data ?? []).toSorted((a, b) => a.sku.localeCompare(b.sku) || a.condition.localeCompare(b.condition) || (a.lot ?? '').localeCompare(b.lot ?? '')), [stock.data]);
  const shown = useMemo(() => {
    const words = find.toLowerCase().trim();
    if (!words && state.query.only !== 'typed') return rows;
    return rows.filter((row) => (state.query.only !== 'typed' || texts[row.id]?.trim()) && (!words || `${row.sku} ${names[row.sku] ?? ''} ${row.lot ?? ''}`.toLowerCase().includes(words)));
  }, [rows, names, find, state.query.only, texts]);
  const typed = useMemo(() => typedOf(rows, texts, mode), [rows, texts, mode]);
  const byRow = useMemo(() => new Map(typed.map((one) => [one.row.id, one])), [typed]);
  const wrong = typed.filter((one) => one.value === undefined).length;
  const change = typed.reduce((sum, one) => sum + one.difference, 0);

  useEffect(() => {
    keepTyped(keyOf(location), Object.values(texts).some(Boolean) ? JSON.stringify({ mode, texts }) : undefined);
  }, [location, mode, texts]);

  const put = (changes: Record<string, string>) => {
    setDraft((old) => ({ ...old, texts: { ...old.texts, ...changes } }));
    setFaults((old) => (Object.keys(changes).some((id) => old[id]) ? Object.fromEntries(Object.entries(old).filter(([id]) => !(id in changes))) : old));
  };
  const clear = () => {
    setDraft((old) => ({ ...old, texts: {} }));
    setFaults({});
  };
  const refused = (error: unknown) => {
    const found: Record<string, string> = {};
    for (const { pointer, code, detail } of asProblem(error).errors) {
      const one = typed[Number(/^\/lines\/(\d+)/.exec(pointer)?.[1] ?? -1)];
      if (one) found[one.row.id] = t(`error.${code}`, { defaultValue: detail });
    }
    setFaults(found);
    void message.error(problemText(error));
  };
  const trial = useMutation({
    mutationFn: () => sendPath<Preview>('POST', '/v1/stock/adjustments/preview', documentOf(location, reason, typed, mode)),
    onSuccess: setPreview,
    onError: refused,
  });
  const book = useMutation({
    mutationFn: () => sendPath('POST', '/v1/stock/adjustments', documentOf(location, reason, typed, mode)),
    onSuccess: () => {
      void message.success(t('inventory.sheet.booked', { count: typed.length }));
      setPreview(undefined);
      clear();
      setReason('');
      for (const key of ['stock', 'movements', 'orders']) void client.invalidateQueries({ queryKey: [key] });
    },
    onError: (error) => {
      setPreview(undefined);
      refused(error);
    },
  });
  const ask = () => {
    if (!reason.trim()) {
      setLacking(true);
      document.getElementById('sheet-reason')?.focus();
    } else trial.mutate();
  };
  return (
    <>
      <div className="toolbar">
        <Select aria-label={t('inventory.location')} style={{ minWidth: 220 }} value={location} options={places} onChange={(code) => state.set({ location: code })} />
        <Input className="search" allowClear aria-label={t('inventory.sheet.find')} placeholder={t('inventory.sheet.find')} value={find} onChange={(event) => state.set({ find: event.target.value || undefined }, true)} />
        <Segmented
          aria-label={t('inventory.mode')}
          value={mode}
          onChange={(next) => setDraft((old) => ({ ...old, mode: next as Mode }))}
          options={[
            { value: 'counted', label: t('inventory.mode_count') },
            { value: 'delta', label: t('inventory.mode_delta') },
          ]}
        />
        <span className="grow" />
        {typed.length > 0 && (
          <Button type="text" aria-pressed={state.query.only === 'typed'} onClick={() => state.set({ only: state.query.only === 'typed' ? undefined : 'typed' })}>
            {t(state.query.only === 'typed' ? 'inventory.sheet.all' : 'inventory.sheet.only')}
          </Button>
        )}
      </div>
      {stock.isPending ? (
        <Bones rows={10} />
      ) : stock.isError ? (
        <Trouble error={stock.error} retry={() => void stock.refetch()} />
      ) : shown.length ? (
        <SheetGrid rows={shown} names={names} texts={texts} typed={byRow} faults={faults} mode={mode} disabled={book.isPending} put={put} />
      ) : (
        <Empty title={t(rows.length ? 'list.none' : 'inventory.empty')}>{t(rows.length ? 'list.none_text' : 'inventory.empty_text')}</Empty>
      )}
      <div className="countbar no-print" role="region" aria-label={t('inventory.sheet.bar')}>
        <span className="grow" role="status">
          {typed.length ? t('inventory.sheet.typed', { count: typed.length, change: change > 0 ? `+${quantity(change)}` : quantity(change) }) : t('inventory.sheet.hint')}
        </span>
        {typed.length > 0 && (
          <>
            <label htmlFor="sheet-reason">{t('inventory.reason')}</label>
            <Input
              id="sheet-reason"
              maxLength={500}
              placeholder={t('inventory.reason_hint')}
              {...(lacking && !reason.trim() ? { status: 'error' as const, 'aria-invalid': true } : {})}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
              onPressEnter={ask}
            />
            {lacking && !reason.trim() && <span className="sheet-fault">{t('common.required')}</span>}
            <Button onClick={clear}>{t('record.discard')}</Button>
            <Button type="primary" disabled={wrong > 0 || typed.length > LINES_MAX} loading={trial.isPending} onClick={ask}>
              {t('inventory.sheet.try')}
            </Button>
            {typed.length > LINES_MAX && <span className="sheet-fault">{t('inventory.sheet.too_many', { n: LINES_MAX })}</span>}
          </>
        )}
      </div>
      {preview && <Trial preview={preview} busy={book.isPending} onBook={() => book.mutate()} onClose={() => setPreview(undefined)} />}
    </>
  );
}
