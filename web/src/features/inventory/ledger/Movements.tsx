import { Link } from '@tanstack/react-router';
import { choice, ListScreen, type ListDefinition } from '../../../shared/desk';
import { dateTime, quantity } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { StockTabs } from '../stock/parts';
import { conditions, documentLink, movementKinds, type Movement } from '../api';

const signed = (value: number | undefined) => (value && value > 0 ? `+${quantity(value)}` : quantity(value));

export function Movements() {
  const { t } = useTranslation();
  const change = (row: Movement) => <strong style={{ fontWeight: 600, ...((row.delta ?? 0) > 0 ? { color: 'var(--good)' } : {}) }}>{signed(row.delta)}</strong>;
  const paper = (row: Movement) => {
    const to = documentLink(row.document);
    return to ? (
      <Link to={to as never} title={row.document}>
        {t(`inventory.paper.${row.document?.slice(0, 3)}`, { defaultValue: row.document ?? '' })}
      </Link>
    ) : (
      <span className="mono">{row.document}</span>
    );
  };
  const list: ListDefinition<Movement> = {
    screen: 'movements',
    resource: 'movements',
    path: '/v1/stock/movements',
    title: 'inventory.ledger_title',
    defaultSort: '-at',
    searchable: false,
    id: (row) => [row.sku, row.location, row.owner, row.condition, row.lot, row.n].join('|'),
    head: <StockTabs at="ledger" />,
    columns: [
      { id: 'at', title: 'inventory.at', width: 130, sort: 'at', cell: (row) => dateTime(row.at) },
      { id: 'sku', title: 'inventory.sku', width: 140, grow: 1, cell: (row) => <span className="mono">{row.sku}</span> },
      { id: 'location', title: 'inventory.location', width: 110, cell: (row) => row.location },
      { id: 'kind', title: 'inventory.kind', width: 120, cell: (row) => t(`enum.movement_kind.${row.kind}`) },
      { id: 'delta', title: 'inventory.change', width: 90, numeric: true, cell: change },
      { id: 'after', title: 'inventory.after', width: 90, numeric: true, cell: (row) => quantity(row.on_hand) },
      { id: 'reason', title: 'inventory.reason', width: 180, grow: 2, cell: (row) => row.reason },
      { id: 'document', title: 'inventory.document', width: 130, cell: paper },
      { id: 'lot', title: 'inventory.lot', width: 100, optional: true, cell: (row) => row.lot },
      { id: 'condition', title: 'inventory.condition', width: 110, optional: true, cell: (row) => t(`enum.condition.${row.condition}`) },
      { id: 'actor', title: 'inventory.actor', width: 110, cell: (row) => t(`enum.actor_kind.${row.actor_kind}`) },
    ],
    filters: [
      { id: 'sku', label: 'inventory.sku', kind: 'text', names: ['sku'] },
      { id: 'location', label: 'inventory.location', kind: 'text', names: ['location'] },
      choice('kind', 'inventory.kind', 'movement_kind', movementKinds),
      { id: 'at', label: 'inventory.at', kind: 'dates', names: ['at[gte]', 'at[lte]'] },
      choice('condition', 'inventory.condition', 'condition', conditions),
      { id: 'lot', label: 'inventory.lot', kind: 'text', names: ['lot'] },
    ],
    peek: (row) => (
      <dl className="facts" style={{ padding: 16 }}>
        <dt>{t('inventory.at')}</dt>
        <dd>{dateTime(row.at)}</dd>
        <dt>{t('inventory.sku')}</dt>
        <dd className="mono">{row.sku}</dd>
        <dt>{t('inventory.location')}</dt>
        <dd>{row.location}</dd>
        <dt>{t('inventory.kind')}</dt>
        <dd>{t(`enum.movement_kind.${row.kind}`)}</dd>
        <dt>{t('inventory.change')}</dt>
        <dd>{change(row)}</dd>
        <dt>{t('inventory.after')}</dt>
        <dd>{quantity(row.on_hand)}</dd>
        <dt>{t('inventory.condition')}</dt>
        <dd>{t(`enum.condition.${row.condition}`)}</dd>
        {row.lot && (
          <>
            <dt>{t('inventory.lot')}</dt>
            <dd>{row.lot}</dd>
          </>
        )}
        <dt>{t('inventory.reason')}</dt>
        <dd>{row.reason}</dd>
        <dt>{t('inventory.document')}</dt>
        <dd>{paper(row)}</dd>
        <dt>{t('inventory.actor')}</dt>
        <dd>
          {t(`enum.actor_kind.${row.actor_kind}`)} <span className="mono muted">{row.actor}</span>
        </dd>
      </dl>
    ),
    card: (row) => (
      <>
        <div className="card-line">
          <strong className="mono grow ellipsis">{row.sku}</strong>
          {change(row)}
        </div>
        <div className="card-line muted">
          <span className="grow ellipsis">
            {row.location} · {t(`enum.movement_kind.${row.kind}`)}
          </span>
          <span>{dateTime(row.at)}</span>
        </div>
      </>
    ),
    empty: { title: 'inventory.ledger_empty', text: 'inventory.ledger_empty_text' },
  };
  return <ListScreen of={list} />;
}
