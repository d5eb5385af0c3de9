// Who orders: found by name, phone or address, or new.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { AutoComplete, Button, Input, type InputRef } from 'antd';
import { useRef, useState } from 'react';
import { readPath } from '../../../shared/api/client';
import type { Page } from '../../../shared/desk';
import { Panel } from '../../../shared/desk/record';
import { useTranslation } from '../../../shared/i18n';
import type { Address, Order } from '../api';
import type { DeskDraft } from './draft';
import { Labelled, TYPING_MS, useSettled, type SetDraft } from './parts';

interface Customer {
  id: string;
  name?: string;
  email?: string;
  phone?: string;
  language?: string;
  blocked?: boolean;
  addresses?: { default_shipping?: boolean; address: Address }[];
}

export function CustomerPart({ draft, setDraft, onDone }: { draft: DeskDraft; setDraft: SetDraft; onDone: () => void }) {
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
      address: old.customer_id === found.id && !Object.values(old.address).some(Boolean) && address ? { name: address.name, company: address.company, line1: address.line1, line2: address.line2, city: address.city, region: address.region, postal_code: address.postal_code, country: address.country, phone: address.phone, latitude: address.latitude, longitude: address.longitude } : old.address,
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
