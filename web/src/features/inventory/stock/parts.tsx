import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { readPath } from '../../../shared/api/client';
import { quantity } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { Bones, StatusTag, Trouble, type Tone } from '../../../shared/ui';
import { levelOf, type Level, type Stock } from '../api';

const tones: Record<Level, Tone> = { negative: 'bad', out: 'bad', low: 'warn', fine: 'good' };

export function LevelTag({ row }: { row: Stock }) {
  const { t } = useTranslation();
  const level = levelOf(row);
  return <StatusTag tone={tones[level]}>{t(`inventory.${level}`)}</StatusTag>;
}

export const ledgerLink = (row: Pick<Stock, 'sku' | 'location'>) => ({ to: '/stock/movements' as never, search: { sku: row.sku, location: row.location } as never });

/** Stock of one product over all locations; each row leads to its ledger. */
export function StockByLocation({ sku }: { sku: string }) {
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
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <th scope="row">
              <span className="cell-stack">
                <Link {...ledgerLink(row)}>{row.location}</Link>
                {(row.lot || row.condition !== 'good') && <small>{[row.lot, row.condition !== 'good' && t(`enum.condition.${row.condition}`)].filter(Boolean).join(' · ')}</small>}
              </span>
            </th>
            {(['on_hand', 'reserved', 'available', 'incoming', 'safety'] as const).map((name) => (
              <td key={name} className="num">
                {quantity(row[name])}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
