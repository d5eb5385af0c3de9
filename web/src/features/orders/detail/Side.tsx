// Beside the order: who it is for, what was promised and why, who takes care of it, notes, papers, orders that have to do with it.
import { LinkOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { App, Button, Form, Input, Select } from 'antd';
import { useEffect, useState } from 'react';
import { keep as put } from '../../../shared/api/keep';
import { readPath } from '../../../shared/api/client';
import { asProblem } from '../../../shared/api/problem';
import { useMay, useSession } from '../../../shared/api/session';
import { keepTyped, readTyped } from '../../../shared/api/typed';
import { ConflictDialog } from '../../../shared/desk';
import { FormDialog, Panel } from '../../../shared/desk/record';
import { dateTime, duration, money, percent, relative, weekday } from '../../../shared/format';
import { promiseZone } from '../reading';
import { addressLines } from '../../../shared/format/address';
import { useTranslation } from '../../../shared/i18n';
import { EnumTag, StatusTag, useProblemText } from '../../../shared/ui';
import { orderKey, readOrder, useKeepOrder, usePart, usePeople, write, type Address, type Order, type Related as RelatedOrder } from '../api';
import { useQueryClient } from '@tanstack/react-query';
import { customerName } from '../words';

const UNDO_S = 8;

/** A change that shows at once, is taken back with the reason when the server refuses, and can be undone for 8 s. */
function useOptimistic(order: Order) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const keep = useKeepOrder();
  const paint = (next: Order) => {
    for (const name of [order.id, order.number]) if (name) put(client, orderKey(name), next);
  };
  return async (change: Partial<Order>, send: () => Promise<Order>, text: string, undo?: () => Promise<Order>) => {
    const before = order;
    paint({ ...order, ...change });
    try {
      keep(await send());
    } catch (error) {
      paint(before);
      void message.error(problemText(error));
      return;
    }
    const key = crypto.randomUUID();
    void message.open({
      key,
      type: 'success',
      duration: UNDO_S,
      content: (
        <span className="undo">
          {text}
          {undo && (
            <Button
              size="small"
              type="link"
              onClick={() => {
                message.destroy(key);
                void undo().then(keep, (error: unknown) => void message.error(problemText(error)));
              }}
            >
              {t('common.undo')}
            </Button>
          )}
        </span>
      ),
    });
  };
}

function AddressBlock({ address }: { address: Address | undefined }) {
  const { t } = useTranslation();
  if (!address) return <p className="muted">{t('orders.no_address')}</p>;
  return (
    <address>
      {addressLines({ ...address, name: '' }).map((line, i) => (
        <div key={i}>{line}</div>
      ))}
    </address>
  );
}

/** Masked data is shown to those who may ask for it, for a reason that is recorded. */
function Reveal({ order }: { order: Order }) {
  const { t } = useTranslation();
  const may = useMay();
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  if (may('personal.read') || !may('personal.reveal')) return null;
  return (
    <>
      <Button size="small" className="no-print" onClick={() => setOpen(true)}>
        {t('orders.reveal')}
      </Button>
      {open && (
        <FormDialog<Order>
          title={t('orders.reveal')}
          ok={t('orders.reveal')}
          send={(values: { reason: string }) => write<Order>('POST', `/v1/orders/${order.id}/reveal`, { reason: values.reason })}
          onDone={(shown) => {
            setOpen(false);
            for (const name of [order.id, order.number]) if (name) put(client, orderKey(name), { ...order, ...shown });
          }}
          onClose={() => setOpen(false)}
        >
          <p className="dialog-text">{t('orders.reveal_text')}</p>
          <Form.Item name="reason" label={t('common.reason')} rules={[{ required: true, message: t('common.required') }]}>
            <Input.TextArea autoFocus rows={2} maxLength={500} />
          </Form.Item>
        </FormDialog>
      )}
    </>
  );
}

export function Side({ order }: { order: Order }) {
  const { t } = useTranslation();
  return (
    <>
      <Panel title={t('orders.customer')} extra={<Reveal order={order} />}>
        <div className="col">
          <div className="row wrap tight">
            {order.customer_id ? (
              <Link to={`/customers/${order.customer_id}` as never}>
                <strong>{customerName(order) || order.customer_id}</strong>
              </Link>
            ) : (
              <strong>{customerName(order) || t('orders.guest')}</strong>
            )}
            {order.shipping_address?.name && order.shipping_address.name !== customerName(order) && <span className="muted">{order.shipping_address.name}</span>}
          </div>
          {order.customer?.email && <a href={`mailto:${order.customer.email}`}>{order.customer.email}</a>}
          {order.customer?.phone && <a href={`tel:${order.customer.phone}`}>{order.customer.phone}</a>}
          <AddressBlock address={order.shipping_address} />
          <p className="muted small dotted">
            <span>{t(`enum.delivery_type.${order.delivery.type}`, { defaultValue: order.delivery.type })}</span>
            {order.delivery.location && <span>{order.delivery.location}</span>}
            {order.shipping_method && <span>{order.shipping_method}</span>}
          </p>
        </div>
      </Panel>
      <PromisePanel order={order} />
      <Care order={order} />
    </>
  );
}

function PromisePanel({ order }: { order: Order }) {
  const { t } = useTranslation();
  const { ship_by, deliver_by } = order.promise;
  const parts = (order.promise.parts ?? []) as { code: string; from: string; to: string; why: string }[];
  // What was called off is promised to nobody.
  if ((!ship_by && !deliver_by) || order.state === 'cancelled' || order.state === 'expired') return null;
  return (
    <Panel title={t('orders.promised')}>
      <dl className="facts">
        {ship_by && (
          <>
            <dt>{t('orders.ship_by')}</dt>
            <dd>{dateTime(ship_by)}</dd>
          </>
        )}
        {order.shipped_at && (
          <>
            <dt>{t('orders.shipped_at')}</dt>
            <dd>{dateTime(order.shipped_at)}</dd>
          </>
        )}
        {deliver_by && (
          <>
            <dt>{t('orders.deliver_by')}</dt>
            <dd>{weekday(deliver_by, promiseZone(order.promise, deliver_by))}</dd>
          </>
        )}
      </dl>
      {parts.length > 0 && (
        <details className="promise-why">
          <summary>{t('orders.promise_why')}</summary>
          <ol>
            {parts.map((part, i) => (
              <li key={i}>
                <span>{t(`orders.promise_part.${part.code}`, { defaultValue: part.why })}</span>
                <span className="muted small">{t('orders.promise_until', { when: dateTime(part.to), span: duration(Date.parse(part.to) - Date.parse(part.from)) })}</span>
              </li>
            ))}
          </ol>
        </details>
      )}
    </Panel>
  );
}

function Care({ order }: { order: Order }) {
  const { t } = useTranslation();
  const may = useMay();
  const session = useSession();
  const optimistic = useOptimistic(order);
  const people = usePeople(may('user.admin'));
  const edit = may('order.edit');
  const path = `/v1/orders/${order.id}`;

  const assign = (user: string | undefined, name: string | undefined) => {
    const was = order.assigned_to;
    void optimistic(
      { assigned_to: user, assigned_name: name },
      () => write<Order>('POST', `${path}/assign`, user ? { user } : {}),
      user ? t('orders.assign.done', { who: name ?? user }) : t('orders.assign.undone'),
      () => write<Order>('POST', `${path}/assign`, was ? { user: was } : {}),
    );
  };
  const tag = (next: string[]) => {
    const add = next.filter((one) => !order.tags.includes(one));
    const remove = order.tags.filter((one) => !next.includes(one));
    if (!add.length && !remove.length) return;
    const body = (more: string[], less: string[]) => ({ ...(more.length ? { add: more } : {}), ...(less.length ? { remove: less } : {}) });
    void optimistic(
      { tags: next },
      () => write<Order>('POST', `${path}/tag`, body(add, remove)),
      t('orders.tags_done'),
      () => write<Order>('POST', `${path}/tag`, body(remove, add)),
    );
  };
  const options = people.data?.data.map((one) => ({ value: one.id, label: one.name ?? one.login })) ?? [];
  if (session.user_id && !options.some(({ value }) => value === session.user_id)) options.unshift({ value: session.user_id, label: session.name ?? t('orders.assign.me') });
  if (order.assigned_to && !options.some(({ value }) => value === order.assigned_to)) options.push({ value: order.assigned_to, label: order.assigned_name ?? order.assigned_to });
  return (
    <Panel title={t('orders.care')}>
      <div className="col wide-gap">
        <div className="field">
          <label htmlFor="order-assigned">{t('orders.assign.to')}</label>
          <div className="row">
            <Select
              id="order-assigned"
              className="grow"
              disabled={!edit}
              allowClear
              showSearch={{ optionFilterProp: 'label' }}
              placeholder={t('orders.assign.nobody')}
              value={order.assigned_to}
              options={options}
              onChange={(user?: string) => assign(user, options.find(({ value }) => value === user)?.label)}
            />
            {edit && session.user_id && order.assigned_to !== session.user_id && (
              <Button className="no-print" onClick={() => assign(session.user_id, session.name)}>
                {t('orders.assign.take')}
              </Button>
            )}
          </div>
        </div>
        <div className="field">
          <label htmlFor="order-tags">{t('orders.tags')}</label>
          <Select id="order-tags" mode="tags" open={false} suffixIcon={null} disabled={!edit} tokenSeparators={[',', ' ', '，']} placeholder={t('orders.tags_hint')} value={order.tags} onChange={tag} />
        </div>
        <Notes order={order} edit={edit} />
        {order.number && <TrackingLink order={order} />}
      </div>
    </Panel>
  );
}

/** The link by which the customer follows the order, to be sent to them. */
function TrackingLink({ order }: { order: Order }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const copy = async () => {
    try {
      const { token } = await readPath<{ token: string }>(`/v1/orders/${order.id}/tracking_link`, {});
      await navigator.clipboard.writeText(new URL(`/track/${token}`, location.origin).href);
      void message.success(t('orders.tracking_copied'));
    } catch (error) {
      void message.error(problemText(error));
    }
  };
  return (
    <Button className="no-print" icon={<LinkOutlined aria-hidden />} onClick={() => void copy()}>
      {t('orders.tracking_link')}
    </Button>
  );
}

/** Notes keep what is being typed while news come in; a faster colleague leads to a choice. */
function Notes({ order, edit }: { order: Order; edit: boolean }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const keep = useKeepOrder();
  const draft = `notes.${order.id}`;
  const [text, setText] = useState(() => readTyped(draft) ?? order.notes ?? '');
  const [base, setBase] = useState(order);
  const [busy, setBusy] = useState(false);
  const [theirs, setTheirs] = useState<Order>();
  const dirty = text !== (base.notes ?? '');
  useEffect(() => {
    if (dirty && base.notes !== order.notes) return;
    setBase(order);
    if (!dirty) setText(order.notes ?? '');
  }, [order]);
  useEffect(() => {
    keepTyped(draft, dirty ? text : undefined);
  }, [dirty, text]);
  const send = async (version: number) => {
    setBusy(true);
    try {
      const saved = await write<Order>('PATCH', `/v1/orders/${order.id}`, { notes: text || null }, version);
      setBase(saved);
      setTheirs(undefined);
      keep(saved);
      void message.success(t('common.saved'));
    } catch (error) {
      if (asProblem(error).conflict) {
        const now = await readOrder(order.id);
        // Something else of the order moved: the note itself is nobody's but ours.
        if ((now.notes ?? '') === (base.notes ?? '')) {
          setBusy(false);
          return void send(now.version);
        }
        setTheirs(now);
      } else void message.error(problemText(error));
    } finally {
      setBusy(false);
    }
    return undefined;
  };
  return (
    <div className="field">
      <label htmlFor="order-notes">{t('orders.notes')}</label>
      <Input.TextArea id="order-notes" rows={3} disabled={!edit} maxLength={4000} value={text} onChange={(event) => setText(event.target.value)} />
      {dirty && (
        <div className="row no-print">
          <Button size="small" type="primary" loading={busy} onClick={() => void send(base.version)}>
            {t('common.save')}
          </Button>
          <Button size="small" onClick={() => setText(base.notes ?? '')}>
            {t('common.cancel')}
          </Button>
        </div>
      )}
      <ConflictDialog<Order>
        open={theirs !== undefined}
        labels={{ notes: 'orders.notes' }}
        mine={{ notes: text }}
        theirs={theirs}
        onMine={() => theirs && void send(theirs.version)}
        onTheirs={() => {
          if (theirs) {
            setBase(theirs);
            setText(theirs.notes ?? '');
            keep(theirs);
          }
          setTheirs(undefined);
        }}
        onCancel={() => setTheirs(undefined)}
      />
    </div>
  );
}

export function Related({ order }: { order: Order }) {
  const { t } = useTranslation();
  const { data } = usePart<{ data: RelatedOrder[] }>(order.id, 'related', { limit: 20 });
  const all = data?.data ?? [];
  if (!all.length) return null;
  const sorted = [...all].sort((a, b) => Number(b.duplicate ?? false) - Number(a.duplicate ?? false));
  return (
    <Panel title={t('orders.related')} flush>
      <ul className="plain-list related">
        {sorted.slice(0, 8).map((one) => (
          <li key={one.id}>
            <div className="row">
              <Link to={`/orders/${one.number ?? one.id}` as never}>{one.number ?? one.id}</Link>
              <EnumTag of="order_state" value={one.state} />
              <span className="grow" />
              <span className="num">{money(one.total, one.currency)}</span>
            </div>
            <div className="row wrap tight small">
              {one.duplicate && <StatusTag tone="bad">{t('orders.duplicate', { alike: percent(Number(one.similarity ?? 0), 0) })}</StatusTag>}
              <span className="muted dotted">
                {one.same_customer && <span>{t('orders.same_customer')}</span>}
                {one.same_address && <span>{t('orders.same_address')}</span>}
                <span>{relative(one.created_at)}</span>
              </span>
            </div>
          </li>
        ))}
      </ul>
      {order.customer_id && all.length > 8 && (
        <p className="panel-foot">
          <Link to={'/orders' as never} search={{ customer: order.customer_id } as never}>
            {t('orders.related_all')}
          </Link>
        </p>
      )}
    </Panel>
  );
}
