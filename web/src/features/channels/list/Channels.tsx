import { PlusOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Button, Form, Input } from 'antd';
import { useState } from 'react';
import { sendPath } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/session';
import { choice, CurrencySelect, EnumSelect, FormDialog, ListScreen, type ListDefinition } from '../../../shared/desk';
import { settled } from '../../../shared/desk/difference';
import { duration, relative } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { StatusTag } from '../../../shared/ui';
import { channelKinds, type Channel } from '../api';
import { OrdersOfDay, useHealth } from '../health';

export function Channels() {
  const { t } = useTranslation();
  const may = useMay();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [adding, setAdding] = useState(false);
  const health = useHealth();
  const of = (row: Channel) => health.data?.get(row.code);
  const need = [{ required: true, message: t('common.required') }];
  const state = (row: Channel) => <StatusTag tone={row.active ? 'good' : 'quiet'}>{t(row.active ? 'channels.active' : 'channels.inactive')}</StatusTag>;
  const add = may('master.write') && (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setAdding(true)}>
      {t('channels.add')}
    </Button>
  );
  const list: ListDefinition<Channel> = {
    screen: 'channels',
    resource: 'channels',
    path: '/v1/channels',
    title: 'channels.title',
    defaultSort: '-created_at',
    searchable: false,
    id: (row) => row.id,
    href: (row) => `/channels/${encodeURIComponent(row.code)}`,
    actions: add,
    columns: [
      { id: 'code', title: 'common.code', width: 120, sort: 'code', cell: (row) => <strong className="mono">{row.code}</strong> },
      { id: 'name', title: 'common.name', width: 180, grow: 2, cell: (row) => row.name },
      { id: 'kind', title: 'channels.kind', width: 130, cell: (row) => t(`enum.channel_kind.${row.kind}`) },
      { id: 'state', title: 'common.state', width: 150, tagged: true, cell: state },
      { id: 'orders_day', title: 'channels.health.day', width: 110, numeric: true, cell: (row) => { const one = of(row); return one && <OrdersOfDay of={one} />; } },
      { id: 'last', title: 'channels.health.last', width: 120, cell: (row) => relative(of(row)?.last_order_at) },
      { id: 'lag', title: 'channels.health.lag', width: 100, numeric: true, optional: true, cell: (row) => { const lag = of(row)?.lag_s; return lag === undefined ? '' : duration(lag * 1000); } },
      { id: 'currency', title: 'channels.currency', width: 90, cell: (row) => row.currency },
      { id: 'stock', title: 'channels.stock_policy', width: 170, grow: 1, cell: (row) => t(`enum.stock_policy.${row.stock_policy}`) },
      { id: 'terms', title: 'channels.payment_terms', width: 140, cell: (row) => t(`enum.payment_terms.${row.payment_terms}`) },
      { id: 'locations', title: 'channels.locations', width: 160, optional: true, cell: (row) => row.locations?.join(', ') || t('channels.all_locations') },
      { id: 'updated', title: 'common.updated', width: 120, sort: 'updated_at', cell: (row) => relative(row.updated_at) },
    ],
    filters: [
      choice('kind', 'channels.kind', 'channel_kind', channelKinds),
      { id: 'active', label: 'common.state', kind: 'choice', names: ['active'], options: [{ value: 'true', label: 'channels.active' }, { value: 'false', label: 'channels.inactive' }] },
      { id: 'code', label: 'common.code', kind: 'text', names: ['code'] },
    ],
    card: (row) => (
      <>
        <div className="card-line">
          <strong className="grow ellipsis">{row.name ?? row.code}</strong>
          {state(row)}
        </div>
        <div className="card-line muted">
          <span className="mono grow">{row.code}</span>
          <span>{t(`enum.channel_kind.${row.kind}`)}</span>
        </div>
      </>
    ),
    empty: { title: 'channels.empty', text: 'channels.empty_text', action: add },
  };
  return (
    <>
      <ListScreen of={list} />
      {adding && (
        <FormDialog<Channel>
          title={t('channels.add')}
          ok={t('common.create')}
          initial={{ kind: 'web' }}
          send={(values) => sendPath<Channel>('POST', '/v1/channels', settled(values))}
          onDone={(made) => {
            void client.invalidateQueries({ queryKey: ['channels'] });
            void navigate({ to: `/channels/${encodeURIComponent(made.code)}` as never });
          }}
          onClose={() => setAdding(false)}
        >
          <div className="fields">
            <Form.Item name="name" label={t('common.name')} rules={need}>
              <Input maxLength={120} autoFocus />
            </Form.Item>
            <Form.Item name="code" label={t('common.code')} extra={t('common.code_help')} rules={[...need, { pattern: /^[a-z0-9._-]{1,32}$/, message: t('channels.code_format') }]}>
              <Input maxLength={32} spellCheck={false} autoCapitalize="none" />
            </Form.Item>
            <Form.Item name="kind" label={t('channels.kind')}>
              <EnumSelect of="channel_kind" values={channelKinds} />
            </Form.Item>
            <Form.Item name="currency" label={t('channels.currency')}>
              <CurrencySelect />
            </Form.Item>
          </div>
        </FormDialog>
      )}
    </>
  );
}
