// What is behind one figure: the orders, lines, refunds, work, holds, stock or people it was added up from.
import { DownloadOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Drawer } from 'antd';
import type { ReactNode } from 'react';
import { readPath } from '../../shared/api/client';
import { useMay } from '../../shared/api/session';
import { useNarrow } from '../../shared/desk';
import { dateTime, duration, integer, money, quantity } from '../../shared/format';
import { useTranslation } from '../../shared/i18n';
import { Bones, Empty, Trouble } from '../../shared/ui';
import { useItems } from './api';
import { linkOf, type Item } from './reading';

function Person({ id }: { id: string }) {
  const may = useMay();
  const found = useQuery({
    queryKey: ['customers', 'one', id, 'name'],
    enabled: may('customer.read'),
    staleTime: 300_000,
    queryFn: ({ signal }) => readPath<{ name?: string; company?: string; email?: string }>(`/v1/customers/${id}`, {}, signal),
  });
  const name = found.data?.name ?? found.data?.company ?? found.data?.email ?? id;
  return may('customer.read') ? <Link to={`/customers/${id}` as never}>{name}</Link> : <>{name}</>;
}

interface Column {
  id: keyof Item;
  num?: boolean;
  show: (item: Item) => ReactNode;
}

function useColumns(items: readonly Item[]): Column[] {
  const { t } = useTranslation();
  const all: Column[] = [
    { id: 'number', show: ({ order, number }) => order && <Link to={`/orders/${order}` as never}>{number ?? order}</Link> },
    { id: 'fulfillment', show: ({ fulfillment }) => fulfillment && <Link to={`/fulfillments/${fulfillment}` as never}>{t('reports.item.open_fulfillment')}</Link> },
    { id: 'sku', show: ({ sku, kind, location }) => sku && (kind === 'stock' ? <Link to={'/stock' as never} search={{ sku, location } as never}>{sku}</Link> : <Link to={`/products/${sku}` as never}>{sku}</Link>) },
    { id: 'at', show: ({ at }) => dateTime(at) },
    { id: 'reason', show: ({ reason }) => reason && t(`enum.hold_type.${reason}`, { defaultValue: reason }) },
    { id: 'customer', show: ({ customer }) => customer && <Person id={customer} /> },
    { id: 'segment', show: ({ segment }) => segment && t(`reports.segment.${segment}`, { defaultValue: segment }) },
    { id: 'channel', show: ({ channel }) => channel },
    { id: 'location', show: ({ location }) => location },
    { id: 'orders', num: true, show: ({ orders }) => (orders === undefined ? '' : integer(orders)) },
    { id: 'quantity', num: true, show: (item) => quantity(item.quantity) },
    { id: 'on_hand', num: true, show: (item) => quantity(item.on_hand) },
    { id: 'available', num: true, show: (item) => quantity(item.available) },
    { id: 'seconds', num: true, show: ({ seconds }) => (seconds === undefined ? '' : duration(seconds * 1000)) },
    { id: 'amount', num: true, show: ({ amount, currency }) => money(amount, currency ?? 'USD') },
  ];
  const kind = items[0]?.kind;
  return all.filter(({ id }) => items.some((item) => item[id] !== undefined) && !(kind === 'order' && id === 'customer' && items.length > 60));
}

export function Drill({ name, cell, title, figure, close }: { name: string; cell: Record<string, string | undefined>; title: string; figure: string; close: () => void }) {
  const { t } = useTranslation();
  const narrow = useNarrow();
  const found = useItems(name, cell, true);
  const items = found.data?.pages.flatMap((page) => page.data) ?? [];
  const columns = useColumns(items);
  const path = `/v1/reports/${name}/rows`;
  // What is shown, and the currency of amounts; a file before anything is there has every field.
  const titles = columns.length ? Object.fromEntries([...columns.map(({ id }) => [id, t(`reports.item.${id}`)] as const), ...(columns.some(({ id }) => id === 'amount') ? [['currency', t('reports.currency')] as const] : [])]) : undefined;
  return (
    <Drawer
      open
      onClose={close}
      size={narrow ? '100%' : 760}
      title={title}
      extra={
        <span className="row wrap drill-files">
          {(['xlsx', 'csv'] as const).map((format) => (
            <a key={format} href={linkOf(path, cell, format, titles)} download>
              <DownloadOutlined aria-hidden /> {t(`reports.file_${format}`)}
            </a>
          ))}
        </span>
      }
      styles={{ body: { padding: 0 } }}
    >
      {figure && <p className="drill-figure">{figure}</p>}
      {found.isPending && <Bones rows={8} />}
      {found.isError && !items.length && <Trouble error={found.error} retry={() => void found.refetch()} />}
      {found.isSuccess && !items.length && <Empty title={t('reports.behind_none')}>{t('reports.behind_none_text')}</Empty>}
      {items.length > 0 && (
        <div className="table-scroll drill" tabIndex={0} role="region" aria-label={t('reports.behind')}>
          <table className="plain">
            <thead>
              <tr>
                {columns.map(({ id, num }) => (
                  <th key={id} scope="col" className={num ? 'num' : ''}>
                    {t(`reports.item.${id}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {items.map((item, i) => (
                <tr key={i}>
                  {columns.map(({ id, num, show }) => (
                    <td key={id} className={num ? 'num' : ''}>
                      {show(item)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
          {found.hasNextPage && (
            <p className="drill-more">
              <Button loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
                {t('reports.more')}
              </Button>
            </p>
          )}
        </div>
      )}
    </Drawer>
  );
}
