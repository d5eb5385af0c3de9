import { PlusOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { useState } from 'react';
import { useMay } from '../../../shared/api/session';
import { choice, ListScreen, type ListDefinition } from '../../../shared/desk';
import { quantity, relative } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { conditions, type Stock as Row } from '../api';
import { AdjustDialog, SafetyDialog } from './AdjustDialog';
import { FigureLink, ledgerLink, Levels, LevelTag, StockByLocation, StockTabs } from './parts';

const figures = ['on_hand', 'reserved', 'available', 'incoming', 'safety'] as const;

export function Stock() {
  const { t } = useTranslation();
  const may = useMay();
  const [adjusting, setAdjusting] = useState<readonly Row[]>();
  const [safety, setSafety] = useState<Row>();
  const adjust = may('stock.adjust') && (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setAdjusting([])}>
      {t('inventory.adjust')}
    </Button>
  );
  const figure = (name: (typeof figures)[number]) => ({
    id: name,
    title: `inventory.${name}`,
    width: 88,
    numeric: true,
    cell: (row: Row) => <FigureLink name={name} value={row[name]} of={row} />,
  });
  const list: ListDefinition<Row> = {
    screen: 'stock',
    resource: 'stock',
    path: '/v1/stock',
    title: 'inventory.title',
    defaultSort: '-id',
    id: (row) => row.id,
    searchable: false,
    head: (
      <>
        <StockTabs at="rows" />
        <Levels path="/v1/stock" />
      </>
    ),
    actions: adjust,
    columns: [
      { id: 'sku', title: 'inventory.sku', width: 160, grow: 2, cell: (row) => <strong className="mono">{row.sku}</strong> },
      { id: 'location', title: 'inventory.location', width: 120, grow: 1, cell: (row) => row.location },
      { id: 'state', title: 'common.state', width: 130, tagged: true, cell: (row) => <LevelTag row={row} /> },
      ...figures.map(figure),
      { id: 'condition', title: 'inventory.condition', width: 110, optional: true, cell: (row) => t(`enum.condition.${row.condition}`) },
      { id: 'lot', title: 'inventory.lot', width: 96, cell: (row) => row.lot },
      { id: 'owner', title: 'inventory.owner', width: 110, optional: true, cell: (row) => row.owner },
      { id: 'updated', title: 'common.updated', width: 120, cell: (row) => relative(row.updated_at) },
    ],
    filters: [
      { id: 'sku', label: 'inventory.sku', kind: 'text', names: ['sku'] },
      { id: 'location', label: 'inventory.location', kind: 'text', names: ['location'] },
      choice('condition', 'inventory.condition', 'condition', conditions),
      { id: 'lot', label: 'inventory.lot', kind: 'text', names: ['lot'] },
      { id: 'owner', label: 'inventory.owner', kind: 'text', names: ['owner'] },
    ],
    ...(may('stock.adjust') ? { bulk: [{ id: 'adjust', label: 'inventory.adjust', run: (rows: Row[]) => setAdjusting(rows) }] } : {}),
    peek: (row) => (
      <div className="col" style={{ padding: 16, gap: 16 }}>
        <div className="row wrap">
          <h2 className="mono grow" style={{ fontSize: 16 }}>
            {row.sku}
          </h2>
          <LevelTag row={row} />
        </div>
        <p className="muted">{[row.location, row.lot, row.condition !== 'good' && t(`enum.condition.${row.condition}`)].filter(Boolean).join(' · ')}</p>
        <dl className="figures">
          {figures.map((name) => (
            <div key={name}>
              <dt>{t(`inventory.${name}`)}</dt>
              <dd>
                <FigureLink name={name} value={row[name]} of={row} />
              </dd>
            </div>
          ))}
        </dl>
        <div className="row wrap">
          {may('stock.adjust') && (
            <>
              <Button type="primary" onClick={() => setAdjusting([row])}>
                {t('inventory.adjust')}
              </Button>
              <Button onClick={() => setSafety(row)}>{t('inventory.set_safety')}</Button>
            </>
          )}
          <Link {...ledgerLink(row)} className="btn">
            {t('inventory.ledger')}
          </Link>
          {may('catalog.read') && (
            <Link to={`/products/${encodeURIComponent(row.sku)}` as never} className="btn">
              {t('inventory.product')}
            </Link>
          )}
        </div>
        <section>
          <h3 style={{ fontSize: 14, marginBottom: 8 }}>{t('inventory.sum_title', { sku: row.sku })}</h3>
          <div className="table-scroll">
            <StockByLocation sku={row.sku} />
          </div>
        </section>
      </div>
    ),
    card: (row) => (
      <>
        <div className="card-line">
          <strong className="mono grow ellipsis">{row.sku}</strong>
          <LevelTag row={row} />
        </div>
        <div className="card-line muted">
          <span className="grow">{row.location}</span>
          <span>
            {t('inventory.available')} <strong style={{ color: 'var(--text)' }}>{quantity(row.available)}</strong>
          </span>
        </div>
      </>
    ),
    empty: { title: 'inventory.empty', text: 'inventory.empty_text', action: adjust },
  };
  return (
    <>
      <ListScreen of={list} />
      {adjusting && <AdjustDialog rows={adjusting} onClose={() => setAdjusting(undefined)} />}
      {safety && <SafetyDialog row={safety} onClose={() => setSafety(undefined)} />}
    </>
  );
}
