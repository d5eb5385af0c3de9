import { EditOutlined } from '@ant-design/icons';
import { useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { readPath } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/session';
import { integer, quantity } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { Bones, StatusTag, Trouble, type Tone } from '../../../shared/ui';
import { useListState } from '../../../shared/views';
import './stock.css';
import { levelOf, type Level, type Stock } from '../api';

const tones: Record<Level, Tone> = { negative: 'bad', out: 'bad', low: 'warn', fine: 'good' };

export function LevelTag({ row }: { row: Pick<Stock, 'on_hand' | 'reserved' | 'alerted'> & { condition?: string } }) {
  const { t } = useTranslation();
  if (row.condition && row.condition !== 'good') return <StatusTag tone="quiet">{t(`enum.condition.${row.condition}`)}</StatusTag>;
  const level = levelOf(row);
  return <StatusTag tone={tones[level]}>{t(`inventory.${level}`)}</StatusTag>;
}

interface Key {
  sku: string;
  location?: string | undefined;
  lot?: string | undefined;
  condition?: string | undefined;
}

/** The entries of exactly this row. */
export const ledgerLink = ({ sku, location, lot, condition }: Key) => ({
  to: '/stock/movements' as never,
  search: { sku, ...(location ? { location } : {}), ...(lot ? { lot } : {}), ...(condition ? { condition } : {}) } as never,
});

export type FigureName = 'on_hand' | 'reserved' | 'available' | 'incoming' | 'safety';

/** A figure, and what it comes from: on hand from its ledger, reserved from the orders that hold it. */
export function FigureLink({ name, value, of }: { name: FigureName; value: number; of: Key }) {
  const { t } = useTranslation();
  const may = useMay();
  const text = quantity(value);
  const style = value < 0 ? { color: 'var(--bad)', fontWeight: 600 } : undefined;
  if (name === 'reserved' && value > 0 && may('order.read'))
    return (
      <Link to={'/orders' as never} search={{ sku: of.sku, state: 'placed,open' } as never} title={t('inventory.who_reserves')}>
        {text}
      </Link>
    );
  if (name === 'on_hand')
    return (
      <Link {...ledgerLink(of)} style={style} title={t('inventory.ledger')}>
        {text}
      </Link>
    );
  return <span style={style ?? (value === 0 ? { color: 'var(--text-3)' } : undefined)}>{text}</span>;
}

/** Ways to look at stock. */
export function StockTabs({ at }: { at: 'products' | 'rows' | 'count' | 'ledger' }) {
  const { t } = useTranslation();
  const may = useMay();
  const tabs = [
    ['products', '/stock/products'],
    ['rows', '/stock'],
    ['ledger', '/stock/movements'],
    ...(may('stock.adjust') ? [['count', '/stock/count'] as const] : []),
  ] as const;
  return (
    <nav className="tabs no-print" aria-label={t('inventory.title')}>
      {tabs.map(([name, to]) => (
        <Link key={name} to={to as never} search={{} as never} activeOptions={{ exact: true, includeSearch: false }} className={`tab${name === at ? ' on' : ''}`}>
          {t(`inventory.tab.${name}`)}
        </Link>
      ))}
    </nav>
  );
}

const levels = ['low', 'out', 'negative'] as const;

/** Low, out, negative, with how many: each is a part of the address like any other filter. */
export function Levels({ path }: { path: '/v1/stock' | '/v1/stock/summary' }) {
  const { t } = useTranslation();
  const state = useListState();
  const { level, sort: _sort, ...rest } = state.query;
  const counts = useQueries({
    queries: levels.map((one) => ({
      queryKey: ['stock', 'count', path, one, rest],
      queryFn: ({ signal }: { signal: AbortSignal }) => readPath<{ count?: number }>(path, { ...rest, level: one, limit: 1, count: 'estimate' }, signal),
    })),
  });
  const chip = (one: string | undefined, label: string, count?: number) => (
    <button key={label} type="button" className={`level${one && count ? ` level-${one}` : ''}`} aria-pressed={level === one} onClick={() => state.set({ level: one, peek: undefined })}>
      {label}
      {count !== undefined && (
        <>
          {' '}
          <b>{integer(count)}</b>
        </>
      )}
    </button>
  );
  return (
    <div className="levels no-print" role="group" aria-label={t('inventory.queue.label')}>
      {chip(undefined, t('inventory.queue.all'))}
      {levels.map((one, i) => chip(one, t(`inventory.queue.${one}`), counts[i]?.data?.count))}
    </div>
  );
}

/** Stock of one product over all locations; each row leads to its ledger. */
export function StockByLocation({ sku, onAdjust }: { sku: string; onAdjust?: ((row: Stock) => void) | undefined }) {
  const { t } = useTranslation();
  const found = useQuery({ queryKey: ['stock', 'of', sku], queryFn: () => readPath<{ data: Stock[] }>('/v1/stock', { sku, limit: 200 }) });
  if (found.isPending) return <Bones rows={3} />;
  if (found.isError) return <Trouble error={found.error} retry={() => void found.refetch()} />;
  const rows = found.data.data;
  if (!rows.length) return <p className="muted" style={{ padding: 16 }}>{t('inventory.empty')}</p>;
  return (
    <table className="plain">
      <thead>
        <tr>
          <th scope="col">{t('inventory.location')}</th>
          {(['on_hand', 'reserved', 'available', 'incoming', 'safety'] as const).map((name) => (
            <th key={name} scope="col" className="num">
              {t(`inventory.${name}`)}
            </th>
          ))}
          {onAdjust && (
            <th scope="col">
              <span className="hidden">{t('common.actions')}</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <th scope="row">
              <span className="cell-stack">
                <Link {...ledgerLink({ sku, location: row.location })}>{row.location}</Link>
                {(row.lot || row.condition !== 'good') && <small>{[row.lot, row.condition !== 'good' && t(`enum.condition.${row.condition}`)].filter(Boolean).join(' · ')}</small>}
              </span>
            </th>
            {(['on_hand', 'reserved', 'available', 'incoming', 'safety'] as const).map((name) => (
              <td key={name} className="num">
                <FigureLink name={name} value={row[name]} of={row} />
              </td>
            ))}
            {onAdjust && (
              <td className="num">
                <Button size="small" type="text" icon={<EditOutlined aria-hidden />} aria-label={t('inventory.adjust_at', { location: row.location })} onClick={() => onAdjust(row)} />
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
