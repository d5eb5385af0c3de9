// One order: what it is, what keeps it, the one thing to do first, and everything that belongs to it.
import { DownOutlined } from '@ant-design/icons';
import { Link, useParams } from '@tanstack/react-router';
import { Button, Dropdown } from 'antd';
import { lazy, Suspense, useEffect, useState } from 'react';
import { asProblem } from '../../../shared/api/problem';
import { useMay } from '../../../shared/api/session';
import { Presence } from '../../../shared/desk';
import { useSoon } from '../../../shared/desk/soon';
import { dateTime, money } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { useKeys } from '../../../shared/keys';
import { Bones, Empty, EnumTag, Trouble } from '../../../shared/ui';
import { useNames, useOrder, type Order } from '../api';
import '../orders.css';
import { firstAction, needs } from '../reading';
import { customerName, orderTitle, PromiseTag } from '../words';
import { Blockers, useBlockers } from './Blockers';
import { Changes } from './Changes';
import type { Dialog } from './Dialogs';
import { Holds } from './Holds';
import { Lines } from './Lines';
import { Money } from './Money';
import { Related, Side } from './Side';
import { Sourcing } from './Sourcing';
import { Timeline } from './Timeline';
import { Work } from './Work';

const loadDialogs = () => import('./Dialogs');
const Dialogs = lazy(() => loadDialogs().then(({ Dialogs }) => ({ default: Dialogs })));
const soon = [loadDialogs];

const dangers = new Set(['reject', 'cancel']);
/** What is done at a fulfillment leads to the warehouse's work below. */
const byWork = new Set(['pick', 'pack', 'ship', 'hand_over']);

export function OrderPage() {
  const { t } = useTranslation();
  const { id } = useParams({ strict: false }) as { id: string };
  const { data: order, isPending, error, refetch } = useOrder(id);
  // What keeps it stands above all else, so it is waited for: the page must not move under one's hand.
  const told = useBlockers(id);
  if (isPending || (order && told.isPending && !told.failureCount)) return <Bones rows={14} />;
  if (error && !order) {
    if (asProblem(error).status === 404) return <Empty title={t('orders.lost')} action={<Link to={'/orders' as never}>{t('orders.nav')}</Link>}>{t('orders.lost_text', { id })}</Empty>;
    return <Trouble error={error} retry={() => void refetch()} />;
  }
  return <Page key={order.id} order={order} at={id} />;
}

/** `at`: how the address calls it. */
function Page({ order, at }: { order: Order; at: string }) {
  const { t } = useTranslation();
  const may = useMay();
  const [dialog, setDialog] = useState<Dialog>();
  const blockers = useBlockers(at);
  const channel = useNames('channels', may('master.read'));
  useSoon(soon);
  const title = orderTitle(order);
  useEffect(() => {
    document.title = `${title} · Ordo`;
  }, [title]);

  const changeable = (order.state === 'placed' || order.state === 'open') && may('order.edit');
  const allowed = [...order.next_actions.filter((action) => may(needs[action] ?? '')), ...(changeable ? ['change'] : [])];
  const told = blockers.data?.next_action;
  const first = told && allowed.includes(told) ? told : firstAction({ ...order, next_actions: allowed } as never);
  const act = (action: string) => {
    if (byWork.has(action)) {
      // One piece of work: it is asked for here. Of several people choose.
      const [button, another] = document.querySelectorAll<HTMLElement>(`[aria-labelledby="order-work"] [data-act="${action}"]`);
      if (!another) return button?.click();
      button?.scrollIntoView({ block: 'center' });
      button?.focus({ preventScroll: true });
    } else setDialog({ kind: action as Dialog['kind'] } as Dialog);
  };
  const others = allowed.filter((action) => action !== first && !byWork.has(action));
  useKeys('keys.group.page', [
    ...(first ? [{ keys: 'n', label: 'orders.keys.first', run: () => act(first) }] : []),
    ...(changeable ? [{ keys: 'e', label: 'orders.act.change', run: () => act('change') }] : []),
    ...(allowed.includes('hold') ? [{ keys: 'h', label: 'orders.act.hold', run: () => act('hold') }] : []),
    { keys: 'm', label: 'orders.keys.comment', run: () => document.getElementById('order-comment')?.focus() },
    { keys: 'Escape', label: 'keys.back', run: () => history.back() },
  ]);

  return (
    <article className="screen order-page">
      <header className="screen-head order-head">
        <div className="page-back no-print">
          <Link to={'/orders' as never}>← {t('orders.nav')}</Link>
        </div>
        <div className="order-title">
          <h1>{title}</h1>
          <EnumTag of="order_state" value={order.state} />
          <EnumTag of="payment_status" value={order.payment_status} />
          <EnumTag of="fulfillment_status" value={order.fulfillment_status} />
          {order.return_status !== 'none' && <EnumTag of="return_status" value={order.return_status} />}
          <PromiseTag order={order} />
          <Presence order={order.id} />
        </div>
        <div className="row no-print">
          {others.length > 0 && (
            <Dropdown
              autoFocus
              trigger={['click']}
              menu={{
                items: others.map((action) => ({ key: action, danger: dangers.has(action), label: t(`orders.act.${action}`) })),
                onClick: ({ key }) => act(key),
              }}
            >
              <Button>
                {t('common.more')} <DownOutlined aria-hidden />
              </Button>
            </Dropdown>
          )}
          {first && (
            <Button type="primary" onClick={() => act(first)}>
              {t(`orders.act.${first}`)}
            </Button>
          )}
        </div>
        <p className="order-sub muted">
          {t('orders.sub', {
            customer: customerName(order) || t('orders.guest'),
            channel: channel(order.channel),
            total: money(order.totals.total, order.currency),
            when: dateTime(order.placed_at ?? order.created_at),
          })}
          {order.state === 'draft' && order.expires_at && <> · {t('orders.stock_kept', { when: dateTime(order.expires_at) })}</>}
          {order.cancel_reason && <> · {t('orders.cancelled_because', { reason: order.cancel_reason })}</>}
        </p>
      </header>
      <div className="screen-body columns">
        <div className="col wide-gap">
          <Blockers id={at} shipBy={order.promise.ship_by} />
          <Holds order={order} />
          <Changes order={order} />
          <Lines order={order} />
          <Work order={order} />
          <Sourcing order={order} onSource={allowed.includes('source') ? () => setDialog({ kind: 'source' }) : undefined} />
          <Timeline order={order} />
        </div>
        <div className="col wide-gap">
          <Side order={order} />
          <Money order={order} ask={setDialog} />
          <Related order={order} />
        </div>
      </div>
      <Suspense fallback={null}>{dialog && <Dialogs order={order} dialog={dialog} onClose={() => setDialog(undefined)} />}</Suspense>
    </article>
  );
}
