import { EyeOutlined, IdcardOutlined, MailOutlined, PlusOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Form, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { patchPath, readPath, sendPath } from '../../../shared/api/client';
import { seeAs, useSession } from '../../../shared/api/session';
import { FormDialog, LanguageSelect, ListScreen, MasterSelect, ZoneSelect, type ListDefinition } from '../../../shared/desk';
import { difference, settled } from '../../../shared/desk/difference';
import { dateTime, relative } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { StatusTag, useProblemText } from '../../../shared/ui';
import type { Role, User } from '../api';
import { Secret } from './Secret';
import { IdentityTabs } from './Tabs';

const edited = ['name', 'login', 'roles', 'locations', 'channels', 'language', 'time_zone'];

function UserFields() {
  const { t } = useTranslation();
  const roles = useQuery({ queryKey: ['roles'], staleTime: Infinity, queryFn: () => readPath<{ data: Role[] }>('/v1/roles', { limit: 100 }) });
  const need = [{ required: true, message: t('common.required') }];
  return (
    <div className="fields">
      <Form.Item name="name" label={t('common.name')} rules={need}>
        <Input maxLength={120} autoComplete="off" />
      </Form.Item>
      <Form.Item name="login" label={t('identity.login')} extra={t('identity.login_hint')} rules={need}>
        <Input maxLength={120} autoComplete="off" spellCheck={false} />
      </Form.Item>
      <Form.Item name="roles" label={t('identity.users.roles')} extra={t('identity.users.roles_help')} rules={need} className="wide">
        <Select mode="multiple" showSearch={{ optionFilterProp: 'label' }} loading={roles.isPending} options={(roles.data?.data ?? []).map(({ code, name }) => ({ value: code, label: t(`enum.role.${code}`, { defaultValue: name }) }))} />
      </Form.Item>
      <Form.Item name="locations" label={t('identity.users.locations')} extra={t('identity.users.locations_help')}>
        <MasterSelect of="locations" many placeholder={t('identity.users.all_rows')} />
      </Form.Item>
      <Form.Item name="channels" label={t('identity.users.channels')}>
        <MasterSelect of="channels" many placeholder={t('identity.users.all_rows')} />
      </Form.Item>
      <Form.Item name="language" label={t('identity.users.language')}>
        <LanguageSelect placeholder={t('identity.users.company_default')} />
      </Form.Item>
      <Form.Item name="time_zone" label={t('identity.users.zone')}>
        <ZoneSelect placeholder={t('identity.users.company_default')} />
      </Form.Item>
    </div>
  );
}

function useRoleName() {
  const { t } = useTranslation();
  return (code: string) => t(`enum.role.${code}`, { defaultValue: code });
}

function BadgeDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const done = () => {
    void client.invalidateQueries({ queryKey: ['users'] });
    onClose();
  };
  return (
    <FormDialog
      title={t('identity.users.badge_title', { name: user.name })}
      ok={t('common.save')}
      width={420}
      initial={{ badge: user.badge }}
      send={(values) => sendPath('POST', `/v1/users/${user.id}/badge`, settled(values) ?? {})}
      onDone={done}
      onClose={onClose}
    >
      <p className="panel-note">{t('identity.users.badge_text')}</p>
      <Form.Item name="badge" label={t('identity.users.badge_code')} rules={[{ required: true, message: t('common.required') }]}>
        <Input autoComplete="off" maxLength={40} />
      </Form.Item>
      <Form.Item name="pin" label={t('identity.users.pin')} extra={t('identity.users.pin_rule')} rules={[{ required: true, pattern: /^\d{4,12}$/, message: t('identity.users.pin_rule') }]}>
        <Input type="password" inputMode="numeric" autoComplete="new-password" maxLength={12} />
      </Form.Item>
    </FormDialog>
  );
}

type Doing = 'edit' | 'badge' | undefined;

function Details({ user, onInvited }: { user: User; onInvited: (link: string) => void }) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const client = useQueryClient();
  const session = useSession();
  const problemText = useProblemText();
  const roleName = useRoleName();
  const [doing, setDoing] = useState<Doing>();
  const again = () => void client.invalidateQueries({ queryKey: ['users'] });
  const trouble = (error: unknown) => void message.error(problemText(error));
  const able = useMutation({
    mutationFn: (disabled: boolean) => patchPath<User>(`/v1/users/${user.id}`, { disabled }, user.version),
    onSuccess: again,
    onError: trouble,
  });
  const invite = useMutation({
    mutationFn: () => sendPath<{ token: string }>('POST', `/v1/users/${user.id}/invitation`),
    onSuccess: ({ token }) => onInvited(`${location.origin}/invitation#${token}`),
    onError: trouble,
  });
  const reset = useMutation({ mutationFn: () => sendPath('DELETE', `/v1/users/${user.id}/mfa`), onSuccess: again, onError: trouble });
  const unbadge = useMutation({ mutationFn: () => sendPath('POST', `/v1/users/${user.id}/badge`, {}), onSuccess: again, onError: trouble });
  const see = useMutation({ mutationFn: () => seeAs({ user: user.id }), onError: trouble });
  const self = session.user_id === user.id;
  return (
    <div className="col" style={{ padding: 16, gap: 16 }}>
      <div className="row wrap">
        <h2 className="grow" style={{ fontSize: 16 }}>
          {user.name}
        </h2>
        <StatusTag tone={user.disabled ? 'quiet' : 'good'}>{t(user.disabled ? 'identity.users.disabled' : 'identity.users.active')}</StatusTag>
      </div>
      <dl className="facts">
        <dt>{t('identity.login')}</dt>
        <dd>{user.login}</dd>
        <dt>{t('identity.users.roles')}</dt>
        <dd>{user.roles.map(roleName).join(', ')}</dd>
        <dt>{t('identity.users.locations')}</dt>
        <dd>{user.locations?.join(', ') || t('identity.users.all_rows')}</dd>
        <dt>{t('identity.users.channels')}</dt>
        <dd>{user.channels?.join(', ') || t('identity.users.all_rows')}</dd>
        <dt>{t('identity.users.badge')}</dt>
        <dd>{user.badge ?? t('identity.users.badge_none')}</dd>
        <dt>{t('identity.mfa.title')}</dt>
        <dd>{user.mfa_at ? dateTime(user.mfa_at) : t('identity.mfa.off')}</dd>
        <dt>{t('identity.users.password_at')}</dt>
        <dd>{user.password_changed_at ? dateTime(user.password_changed_at) : t('identity.users.never')}</dd>
        <dt>{t('common.created')}</dt>
        <dd>{dateTime(user.created_at)}</dd>
      </dl>
      <div className="row wrap">
        <Button type="primary" onClick={() => setDoing('edit')}>
          {t('common.edit')}
        </Button>
        {!user.disabled && (
          <Button icon={<MailOutlined aria-hidden />} loading={invite.isPending} onClick={() => invite.mutate()}>
            {t('identity.users.invite')}
          </Button>
        )}
        {!self && !user.disabled && (
          <Button icon={<EyeOutlined aria-hidden />} loading={see.isPending} onClick={() => see.mutate()}>
            {t('identity.users.see_as')}
          </Button>
        )}
        <Button icon={<IdcardOutlined aria-hidden />} onClick={() => setDoing('badge')}>
          {t('identity.users.badge')}
        </Button>
        {user.badge && (
          <Button loading={unbadge.isPending} onClick={() => unbadge.mutate()}>
            {t('identity.users.badge_remove')}
          </Button>
        )}
        {!self && user.mfa_at && (
          <Button
            onClick={() =>
              modal.confirm({
                title: t('identity.mfa.reset_sure', { name: user.name }),
                content: t('identity.mfa.reset_text'),
                okText: t('identity.mfa.reset'),
                okButtonProps: { danger: true },
                cancelText: t('common.cancel'),
                onOk: () => reset.mutateAsync().catch(() => undefined),
              })
            }
          >
            {t('identity.mfa.reset')}
          </Button>
        )}
        {!self &&
          (user.disabled ? (
            <Button loading={able.isPending} onClick={() => able.mutate(false)}>
              {t('identity.users.enable')}
            </Button>
          ) : (
            <Button
              danger
              onClick={() =>
                modal.confirm({
                  title: t('identity.users.disable_sure', { name: user.name }),
                  content: t('identity.users.disable_text'),
                  okText: t('identity.users.disable'),
                  okButtonProps: { danger: true },
                  cancelText: t('common.cancel'),
                  onOk: () => able.mutateAsync(true).catch(() => undefined),
                })
              }
            >
              {t('identity.users.disable')}
            </Button>
          ))}
      </div>
      {doing === 'badge' && <BadgeDialog user={user} onClose={() => setDoing(undefined)} />}
      {doing === 'edit' && (
        <FormDialog<User>
          title={t('identity.users.edit')}
          ok={t('common.save')}
          initial={user}
          width={640}
          send={(values: User) => patchPath<User>(`/v1/users/${user.id}`, difference(user, values, edited), user.version)}
          onDone={() => {
            again();
            setDoing(undefined);
          }}
          onClose={() => setDoing(undefined)}
        >
          <UserFields />
        </FormDialog>
      )}
    </div>
  );
}

export function Users() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const roleName = useRoleName();
  const [adding, setAdding] = useState(false);
  const [link, setLink] = useState<{ name: string; url: string }>();
  const state = (user: User) => <StatusTag tone={user.disabled ? 'quiet' : 'good'}>{t(user.disabled ? 'identity.users.disabled' : 'identity.users.active')}</StatusTag>;
  const add = (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setAdding(true)}>
      {t('identity.users.add')}
    </Button>
  );
  const list: ListDefinition<User> = {
    screen: 'users',
    resource: 'users',
    path: '/v1/users',
    title: 'identity.users.title',
    defaultSort: '-created_at',
    id: (user) => user.id,
    searchable: false,
    actions: add,
    head: <IdentityTabs at="users" />,
    columns: [
      { id: 'name', title: 'common.name', width: 160, grow: 1, cell: (user) => <strong>{user.name}</strong> },
      { id: 'login', title: 'identity.login', width: 180, grow: 1, sort: 'login', cell: (user) => user.login },
      { id: 'roles', title: 'identity.users.roles', width: 200, grow: 2, cell: (user) => user.roles.map(roleName).join(', ') },
      { id: 'rows', title: 'identity.users.locations', width: 160, grow: 1, cell: (user) => [...(user.locations ?? []), ...(user.channels ?? [])].join(', ') || <span className="muted">{t('identity.users.all_rows')}</span> },
      { id: 'state', title: 'common.state', width: 120, tagged: true, cell: state },
      { id: 'mfa', title: 'identity.mfa.title', width: 130, optional: true, cell: (user) => t(user.mfa_at ? 'identity.mfa.on' : 'identity.mfa.off') },
      { id: 'badge', title: 'identity.users.badge', width: 120, optional: true, cell: (user) => user.badge ?? '' },
      { id: 'updated', title: 'common.updated', width: 130, sort: 'updated_at', cell: (user) => relative(user.updated_at) },
    ],
    filters: [
      { id: 'disabled', label: 'common.state', kind: 'choice', names: ['disabled'], options: [{ value: 'false', label: 'identity.users.active' }, { value: 'true', label: 'identity.users.disabled' }] },
      { id: 'login', label: 'identity.login', kind: 'text', names: ['login'] },
    ],
    peek: (user) => <Details key={user.id} user={user} onInvited={(url) => setLink({ name: user.name, url })} />,
    card: (user) => (
      <>
        <div className="card-line">
          <strong className="grow ellipsis">{user.name}</strong>
          {state(user)}
        </div>
        <div className="card-line muted">{user.login}</div>
        <div className="card-line">{user.roles.map(roleName).join(', ')}</div>
      </>
    ),
    empty: { title: 'identity.users.empty', text: 'identity.users.empty_text', action: add },
  };
  return (
    <>
      <ListScreen of={list} />
      {adding && (
        <FormDialog<{ user: User; token: string }>
          title={t('identity.users.add')}
          ok={t('identity.users.add')}
          width={640}
          initial={{ roles: [] }}
          send={async (values) => {
            const user = await sendPath<User>('POST', '/v1/users', settled(values));
            const { token } = await sendPath<{ token: string }>('POST', `/v1/users/${user.id}/invitation`);
            return { user, token };
          }}
          onDone={({ user, token }) => {
            setAdding(false);
            void client.invalidateQueries({ queryKey: ['users'] });
            setLink({ name: user.name, url: `${location.origin}/invitation#${token}` });
          }}
          onClose={() => setAdding(false)}
        >
          <UserFields />
        </FormDialog>
      )}
      <Modal open={Boolean(link)} title={t('identity.users.invite_title', { name: link?.name })} footer={null} onCancel={() => setLink(undefined)} destroyOnHidden>
        <p className="panel-note">{t('identity.users.invite_text')}</p>
        {link && <Secret text={link.url} />}
      </Modal>
    </>
  );
}
