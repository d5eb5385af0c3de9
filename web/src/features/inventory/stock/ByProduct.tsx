// One line per product: how much there is in all, and what may be sold at each location.
import { PlusOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { useMemo, useState } from 'react';
import { useMay } from '../../../shared/api/session';
import { ListScreen, nameIn, useMasters, type ListDefinition } from '../../../shared/desk';
import { quantity } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import type { Column } from '../../../shared/ui';
import type { Stock, Summary } from '../api';
import { AdjustDialog } from './AdjustDialog';
import { FigureLink, ledgerLink, Levels, LevelTag, StockByLocation, StockTabs, type FigureName } from './parts';

/** Beyond this the grid has no room for a column each; the preview has them all. */
const PLACES_SHOWN = 6;
const figures: readonly FigureName[] = ['on_hand', 'reserved', 'available', 'incoming'];

export function ByProduct() {
  const { t } = useTranslation();
  const may = useMay();
  const places = useMasters('locations');
  const [adjusting, setAdjusting] = useState<readonly Stock[]>();
  const write = may('stock.adjust');
  const list = useMemo<ListDefinition<Summary>>(() => {
    const state = (row: Summary) => <LevelTag row={{ on_hand: row.on_hand, reserved: row.reserved, alerted: row.low }} />;
    const codes = (places.data ?? []).map((one) => one.code);
    const at = (code: string): Column<Summary> => ({
      id: `at ${code}`,
      title: code,
      width: 92,
      numeric: true,
      optional: codes.length > PLACES_SHOWN,
      cell: (row) => {
        const place = row.places?.find((one) => one.location === code);
        if (!place) return <span className="muted">–</span>;
        return (
          <Link to={'/stock' as never} search={{ sku: row.sku, location: code } as never} {...(place.available <= 0 ? { className: 'minus' } : {})}>
            {quantity(place.available)}
          </Link>
        );
      },
    });
    const adjust = write && (
      <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setAdjusting([])}>
        {t('inventory.adjust')}
      </Button>
    );
    return {
      screen: 'stock_products',
      resource: 'stock',
      path: '/v1/stock/summary',
      title: 'inventory.title',
      fixed: { expand: 'places' },
      defaults: { sort: 'sku' },
      defaultSort: 'sku',
      id: (row) => row.id,
      actions: adjust,
      head: (
        <>
          <StockTabs at="products" />
          <Levels path="/v1/stock/summary" />
        </>
      ),
      columns: [
        { id: 'sku', title: 'inventory.sku', width: 140, sort: 'sku', cell: (row) => <strong className="mono">{row.sku}</strong> },
        { id: 'name', title: 'common.name', width: 170, grow: 2, cell: (row) => nameIn(row.name) },
        { id: 'state', title: 'common.state', width: 130, tagged: true, cell: state },
        ...figures.map((name) => ({
          id: name,
          title: `inventory.${name}`,
          width: 96,
          numeric: true,
          cell: (row: Summary) => <FigureLink name={name} value={row[name]} of={{ sku: row.sku }} />,
        })),
        ...codes.map(at),
        { id: 'safety', title: 'inventory.safety', width: 90, numeric: true, optional: true, cell: (row) => quantity(row.safety) },
        { id: 'unfit', title: 'inventory.unfit', width: 110, numeric: true, optional: true, cell: (row) => quantity(row.unfit) },
        { id: 'gtin', title: 'inventory.gtin', width: 140, optional: true, cell: (row) => <span className="mono">{row.gtin}</span> },
      ],
      filters: [
        { id: 'location', label: 'inventory.location', kind: 'choice', single: true, names: ['location'], options: codes.map((code) => ({ value: code, label: code })) },
        { id: 'sku', label: 'inventory.sku', kind: 'text', names: ['sku'] },
        { id: 'parent_sku', label: 'inventory.variants_of', kind: 'text', names: ['parent_sku'] },
      ],
      peek: (row) => (
        <div className="col" style={{ padding: 16, gap: 16 }}>
          <div className="row wrap">
            <h2 className="grow" style={{ fontSize: 16 }}>
              {nameIn(row.name) || row.sku}
            </h2>
            {state(row)}
          </div>
          <p className="mono muted">{[row.sku, row.gtin].filter(Boolean).join(' · ')}</p>
          <dl className="figures">
            {([...figures, 'safety'] as const).map((name) => (
              <div key={name}>
                <dt>{t(`inventory.${name}`)}</dt>
                <dd>
                  <FigureLink name={name} value={row[name]} of={{ sku: row.sku }} />
                </dd>
              </div>
            ))}
          </dl>
          <div className="table-scroll">
            <StockByLocation sku={row.sku} onAdjust={write ? (one) => setAdjusting([one]) : undefined} />
          </div>
          <div className="row wrap">
            <Link {...ledgerLink({ sku: row.sku })} className="btn">
              {t('inventory.ledger')}
            </Link>
            {may('catalog.read') && (
              <Link to={`/products/${encodeURIComponent(row.sku)}` as never} className="btn">
                {t('inventory.product')}
              </Link>
            )}
          </div>
        </div>
      ),
      card: (row) => (
        <>
          <div className="card-line">
            <strong className="grow ellipsis">{nameIn(row.name) || row.sku}</strong>
            {state(row)}
          </div>
          <div className="card-line muted">
            <span className="mono grow ellipsis">{row.sku}</span>
            <span>
              {t('inventory.available')} <strong style={{ color: 'var(--text)' }}>{quantity(row.available)}</strong>
            </span>
          </div>
        </>
      ),
      empty: { title: 'inventory.empty', text: 'inventory.empty_text', action: adjust },
    };
  }, [t, may, places.data, write]);
  return (
    <>
      <ListScreen of={list} />
      {adjusting && <AdjustDialog rows={adjusting} onClose={() => setAdjusting(undefined)} />}
    </>
  );
}
