import { PlusOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Checkbox, DatePicker, Form, Input, Modal, Radio, Select } from 'antd';
import type { Dayjs } from 'dayjs';
import { useState } from 'react';
import { readPath, sendPath } from '../../../shared/api/client';
import { FormDialog, ListScreen, MasterSelect, type ListDefinition } from '../../../shared/desk';
import { settled } from '../../../shared/desk/difference';
import { dateTime, relative } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { StatusTag, useProblemText, type Tone } from '../../../shared/ui';
import { families, grants, scopeOf, type ApiKey, type Permission } from '../api';
import { usePermissionText } from '../users/permission';
import { Secret } from '../users/Secret';
import { IdentityTabs } from '../users/Tabs';
import '../identity.css';

function usePermissions() {
  return useQuery({ queryKey: ['permissions'], staleTime: Infinity, queryFn: () => readPath<{ data: Permission[] }>('/v1/permissions', { limit: 100 }) });
}

function ScopeInput({ value = '', onChange, id }: { value?: string; onChange?: (scope: string) => void; id?: string }) {
  const { t } = useTranslation();
  const text = usePermissionText();
  const permissions = usePermissions();
  const known = permissions.data?.data ?? [];
  const [all, setAll] = useState(value === '*');
  const chosen = known.filter(({ name }) => grants(value, name)).map(({ name }) => name);
  return (
    <div className="col" id={id}>
      <Radio.Group
        value={all}
        onChange={(event) => {
          setAll(event.target.value);
          onChange?.(event.target.value ? '*' : '');
        }}
        options={[
          { value: false, label: t('identity.keys.scope_some') },
          { value: true, label: t('identity.keys.scope_all') },
        ]}
      />
      {!all && (
        <div className="checks" role="group" aria-label={t('identity.keys.scope')}>
          {families(known)
            .flatMap(([, members]) => members)
            .map((permission) => (
              <Checkbox
                key={permission.name}
                checked={chosen.includes(permission.name)}
                onChange={(event) => onChange?.(scopeOf(event.target.checked ? [...chosen, permission.name] : chosen.filter((name) => name !== permission.name), known))}
              >
                <span className="cell-stack">
                  {text(permission)}
                  <small className="mono">{permission.name}</small>
                </span>
              </Checkbox>
            ))}
        </div>
      )}
    </div>
  );
}

export function ApiKeys() {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const client = useQueryClient();
  const problemText = useProblemText();
  const [adding, setAdding] = useState(false);
  const [rotating, setRotating] = useState<ApiKey>();
  const [shown, setShown] = useState<ApiKey>();
  const again = () => void client.invalidateQueries({ queryKey: ['api_keys'] });
  const revoke = useMutation({
    mutationFn: (key: ApiKey) => sendPath('DELETE', `/v1/api_keys/${key.id}`),
    onSuccess: again,
    onError: (error) => void message.error(problemText(error)),
  });
  const stateOf = (key: ApiKey): [Tone, string] =>
    key.revoked_at ? ['quiet', 'identity.keys.revoked'] : key.expires_at && new Date(key.expires_at).getTime() < Date.now() ? ['warn', 'identity.keys.expired'] : ['good', 'identity.keys.working'];
  const state = (key: ApiKey) => {
    const [tone, label] = stateOf(key);
    return <StatusTag tone={tone}>{t(label)}</StatusTag>;
  };
  const add = (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setAdding(true)}>
      {t('identity.keys.add')}
    </Button>
  );
  const list: ListDefinition<ApiKey> = {
    screen: 'api_keys',
    resource: 'api_keys',
    path: '/v1/api_keys',
    title: 'identity.keys.title',
    defaultSort: '-created_at',
    id: (key) => key.id,
    searchable: false,
    actions: add,
    head: <IdentityTabs at="keys" />,
    columns: [
      { id: 'name', title: 'common.name', width: 160, grow: 1, sort: 'name', cell: (key) => <strong>{key.name}</strong> },
      { id: 'hint', title: 'identity.keys.hint', width: 130, cell: (key) => <span className="mono">{key.hint}…</span> },
      { id: 'scope', title: 'identity.keys.scope', width: 220, grow: 2, cell: (key) => <span className="mono">{key.scope}</span> },
      { id: 'state', title: 'common.state', width: 120, tagged: true, cell: state },
      { id: 'expires', title: 'identity.keys.expires', width: 150, cell: (key) => (key.expires_at ? dateTime(key.expires_at) : t('identity.keys.never')) },
      { id: 'used', title: 'identity.keys.used', width: 130, cell: (key) => (key.last_used_at ? relative(key.last_used_at) : t('identity.keys.unused')) },
      { id: 'by', title: 'identity.keys.by', width: 140, optional: true, cell: (key) => key.created_by },
      { id: 'created', title: 'common.created', width: 130, sort: 'created_at', cell: (key) => relative(key.created_at) },
    ],
    filters: [{ id: 'name', label: 'common.name', kind: 'text', names: ['name'] }],
    peek: (key) => (
      <div className="col" style={{ padding: 16, gap: 16 }}>
        <div className="row wrap">
          <h2 className="grow" style={{ fontSize: 16 }}>
            {key.name}
          </h2>
          {state(key)}
        </div>
        <dl className="facts">
          <dt>{t('identity.keys.hint')}</dt>
          <dd className="mono">{key.hint}…</dd>
          <dt>{t('identity.keys.scope')}</dt>
          <dd className="mono">{key.scope}</dd>
          <dt>{t('identity.users.locations')}</dt>
          <dd>{key.locations?.join(', ') || t('identity.users.all_rows')}</dd>
          <dt>{t('identity.users.channels')}</dt>
          <dd>{key.channels?.join(', ') || t('identity.users.all_rows')}</dd>
          <dt>{t('identity.keys.expires')}</dt>
          <dd>{key.expires_at ? dateTime(key.expires_at) : t('identity.keys.never')}</dd>
          <dt>{t('identity.keys.used')}</dt>
          <dd>{key.last_used_at ? dateTime(key.last_used_at) : t('identity.keys.unused')}</dd>
          <dt>{t('identity.keys.by')}</dt>
          <dd>{key.created_by}</dd>
          <dt>{t('common.created')}</dt>
          <dd>{dateTime(key.created_at)}</dd>
        </dl>
        {!key.revoked_at && (
          <div className="row wrap">
            <Button onClick={() => setRotating(key)}>{t('identity.keys.rotate')}</Button>
            <Button
              danger
              onClick={() =>
                modal.confirm({
                  title: t('identity.keys.revoke_sure', { name: key.name }),
                  content: t('identity.keys.revoke_text'),
                  okText: t('identity.keys.revoke'),
                  okButtonProps: { danger: true },
                  cancelText: t('common.cancel'),
                  onOk: () => revoke.mutateAsync(key).catch(() => undefined),
                })
              }
            >
              {t('identity.keys.revoke')}
            </Button>
          </div>
        )}
      </div>
    ),
    card: (key) => (
      <>
        <div className="card-line">
          <strong className="grow ellipsis">{key.name}</strong>
          {state(key)}
        </div>
        <div className="card-line mono muted ellipsis">{key.scope}</div>
      </>
    ),
    empty: { title: 'identity.keys.empty', text: 'identity.keys.empty_text', action: add },
  };
  return (
    <>
      <ListScreen of={list} />
      {adding && (
        <FormDialog<ApiKey>
          title={t('identity.keys.add')}
          ok={t('identity.keys.add')}
          width={680}
          initial={{ scope: '' }}
          send={(values: { expires_at?: Dayjs }) =>
            sendPath<ApiKey>('POST', '/v1/api_keys', settled({ ...values, expires_at: values.expires_at?.endOf('day').toISOString() }))
          }
          onDone={(key) => {
            setAdding(false);
            setShown(key);
            again();
          }}
          onClose={() => setAdding(false)}
        >
          <div className="fields">
            <Form.Item name="name" label={t('common.name')} extra={t('identity.keys.name_help')} rules={[{ required: true, message: t('common.required') }]}>
              <Input maxLength={80} autoFocus autoComplete="off" />
            </Form.Item>
            <Form.Item name="expires_at" label={t('identity.keys.expires')}>
              <DatePicker placeholder={t('identity.keys.never')} style={{ width: '100%' }} />
            </Form.Item>
            <Form.Item name="scope" label={t('identity.keys.scope')} rules={[{ required: true, message: t('identity.keys.scope_need') }]} className="wide">
              <ScopeInput />
            </Form.Item>
            <Form.Item name="locations" label={t('identity.users.locations')}>
              <MasterSelect of="locations" many placeholder={t('identity.users.all_rows')} />
            </Form.Item>
            <Form.Item name="channels" label={t('identity.users.channels')}>
              <MasterSelect of="channels" many placeholder={t('identity.users.all_rows')} />
            </Form.Item>
          </div>
        </FormDialog>
      )}
      {rotating && (
        <FormDialog<ApiKey>
          title={t('identity.keys.rotate_title', { name: rotating.name })}
          ok={t('identity.keys.rotate')}
          width={460}
          initial={{ grace_hours: 24 }}
          send={(values) => sendPath<ApiKey>('POST', `/v1/api_keys/${rotating.id}/rotate`, values)}
          onDone={(key) => {
            setRotating(undefined);
            setShown(key);
            again();
          }}
          onClose={() => setRotating(undefined)}
        >
          <p className="panel-note">{t('identity.keys.rotate_text')}</p>
          <Form.Item name="grace_hours" label={t('identity.keys.grace')}>
            <Select options={[0, 24, 168].map((hours) => ({ value: hours, label: t(`identity.keys.grace_${hours}`) }))} />
          </Form.Item>
        </FormDialog>
      )}
      <Modal open={Boolean(shown)} title={t('identity.keys.shown_title', { name: shown?.name })} footer={null} onCancel={() => setShown(undefined)} mask={{ closable: false }} destroyOnHidden>
        <p className="panel-note">{t('identity.keys.shown_text')}</p>
        {shown?.key && <Secret text={shown.key} />}
      </Modal>
    </>
  );
}
