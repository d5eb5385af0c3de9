import { Form, Input } from 'antd';
import { choice, CurrencySelect, EnumSelect, MasterList, WorksTag, type ListDefinition } from '../../../shared/desk';
import { duration, relative } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { channelKinds, works, type Channel } from '../api';
import { OrdersOfDay, useHealth } from '../health';

export function Channels() {
  const { t } = useTranslation();
  const health = useHealth();
  const of = (row: Channel) => health.data?.get(row.code);
  const need = [{ required: true, message: t('common.required') }];
  const columns: ListDefinition<Channel>['columns'] = [
    { id: 'code', title: 'common.code', width: 120, sort: 'code', cell: (row) => <strong className="mono">{row.code}</strong> },
    { id: 'name', title: 'common.name', width: 180, grow: 2, cell: (row) => row.name },
    { id: 'kind', title: 'channels.kind', width: 130, cell: (row) => t(`enum.channel_kind.${row.kind}`) },
    { id: 'state', title: 'common.state', width: 150, tagged: true, cell: (row) => <WorksTag of={works} record={row} /> },
    { id: 'orders_day', title: 'channels.health.day', width: 110, numeric: true, cell: (row) => { const one = of(row); return one && <OrdersOfDay of={one} />; } },
    { id: 'last', title: 'channels.health.last', width: 120, cell: (row) => relative(of(row)?.last_order_at) },
    { id: 'lag', title: 'channels.health.lag', width: 100, numeric: true, optional: true, cell: (row) => { const lag = of(row)?.lag_s; return lag === undefined ? '' : duration(lag * 1000); } },
    { id: 'currency', title: 'channels.currency', width: 90, cell: (row) => row.currency },
    { id: 'stock', title: 'channels.stock_policy', width: 170, grow: 1, cell: (row) => t(`enum.stock_policy.${row.stock_policy}`) },
    { id: 'terms', title: 'channels.payment_terms', width: 140, cell: (row) => t(`enum.payment_terms.${row.payment_terms}`) },
    { id: 'locations', title: 'channels.locations', width: 160, optional: true, cell: (row) => row.locations?.join(', ') || t('channels.all_locations') },
    { id: 'updated', title: 'common.updated', width: 120, sort: 'updated_at', cell: (row) => relative(row.updated_at) },
  ];
  return (
    <MasterList<Channel>
      resource="channels"
      title="channels.title"
      add="channels.add"
      empty={{ title: 'channels.empty', text: 'channels.empty_text' }}
      works={works}
      columns={columns}
      filters={[choice('kind', 'channels.kind', 'channel_kind', channelKinds)]}
      card={(row) => (
        <div className="card-line muted">
          <span className="mono grow">{row.code}</span>
          <span>{t(`enum.channel_kind.${row.kind}`)}</span>
        </div>
      )}
      initial={{ kind: 'web' }}
    >
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
    </MasterList>
  );
}
