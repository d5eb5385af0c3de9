import { Form, Input } from 'antd';
import { choice, countryName, CountrySelect, EnumSelect, MasterList, WorksTag, ZoneSelect, type ListDefinition } from '../../../shared/desk';
import { integer, relative } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { locationKinds, works, type Location } from '../api';

export function Locations() {
  const { t } = useTranslation();
  const need = [{ required: true, message: t('common.required') }];
  const columns: ListDefinition<Location>['columns'] = [
    { id: 'code', title: 'common.code', width: 110, sort: 'code', cell: (row) => <strong className="mono">{row.code}</strong> },
    { id: 'name', title: 'common.name', width: 180, grow: 2, cell: (row) => row.name },
    { id: 'kind', title: 'inventory.locations.kind', width: 150, cell: (row) => t(`enum.location_kind.${row.kind}`) },
    { id: 'state', title: 'common.state', width: 120, tagged: true, cell: (row) => <WorksTag of={works} record={row} /> },
    { id: 'place', title: 'inventory.locations.place', width: 160, grow: 1, cell: (row) => [row.address?.city, countryName(row.address?.country)].filter(Boolean).join(', ') },
    { id: 'zone', title: 'inventory.locations.zone', width: 160, cell: (row) => row.time_zone?.replaceAll('_', ' ') },
    { id: 'priority', title: 'inventory.locations.priority', width: 90, numeric: true, sort: 'priority', cell: (row) => (row.priority === undefined ? '' : integer(row.priority)) },
    { id: 'capacity', title: 'inventory.locations.capacity', width: 120, numeric: true, cell: (row) => (row.capacity ? integer(row.capacity) : '') },
    { id: 'updated', title: 'common.updated', width: 120, optional: true, sort: 'updated_at', cell: (row) => relative(row.updated_at) },
  ];
  return (
    <MasterList<Location>
      resource="locations"
      title="inventory.locations.title"
      add="inventory.locations.add"
      empty={{ title: 'inventory.locations.empty', text: 'inventory.locations.empty_text' }}
      works={works}
      columns={columns}
      filters={[choice('kind', 'inventory.locations.kind', 'location_kind', locationKinds)]}
      card={(row) => (
        <div className="card-line muted">
          <span className="mono grow">{row.code}</span>
          <span>{t(`enum.location_kind.${row.kind}`)}</span>
        </div>
      )}
      initial={{ kind: 'warehouse' }}
    >
      <Form.Item name="name" label={t('common.name')} rules={need}>
        <Input maxLength={120} autoFocus />
      </Form.Item>
      <Form.Item name="code" label={t('common.code')} extra={t('common.code_help')} rules={[...need, { pattern: /^[A-Za-z0-9._-]{1,64}$/, message: t('common.code_format') }]}>
        <Input maxLength={64} spellCheck={false} />
      </Form.Item>
      <Form.Item name="kind" label={t('inventory.locations.kind')}>
        <EnumSelect of="location_kind" values={locationKinds} />
      </Form.Item>
      <Form.Item name="time_zone" label={t('inventory.locations.zone')}>
        <ZoneSelect />
      </Form.Item>
      <Form.Item name={['address', 'city']} label={t('address.city')}>
        <Input maxLength={120} />
      </Form.Item>
      <Form.Item name={['address', 'country']} label={t('address.country')} rules={need}>
        <CountrySelect />
      </Form.Item>
    </MasterList>
  );
}
