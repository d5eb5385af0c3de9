// Orders by where their goods are. Cards move by drag or by their menu, only where the server lists the step as next.
import { DndContext, PointerSensor, useDraggable, useDroppable, useSensor, useSensors, type DragEndEvent } from '@dnd-kit/core';
import { MoreOutlined } from '@ant-design/icons';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { App, Button, Dropdown } from 'antd';
import { useEffect, useState } from 'react';
import { useMay } from '../../../shared/api/session';
import { useList } from '../../../shared/desk';
import { integer, money } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { useChanged } from '../../../shared/live';
import { Bones, EnumTag, StatusTag, Trouble, useProblemText } from '../../../shared/ui';
import { useListState } from '../../../shared/views';
import { countOf, expands, readOrder, useKeepOrder, write, type OrderRow } from '../api';
import { boardColumn, columnQuery, columns, movesOf, needs, workStates, type BoardColumn, type Move } from '../reading';
import { ageOf, customerName, orderTitle, PromiseTag } from '../words';

const SHOWN = 40;
const PATH = '/v1/orders';

export function Board() {
  const { t } = useTranslation();
  const { modal, message } = App.useApp();
  const problemText = useProblemText();
  const keep = useKeepOrder();
  const may = useMay();
  const [moving, setMoving] = useState<OrderRow>();
  const sensors = useSensors(useSensor(PointerSensor, { activationConstraint: { distance: 6 } }));
  const allowed = (row: OrderRow) => movesOf(row).filter(({ action }) => may(needs[action] ?? ''));

  const act = async (row: OrderRow, move: Move) => {
    if (move.action === 'source') return write('POST', `/v1/orders/${row.id}/source`, {}, row.version);
    const order = await readOrder(row.id);
    for (const ful of order.fulfillments) if (workStates[move.action]?.includes(ful.state)) await write('POST', `/v1/fulfillments/${ful.id}/${move.action}`, {});
    return undefined;
  };
  const ask = (row: OrderRow, move: Move) =>
    modal.confirm({
      title: t(`orders.board.ask_${move.action}`, { order: orderTitle(row) }),
      content: t(`orders.board.means_${move.action}`),
      okText: t(`orders.act.${move.action}`),
      cancelText: t('common.cancel'),
      onOk: async () => {
        try {
          await act(row, move);
          void message.success(t('orders.board.moved', { order: orderTitle(row) }));
        } catch (error) {
          void message.error(problemText(error));
        }
        keep(await readOrder(row.id));
      },
    });
  const onDragEnd = ({ over }: DragEndEvent) => {
    const row = moving;
    setMoving(undefined);
    const move = row && over ? allowed(row).find(({ to }) => to === over.id) : undefined;
    if (row && move) ask(row, move);
  };
  const moves = moving ? allowed(moving).map(({ to }) => to) : [];
  return (
    <DndContext
      sensors={sensors}
      accessibility={{ screenReaderInstructions: { draggable: t('orders.board.how') } }}
      onDragStart={({ active }) => setMoving((active.data.current as { row: OrderRow } | undefined)?.row)}
      onDragCancel={() => setMoving(undefined)}
      onDragEnd={onDragEnd}
    >
      <div className="board" tabIndex={0} role="region" aria-label={t('orders.as_board')}>
        {columns.map((column) => (
          <Column key={column} id={column} open={moves.includes(column)} moving={Boolean(moving)} moves={allowed} ask={ask} />
        ))}
      </div>
    </DndContext>
  );
}

interface CardProps {
  moves: (row: OrderRow) => Move[];
  ask: (row: OrderRow, move: Move) => void;
}

/** A column has its own question and pages: what is old stands on it as what is new, and its figure is the server's. */
function Column({ id, open, moving, ...card }: { id: BoardColumn; open: boolean; moving: boolean } & CardProps) {
  const { t } = useTranslation();
  const { setNodeRef, isOver } = useDroppable({ id, disabled: !open });
  const state = useListState();
  const [limit, setLimit] = useState(SHOWN);
  const query = columnQuery(id, state.query as Record<string, string>);
  const asked = { ...query, expand: expands };
  const enabled = query !== undefined;
  const list = useList<OrderRow>('orders', PATH, asked, { enabled });
  const { sort: _sort, ...counted } = query ?? {};
  const count = useQuery({
    queryKey: ['orders', 'count', 'board', counted],
    enabled,
    staleTime: 15_000,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => countOf(PATH, counted, signal),
  });
  // A card that was just moved is another column's at once.
  const rows = enabled ? list.rows.filter((row) => boardColumn(row.fulfillment_status) === id) : [];
  const wanted = enabled && rows.length < limit && list.hasNextPage && !list.isFetchingNextPage && !list.isError;
  const fetchNext = list.fetchNextPage;
  // A page may be empty and still not the last one.
  useEffect(() => {
    if (wanted) void fetchNext();
  }, [wanted, fetchNext]);
  const all = enabled && list.hasNextPage ? Math.max(rows.length, count.data ?? 0) : rows.length;
  const body = () => {
    if (enabled && list.isPending) return <Bones rows={4} />;
    if (list.isError && !rows.length) return <Trouble error={list.error} retry={() => void list.refetch()} />;
    if (!rows.length) return <p className="muted small">{t('orders.board.none')}</p>;
    return (
      <ul>
        {rows.slice(0, limit).map((row) => (
          <Card key={row.id} row={row} {...card} />
        ))}
      </ul>
    );
  };
  return (
    <section ref={setNodeRef} className={`board-column${open ? ' open' : moving ? ' shut' : ''}${isOver ? ' over' : ''}`} aria-label={t(`orders.board.${id}`)}>
      <header>
        <h2>{t(`orders.board.${id}`)}</h2>
        {(!enabled || !list.isPending) && <span className="muted board-count">{integer(all)}</span>}
      </header>
      {body()}
      {all > limit && (
        <Button size="small" loading={list.isFetchingNextPage} aria-label={t('orders.board.more_of', { column: t(`orders.board.${id}`), n: integer(all - limit) })} onClick={() => setLimit(limit + SHOWN)}>
          {t('orders.board.more', { n: integer(all - limit) })}
        </Button>
      )}
    </section>
  );
}

function Card({ row, moves, ask }: { row: OrderRow } & CardProps) {
  const { t } = useTranslation();
  const changed = useChanged();
  const can = moves(row);
  const { setNodeRef, listeners, transform, isDragging } = useDraggable({ id: row.id, data: { row }, disabled: !can.length });
  return (
    <li
      ref={setNodeRef}
      {...(listeners ?? {})}
      className={`board-card${isDragging ? ' dragging' : ''}${changed.has(row.id) ? ' changed' : ''}${can.length ? ' can' : ''}`}
      style={transform ? { transform: `translate(${transform.x}px, ${transform.y}px)` } : undefined}
    >
      <div className="row">
        <Link to={`/orders/${row.number ?? row.id}` as never} className="grow">
          <strong>{orderTitle(row)}</strong>
        </Link>
        <span className="num">{money(row.totals?.total, row.currency ?? 'USD')}</span>
        {can.length > 0 && (
          <Dropdown
            autoFocus
            trigger={['click']}
            menu={{ items: can.map((move) => ({ key: move.action, label: t(`orders.act.${move.action}`) })), onClick: ({ key }) => ask(row, can.find(({ action }) => action === key) as Move) }}
          >
            <Button size="small" type="text" aria-label={t('orders.board.move', { order: orderTitle(row) })} icon={<MoreOutlined aria-hidden />} />
          </Dropdown>
        )}
      </div>
      <div className="muted small ellipsis">{t('orders.card_age', { channel: customerName(row) || row.channel, age: ageOf(row) })}</div>
      <div className="row wrap tight">
        <PromiseTag order={row} />
        {row.payment_status !== 'paid' && <EnumTag of="payment_status" value={row.payment_status} />}
        {row.hold_count ? <StatusTag tone="warn">{t('orders.holds_n', { n: integer(row.hold_count) })}</StatusTag> : null}
      </div>
    </li>
  );
}
