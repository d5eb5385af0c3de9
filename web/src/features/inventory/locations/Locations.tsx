import { PlusOutlined } from '@ant-design/icons';
import { useNavigate } from '@tanstack/react-router';
import { useQueryClient } from '@tanstack/react-query';
import { Button, Form, Input } from 'antd';
import { useState } from 'react';
import { sendPath } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/session';
import { choice, countryName, CountrySelect, EnumSelect, FormDialog, ListScreen, ZoneSelect, type ListDefinition } from '../../../shared/desk';
import { settled } from '../../../shared/desk/difference';
import { integer, relative } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { StatusTag } from '../../../shared/ui';
import { locationKinds, type Location } from '../api';

export function Locations() {
  const { t } = useTranslation();
  const may = useMay();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [adding, setAdding] = useState(false);
  const need = [{ required: true, message: t('common.required') }];
  const state = (row: Location) => <StatusTag tone={row.paused ? 'warn' : 'good'}>{t(row.paused ? 'inventory.locations.paused' : 'inventory.locations.working')}</StatusTag>;
  const add = may('master.write') && (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setAdding(true)}>
      {t('inventory.locations.add')}
    </Button>
  );
  const list: ListDefinition<Location> = {
    screen: 'locations',
    resource: 'locations',
    path: '/v1/locations',
    title: 'inventory.locations.title',
    defaultSort: '-created_at',
    searchable: false,
    id: (row) => row.id,
    href: (row) => `/locations/${encodeURIComponent(row.code)}`,
    actions: add,
    columns: [
      { id: 'code', title: 'common.code', width: 110, sort: 'code', cell: (row) => <strong className="mono">{row.code}</strong> },
      { id: 'name', title: 'common.name', width: 180, grow: 2, cell: (row) => row.name },
      { id: 'kind', title: 'inventory.locations.kind', width: 150, cell: (row) => t(`enum.location_kind.${row.kind}`) },
      { id: 'state', title: 'common.state', width: 120, tagged: true, cell: state },
      { id: 'place', title: 'inventory.locations.place', width: 160, grow: 1, cell: (row) => [row.address?.city, countryName(row.address?.country)].filter(Boolean).join(', ') },
      { id: 'zone', title: 'inventory.locations.zone', width: 160, cell: (row) => row.time_zone?.replaceAll('_', ' ') },
      { id: 'priority', title: 'inventory.locations.priority', width: 90, numeric: true, sort: 'priority', cell: (row) => (row.priority === undefined ? '' : integer(row.priority)) },
      { id: 'capacity', title: 'inventory.locations.capacity', width: 120, numeric: true, cell: (row) => (row.capacity ? integer(row.capacity) : '') },
      { id: 'updated', title: 'common.updated', width: 120, optional: true, sort: 'updated_at', cell: (row) => relative(row.updated_at) },
    ],
    filters: [
      choice('kind', 'inventory.locations.kind', 'location_kind', locationKinds),
      { id: 'paused', label: 'common.state', kind: 'choice', names: ['paused'], options: [{ value: 'false', label: 'inventory.locations.working' }, { value: 'true', label: 'inventory.locations.paused' }] },
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
          <span>{t(`enum.location_kind.${row.kind}`)}</span>
        </div>
      </>
    ),
    empty: { title: 'inventory.locations.empty', text: 'inventory.locations.empty_text', action: add },
  };
  return (
    <>
      <ListScreen of={list} />
      {adding && (
        <FormDialog<Location>
          title={t('inventory.locations.add')}
          ok={t('common.create')}
          initial={{ kind: 'warehouse' }}
          send={(values) => sendPath<Location>('POST', '/v1/locations', settled(values))}
          onDone={(made) => {
            void client.invalidateQueries({ queryKey: ['locations'] });
            void navigate({ to: `/locations/${encodeURIComponent(made.code)}` as never });
          }}
          onClose={() => setAdding(false)}
        >
          <div className="fields">
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
          </div>
        </FormDialog>
      )}
    </>
  );
}
