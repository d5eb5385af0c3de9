import { PlusOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Button, Form, Input } from 'antd';
import { useState } from 'react';
import { sendPath } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/session';
import { choice, CurrencySelect, EnumSelect, FormDialog, ListScreen, type ListDefinition } from '../../../shared/desk';
import { settled } from '../../../shared/desk/difference';
import { relative } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { StatusTag } from '../../../shared/ui';
import { carrierKinds, type Carrier } from '../api';

const fixed = { expand: 'services,zones' };

export function Carriers() {
  const { t } = useTranslation();
  const may = useMay();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [adding, setAdding] = useState(false);
  const need = [{ required: true, message: t('common.required') }];
  const state = (row: Carrier) => <StatusTag tone={row.active ? 'good' : 'quiet'}>{t(row.active ? 'carriers.active' : 'carriers.inactive')}</StatusTag>;
  const add = may('master.write') && (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setAdding(true)}>
      {t('carriers.add')}
    </Button>
  );
  const list: ListDefinition<Carrier> = {
    screen: 'carriers',
    resource: 'carriers',
    path: '/v1/carriers',
    title: 'carriers.title',
    fixed,
    defaultSort: '-created_at',
    searchable: false,
    id: (row) => row.id,
    href: (row) => `/carriers/${encodeURIComponent(row.code)}`,
    actions: add,
    columns: [
      { id: 'code', title: 'common.code', width: 130, sort: 'code', cell: (row) => <strong className="mono">{row.code}</strong> },
      { id: 'name', title: 'common.name', width: 180, grow: 1, cell: (row) => row.name },
      { id: 'kind', title: 'carriers.kind', width: 120, cell: (row) => t(`enum.carrier_kind.${row.kind}`) },
      { id: 'state', title: 'common.state', width: 120, tagged: true, cell: state },
      { id: 'services', title: 'carriers.services.title', width: 220, grow: 2, cell: (row) => row.services?.map((one) => one.name ?? one.code).join(', ') },
      { id: 'zones', title: 'carriers.zones.title', width: 160, grow: 1, cell: (row) => row.zones?.map((one) => one.code).join(', ') },
      { id: 'currency', title: 'carriers.currency', width: 130, cell: (row) => row.currency },
      { id: 'updated', title: 'common.updated', width: 120, sort: 'updated_at', cell: (row) => relative(row.updated_at) },
    ],
    filters: [
      choice('kind', 'carriers.kind', 'carrier_kind', carrierKinds),
      { id: 'active', label: 'common.state', kind: 'choice', names: ['active'], options: [{ value: 'true', label: 'carriers.active' }, { value: 'false', label: 'carriers.inactive' }] },
      { id: 'code', label: 'common.code', kind: 'text', names: ['code'] },
    ],
    card: (row) => (
      <>
        <div className="card-line">
          <strong className="grow ellipsis">{row.name ?? row.code}</strong>
          {state(row)}
        </div>
        <div className="card-line muted ellipsis">{row.services?.map((one) => one.name ?? one.code).join(', ')}</div>
      </>
    ),
    empty: { title: 'carriers.empty', text: 'carriers.empty_text', action: add },
  };
  return (
    <>
      <ListScreen of={list} />
      {adding && (
        <FormDialog<Carrier>
          title={t('carriers.add')}
          ok={t('common.create')}
          initial={{ kind: 'table' }}
          send={(values) => sendPath<Carrier>('POST', '/v1/carriers', settled(values))}
          onDone={(made) => {
            void client.invalidateQueries({ queryKey: ['carriers'] });
            void navigate({ to: `/carriers/${encodeURIComponent(made.code)}` as never });
          }}
          onClose={() => setAdding(false)}
        >
          <div className="fields">
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
          </div>
        </FormDialog>
      )}
    </>
  );
}
