// All orders: queues with counters, the grid, the board, many numbers at once, one verb for many.
import { PlusOutlined } from '@ant-design/icons';
import { useQueries } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { App, Button, Segmented } from 'antd';
import { lazy, Suspense, useMemo, useState } from 'react';
import { readPath } from '../../../shared/api/client';
import { useMay, useSession } from '../../../shared/api/session';
import { choice, ListScreen, useNarrow, type BulkVerb, type Filter, type ListDefinition, type Page } from '../../../shared/desk';
import { useSoon } from '../../../shared/desk/soon';
import { integer, money, quantity } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { Bones, EnumTag, StatusTag, useProblemText, type Column } from '../../../shared/ui';
import { useListState, type Query } from '../../../shared/views';
import { countOf, expands, useMasters, type OrderRow } from '../api';
import '../orders.css';
import { ageOf, customerName, orderTitle, PromiseTag, useNextText } from '../words';
import type { BulkAsk } from './BulkDialog';
import { Peek } from './Peek';

// What one looks for rarely comes when it is asked for: the board's dragging and the dialogs' forms are a fifth of the list.
const loadBulk = () => import('./BulkDialog');
const loadNumbers = () => import('./NumbersDialog');
const Board = lazy(() => import('./Board').then(({ Board }) => ({ default: Board })));
const BulkDialog = lazy(() => loadBulk().then(({ BulkDialog }) => ({ default: BulkDialog })));
const NumbersDialog = lazy(() => loadNumbers().then(({ NumbersDialog }) => ({ default: NumbersDialog })));
const dialogs = [loadBulk, loadNumbers];

interface Queue {
  id: string;
  query: Query;
}
const RISK_HOURS = '4';
const queues = (user: string | undefined): Queue[] => [
  { id: 'review', query: { state: 'placed' } },
  { id: 'held', query: { has_hold: 'true' } },
  { id: 'late', query: { late: 'true' } },
  { id: 'at_risk', query: { at_risk: RISK_HOURS } },
  { id: 'backordered', query: { backordered: 'true' } },
  { id: 'overdue', query: { overdue: 'true' } },
  ...(user ? [{ id: 'mine', query: { assigned_to: user } }] : []),
  { id: 'draft', query: { state: 'draft' } },
];
/** Nobody waits for their money. */
const idle = new Set(['draft', 'cancelled', 'expired']);
const COUNT_SHOWN = 999;
const same = (a: Query, b: Query) => JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());

function Queues() {
  const { t } = useTranslation();
  const state = useListState();
  const { user_id } = useSession();
  const all = useMemo(() => queues(user_id), [user_id]);
  const counts = useQueries({
    queries: all.map((queue) => ({
      queryKey: ['orders', 'count', queue.id, queue.query],
      queryFn: ({ signal }: { signal: AbortSignal }) => countOf('/v1/orders', queue.query, signal),
      staleTime: 15_000,
    })),
  });
  const { sort: _sort, q: _q, ...filters } = state.query;
  const go = (query: Query) => state.reset(state.sort ? { ...query, sort: state.sort } : query, { as: state.as });
  return (
    <nav className="tabs no-print" aria-label={t('orders.queues')}>
      <button type="button" className="tab" aria-current={Object.keys(filters).length === 0} onClick={() => go({})}>
        {t('common.all')}
      </button>
      {all.map((queue, i) => {
        const count = counts[i]?.data;
        const here = same(filters, queue.query);
        if (!count && !here) return null;
        return (
          <button key={queue.id} type="button" className="tab" aria-current={here} onClick={() => go(queue.query)}>
            {t(`orders.queue.${queue.id}`)}
            {count !== undefined && <span className={`queue-count queue-${queue.id}`}>{count > COUNT_SHOWN ? t('orders.many', { n: integer(COUNT_SHOWN) }) : integer(count)}</span>}
          </button>
        );
      })}
    </nav>
  );
}

const orderStates = ['draft', 'placed', 'open', 'closed', 'cancelled', 'expired'] as const;
const paymentStates = ['unpaid', 'pending', 'authorized', 'partially_paid', 'paid', 'partially_refunded', 'refunded', 'overpaid', 'disputed'] as const;
const goodsStates = ['unallocated', 'backordered', 'partially_allocated', 'allocated', 'released', 'partially_shipped', 'shipped', 'ready_for_pickup', 'partially_delivered', 'delivered', 'cancelled'] as const;
const holdTypes = ['stock_short', 'payment_mismatch', 'total_mismatch', 'blocked_customer', 'velocity', 'amount_outlier', 'address', 'price_deviation', 'probable_duplicate', 'channel_change', 'manual'] as const;
const roles = ['owner', 'admin', 'manager', 'service', 'warehouse', 'finance'] as const;
const flag = (id: string): Filter => ({
  id,
  label: `orders.filter.${id}`,
  kind: 'choice',
  names: [id],
  options: [
    { value: 'true', label: 'common.yes' },
    { value: 'false', label: 'common.no' },
  ],
});
const text = (id: string): Filter => ({ id, label: `orders.filter.${id}`, kind: 'text', names: [id] });
const span = (id: string, to = 'lte'): Filter => ({ id, label: `orders.filter.${id}`, kind: 'dates', names: [`${id}[gte]`, `${id}[${to}]`] });

const SLIPS_MAX = 100;
/** Packing slips of the orders' fulfillments as one document, in a tab of its own: of all that were asked for, or none. */
function useSlips() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const problemText = useProblemText();
  return async (rows: OrderRow[], every: boolean) => {
    const most = () => void message.warning(t('orders.bulk.slips_most', { n: integer(SLIPS_MAX) }));
    if (every || rows.length > SLIPS_MAX) return most();
    const tab = window.open('about:blank', '_blank');
    const give = (tell: () => void) => (tab?.close(), tell());
    try {
      const page = await readPath<Page<OrderRow>>('/v1/orders', { number: rows.map(({ id }) => id).join(','), expand: 'fulfillments', limit: SLIPS_MAX });
      const ids = page.data.flatMap((row) => row.fulfillments ?? []).filter(({ state }) => state !== 'cancelled' && state !== 'rejected').map(({ id }) => id);
      if (!ids.length) return give(() => void message.info(t('orders.bulk.slips_none')));
      if (ids.length > SLIPS_MAX) return give(most);
      if (tab) tab.location.href = `/v1/packing_slips?fulfillments=${ids.join(',')}&format=pdf`;
    } catch (error) {
      give(() => void message.error(problemText(error)));
    }
    return undefined;
  };
}

interface Named {
  code: string;
  name?: string;
}

export function Orders() {
  const { t } = useTranslation();
  const may = useMay();
  const state = useListState();
  const narrow = useNarrow();
  const next = useNextText();
  useSoon(dialogs);
  const printSlips = useSlips();
  const [ask, setAsk] = useState<BulkAsk>();
  const [pasting, setPasting] = useState(false);
  const channels = useMasters<Named>('channels', may('master.read'));
  const locations = useMasters<Named>('locations', may('master.read'));

  const list = useMemo<ListDefinition<OrderRow>>(() => {
    const nameOf = (all: Named[] | undefined, code: string | undefined) => all?.find((one) => one.code === code)?.name ?? code ?? '';
    const columns: Column<OrderRow>[] = [
      { id: 'number', title: 'orders.column.number', file: 'number|external_id', width: 104, cell: (o) => <strong className="order-number">{orderTitle(o)}</strong> },
      { id: 'customer', title: 'orders.column.customer', file: 'customer.name|shipping_address.name|customer.email|customer.external_id', width: 110, grow: 2, cell: customerName },
      { id: 'channel', title: 'orders.column.channel', file: 'channel', width: 108, cell: (o) => nameOf(channels.data?.data, o.channel) },
      { id: 'state', title: 'common.state', file: 'state', width: 104, tagged: true, cell: (o) => <EnumTag of="order_state" value={o.state} /> },
      { id: 'payment', title: 'orders.column.payment', file: 'payment_status', width: 108, tagged: true, cell: (o) => <EnumTag of="payment_status" value={o.payment_status} quiet={idle.has(o.state ?? '')} /> },
      { id: 'fulfillment', title: 'orders.column.fulfillment', file: 'fulfillment_status', width: 130, tagged: true, cell: (o) => <EnumTag of="fulfillment_status" value={o.fulfillment_status} /> },
      { id: 'promise', title: 'orders.column.promise', file: 'promise.ship_by', width: 146, tagged: true, cell: (o) => <PromiseTag order={o} /> },
      {
        id: 'holds',
        title: 'orders.column.holds', file: 'hold_count',
        width: 62,
        tagged: true,
        cell: (o) => (o.hold_count ? <StatusTag tone="warn">{integer(o.hold_count)}</StatusTag> : null),
      },
      { id: 'total', title: 'orders.column.total', file: 'totals.total', width: 96, numeric: true, cell: (o) => money(o.totals?.total, o.currency ?? 'USD') },
      { id: 'age', title: 'orders.column.age', file: 'created_at', width: 96, sort: 'created_at', cell: ageOf },
      { id: 'next', title: 'orders.column.next', width: 106, cell: next },
      { id: 'assigned', title: 'orders.column.assigned', file: 'assigned_name', width: 120, optional: true, cell: (o) => o.assigned_name ?? '' },
      { id: 'tags', title: 'orders.column.tags', file: 'tags', width: 160, optional: true, cell: (o) => (o.tags ?? []).join(', ') },
      { id: 'external_id', title: 'orders.column.external_id', file: 'external_id', width: 140, optional: true, cell: (o) => o.external_id ?? '' },
      { id: 'city', title: 'orders.column.city', file: 'shipping_address.city', width: 120, optional: true, cell: (o) => o.shipping_address?.city ?? '' },
      { id: 'country', title: 'orders.column.country', file: 'shipping_address.country', width: 80, optional: true, cell: (o) => o.shipping_address?.country ?? '' },
      { id: 'units', title: 'orders.column.units', width: 80, optional: true, numeric: true, cell: (o) => (o.lines ? quantity(o.lines.reduce((all, line) => all + line.quantity, 0)) : '') },
      { id: 'due', title: 'orders.column.due', file: 'totals.due', width: 110, optional: true, numeric: true, cell: (o) => money(o.totals?.due, o.currency ?? 'USD') },
    ];
    const named = (id: string, list: Named[] | undefined): Filter[] =>
      list?.length ? [{ id, label: `orders.filter.${id}`, kind: 'choice', names: [id], options: list.map((one) => ({ value: one.code, label: one.name ?? one.code })) }] : [];
    const filters: Filter[] = [
      choice('state', 'orders.filter.state', 'order_state', orderStates),
      choice('payment_status', 'orders.filter.payment_status', 'payment_status', paymentStates),
      choice('fulfillment_status', 'orders.filter.fulfillment_status', 'fulfillment_status', goodsStates),
      ...named('channel', channels.data?.data),
      ...named('location', locations.data?.data),
      span('created_at'),
      span('placed_at', 'lt'),
      span('shipped_at', 'lt'),
      span('closed_at', 'lt'),
      span('ship_by', 'lt'),
      span('deliver_by', 'lt'),
      flag('late'),
      { id: 'at_risk', label: 'orders.filter.at_risk', kind: 'number', names: ['at_risk'], first: RISK_HOURS },
      flag('backordered'),
      flag('short_picked'),
      flag('overdue'),
      flag('has_hold'),
      choice('hold_type', 'orders.filter.hold_type', 'hold_type', holdTypes),
      choice('hold_role', 'orders.filter.hold_role', 'role', roles),
      text('customer'),
      text('sku'),
      text('tag'),
      text('number'),
      text('external_id'),
      choice('payment_terms', 'orders.filter.payment_terms', 'payment_terms', ['prepaid', 'cod', 'deposit', 'account']),
      text('currency'),
      text('assigned_to'),
    ];
    const verb = (id: BulkAsk['verb'], needed: string, danger = false): BulkVerb<OrderRow>[] =>
      may(needed) ? [{ id, label: `orders.bulk.${id}`, danger, run: (rows, query, done) => setAsk({ verb: id, rows, query, done }) }] : [];
    return {
      screen: 'orders',
      resource: 'orders',
      path: '/v1/orders',
      title: 'orders.nav',
      fixed: { expand: expands },
      defaultSort: '-created_at',
      columns,
      filters,
      id: (o) => o.id,
      href: (o) => `/orders/${o.number ?? o.id}`,
      peek: (o) => <Peek row={o} />,
      card: (o) => <OrderCard order={o} next={next(o)} channel={nameOf(channels.data?.data, o.channel)} />,
      bulk: [
        ...verb('approve', 'hold.release'),
        ...verb('hold', 'hold.create'),
        ...verb('release', 'hold.release'),
        ...verb('source', 'order.edit'),
        ...verb('tag', 'order.edit'),
        ...verb('assign', 'order.edit'),
        ...(may('fulfillment.read') ? [{ id: 'slips', label: 'orders.bulk.slips', run: (rows: OrderRow[], query: Query | undefined) => void printSlips(rows, query !== undefined) }] : []),
        ...verb('cancel', 'order.cancel', true),
      ],
      empty: {
        title: 'orders.empty.title',
        text: 'orders.empty.text',
        action: may('order.create') ? <Link to={'/orders/new' as never}>{t('orders.new')}</Link> : undefined,
      },
      instead: (_rows, as) => (as === 'board' ? <Suspense fallback={<Bones rows={12} />}><Board /></Suspense> : undefined),
    };
  }, [may, next, t, channels.data, locations.data]);

  const of = {
    ...list,
    head: <Queues />,
    actions: (
      <>
        <Button type="text" onClick={() => setPasting(true)}>
          {t('orders.numbers.open')}
        </Button>
        <Segmented
          aria-label={t('orders.as')}
          value={state.as === 'board' ? 'board' : 'list'}
          onChange={(as) => state.set({ as: as === 'board' ? 'board' : undefined, peek: undefined })}
          options={[
            { value: 'list', label: t('orders.as_list') },
            { value: 'board', label: t('orders.as_board') },
          ]}
        />
        {may('order.create') && (
          <Link to={'/orders/new' as never} className={`btn btn-primary${narrow ? ' btn-icon' : ''}`} aria-label={t('orders.new')}>
            <PlusOutlined aria-hidden /> {!narrow && t('orders.new')}
          </Link>
        )}
      </>
    ),
  };
  return (
    <>
      <ListScreen of={of} />
      <Suspense fallback={null}>
        {ask && <BulkDialog ask={ask} onClose={() => setAsk(undefined)} />}
        {pasting && <NumbersDialog onClose={() => setPasting(false)} onFound={(number) => state.reset({ number })} />}
      </Suspense>
    </>
  );
}

function OrderCard({ order, next, channel }: { order: OrderRow; next?: string | undefined; channel?: string }) {
  const { t } = useTranslation();
  return (
    <div className="order-card">
      <div className="row">
        <strong>{orderTitle(order)}</strong>
        <span className="muted ellipsis grow">{customerName(order)}</span>
        <strong className="num">{money(order.totals?.total, order.currency ?? 'USD')}</strong>
      </div>
      <div className="row wrap tight">
        <EnumTag of="fulfillment_status" value={order.fulfillment_status} />
        <EnumTag of="payment_status" value={order.payment_status} />
        <PromiseTag order={order} />
        {order.hold_count ? <StatusTag tone="warn">{t('orders.holds_n', { n: integer(order.hold_count) })}</StatusTag> : null}
      </div>
      <div className="row muted small">
        <span className="grow">{t('orders.card_age', { channel: channel ?? order.channel, age: ageOf(order) })}</span>
        {next && <span className="next">{next}</span>}
      </div>
    </div>
  );
}
