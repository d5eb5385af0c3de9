import { PlusOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Button, Form, Input } from 'antd';
import { useState } from 'react';
import { sendPath } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/session';
import { FormDialog, LanguageSelect, ListScreen, type ListDefinition } from '../../../shared/desk';
import { settled } from '../../../shared/desk/difference';
import { relative } from '../../../shared/format';
import { languageNames, languages, useTranslation } from '../../../shared/i18n';
import { StatusTag } from '../../../shared/ui';
import type { Customer } from '../api';

export function Customers() {
  const { t } = useTranslation();
  const may = useMay();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [adding, setAdding] = useState(false);
  const state = (row: Customer) => <StatusTag tone={row.blocked ? 'bad' : 'good'}>{t(row.blocked ? 'customers.blocked' : 'customers.fine')}</StatusTag>;
  const title = (row: Customer) => row.name ?? row.company ?? row.email ?? row.phone ?? row.id;
  const add = may('customer.write') && (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setAdding(true)}>
      {t('customers.add')}
    </Button>
  );
  const list: ListDefinition<Customer> = {
    screen: 'customers',
    resource: 'customers',
    path: '/v1/customers',
    title: 'customers.title',
    defaultSort: '-created_at',
    id: (row) => row.id,
    href: (row) => `/customers/${row.id}`,
    actions: add,
    columns: [
      { id: 'name', title: 'customers.name', file: 'name|company|email|external_id', width: 180, grow: 2, cell: (row) => <strong>{title(row)}</strong> },
      { id: 'email', title: 'customers.email', file: 'email', width: 200, grow: 1, cell: (row) => row.email },
      { id: 'phone', title: 'customers.phone', file: 'phone', width: 150, cell: (row) => row.phone },
      { id: 'company', title: 'customers.company', file: 'company', width: 150, grow: 1, cell: (row) => row.company },
      { id: 'state', title: 'customers.state', file: 'blocked', width: 110, tagged: true, cell: state },
      { id: 'tags', title: 'customers.tags', file: 'tags', width: 140, cell: (row) => row.tags?.join(', ') },
      { id: 'language', title: 'customers.language', file: 'language', width: 110, optional: true, cell: (row) => row.language },
      { id: 'external_id', title: 'customers.external_id', file: 'external_id', width: 140, optional: true, cell: (row) => row.external_id },
      { id: 'created', title: 'common.created', file: 'created_at', width: 120, sort: 'created_at', cell: (row) => relative(row.created_at) },
      { id: 'updated', title: 'common.updated', file: 'updated_at', width: 120, optional: true, sort: 'updated_at', cell: (row) => relative(row.updated_at) },
    ],
    filters: [
      { id: 'blocked', label: 'customers.state', kind: 'choice', names: ['blocked'], options: [{ value: 'false', label: 'customers.fine' }, { value: 'true', label: 'customers.blocked' }] },
      { id: 'language', label: 'customers.language', kind: 'choice', names: ['language'], options: languages.map((value) => ({ value, label: languageNames[value] })) },
      { id: 'email', label: 'customers.email', kind: 'text', names: ['email'] },
      { id: 'phone', label: 'customers.phone', kind: 'text', names: ['phone'] },
      { id: 'created', label: 'common.created', kind: 'dates', names: ['created_at[gte]', 'created_at[lte]'] },
    ],
    card: (row) => (
      <>
        <div className="card-line">
          <strong className="grow ellipsis">{title(row)}</strong>
          {row.blocked && state(row)}
        </div>
        <div className="card-line muted">
          <span className="grow ellipsis">{row.email}</span>
          <span>{row.phone}</span>
        </div>
      </>
    ),
    empty: { title: 'customers.empty', text: 'customers.empty_text', action: add },
  };
  return (
    <>
      <ListScreen of={list} />
      {adding && (
        <FormDialog<Customer>
          title={t('customers.add')}
          ok={t('common.create')}
          send={(values) => sendPath<Customer>('POST', '/v1/customers', settled(values) ?? {})}
          onDone={(made) => {
            void client.invalidateQueries({ queryKey: ['customers'] });
            void navigate({ to: `/customers/${made.id}` as never });
          }}
          onClose={() => setAdding(false)}
        >
          <div className="fields">
            <Form.Item name="name" label={t('customers.name')} rules={[{ required: true, message: t('common.required') }]}>
              <Input maxLength={200} autoFocus autoComplete="off" />
            </Form.Item>
            <Form.Item name="company" label={t('customers.company')}>
              <Input maxLength={200} autoComplete="off" />
            </Form.Item>
            <Form.Item name="email" label={t('customers.email')}>
              <Input type="email" maxLength={254} autoComplete="off" />
            </Form.Item>
            <Form.Item name="phone" label={t('customers.phone')}>
              <Input type="tel" maxLength={40} autoComplete="off" />
            </Form.Item>
            <Form.Item name="language" label={t('customers.language')}>
              <LanguageSelect />
            </Form.Item>
          </div>
        </FormDialog>
      )}
    </>
  );
}
