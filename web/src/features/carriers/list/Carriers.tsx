import { Form, Input } from 'antd';
import { choice, CurrencySelect, EnumSelect, MasterList, WorksTag, type ListDefinition } from '../../../shared/desk';
import { relative } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { carrierKinds, works, type Carrier } from '../api';

const fixed = { expand: 'services,zones' };

export function Carriers() {
  const { t } = useTranslation();
  const need = [{ required: true, message: t('common.required') }];
  const columns: ListDefinition<Carrier>['columns'] = [
    { id: 'code', title: 'common.code', width: 130, sort: 'code', cell: (row) => <strong className="mono">{row.code}</strong> },
    { id: 'name', title: 'common.name', width: 180, grow: 1, cell: (row) => row.name },
    { id: 'kind', title: 'carriers.kind', width: 120, cell: (row) => t(`enum.carrier_kind.${row.kind}`) },
    { id: 'state', title: 'common.state', width: 120, tagged: true, cell: (row) => <WorksTag of={works} record={row} /> },
    { id: 'services', title: 'carriers.services.title', width: 220, grow: 2, cell: (row) => row.services?.map((one) => one.name ?? one.code).join(', ') },
    { id: 'zones', title: 'carriers.zones.title', width: 160, grow: 1, cell: (row) => row.zones?.map((one) => one.code).join(', ') },
    { id: 'currency', title: 'carriers.currency', width: 130, cell: (row) => row.currency },
    { id: 'updated', title: 'common.updated', width: 120, sort: 'updated_at', cell: (row) => relative(row.updated_at) },
  ];
  return (
    <MasterList<Carrier>
      resource="carriers"
      title="carriers.title"
      add="carriers.add"
      empty={{ title: 'carriers.empty', text: 'carriers.empty_text' }}
      works={works}
      fixed={fixed}
      columns={columns}
      filters={[choice('kind', 'carriers.kind', 'carrier_kind', carrierKinds)]}
      card={(row) => (
        <div className="card-line muted ellipsis">{row.services?.map((one) => one.name ?? one.code).join(', ')}</div>
      )}
      initial={{ kind: 'table' }}
    >
      <Form.Item name="name" label={t('common.name')} rules={need}>
        <Input maxLength={120} autoFocus />
      </Form.Item>
      <Form.Item name="code" label={t('common.code')} extra={t('common.code_help')} rules={need}>
        <Input maxLength={32} spellCheck={false} />
      </Form.Item>
      <Form.Item name="kind" label={t('carriers.kind')}>
        <EnumSelect of="carrier_kind" values={carrierKinds} />
      </Form.Item>
      <Form.Item name="currency" label={t('carriers.currency')}>
        <CurrencySelect />
      </Form.Item>
    </MasterList>
  );
}
