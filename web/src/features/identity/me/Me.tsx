import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Form, Segmented, Switch } from 'antd';
import { useState } from 'react';
import { patchPath, readPath, sendPath, type Schemas } from '../../../shared/api/client';
import { sessionKey, useSession } from '../../../shared/api/session';
import { PageHead, Panel, useFieldErrors, ZoneSelect } from '../../../shared/desk';
import { dateTime, relative, setZone } from '../../../shared/format';
import { languageNames, languages, setLanguage, useTranslation, type Language } from '../../../shared/i18n';
import { setKeysOn } from '../../../shared/keys';
import { Bones, getTheme, setTheme, StatusTag, themes, Trouble, useProblemText, type Theme } from '../../../shared/ui';
import { PasswordInput } from '../signin/Door';
import { Mfa } from './Mfa';

interface Preferences {
  language?: string;
  time_zone?: string;
  theme: Theme;
  shortcuts: boolean;
}

/** "Mozilla/5.0 (X11; Linux x86_64) … Chrome/120" as "Chrome · Linux". */
function browserOf(agent: string | undefined): string {
  if (!agent) return '';
  const name = /Edg\/|OPR\/|Firefox\/|Chrome\/|Safari\//.exec(agent)?.[0].replace('/', '').replace('Edg', 'Edge').replace('OPR', 'Opera');
  const system = /Android|iPhone|iPad|Windows|Mac OS X|Linux/.exec(agent)?.[0];
  return [name, system].filter(Boolean).join(' · ') || agent.slice(0, 40);
}

function Password() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const client = useQueryClient();
  const [form] = Form.useForm();
  const fieldErrors = useFieldErrors(form);
  const change = useMutation({
    mutationFn: (values: object) => sendPath('POST', '/v1/users/me/password', values),
    onSuccess: () => {
      form.resetFields();
      void message.success(t('identity.me.password_done'));
      void client.invalidateQueries({ queryKey: ['sessions'] });
    },
    onError: (error) => {
      if (!fieldErrors(error)) void message.error(problemText(error));
    },
  });
  return (
    <Form name="password" form={form} layout="vertical" requiredMark={false} onFinish={(values) => change.mutate(values)}>
      <div className="fields">
        <Form.Item name="current_password" label={t('identity.me.current')} rules={[{ required: true, message: t('common.required') }]}>
          <PasswordInput />
        </Form.Item>
        <Form.Item name="password" label={t('identity.new_password')} extra={t('identity.password_rule')} rules={[{ required: true, message: t('common.required') }, { min: 10, message: t('identity.password_short') }]}>
          <PasswordInput fresh />
        </Form.Item>
      </div>
      <Button htmlType="submit" loading={change.isPending}>
        {t('identity.me.password')}
      </Button>
    </Form>
  );
}

function Look() {
  const { t, i18n } = useTranslation();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const client = useQueryClient();
  const [theme, choose] = useState<Theme>(getTheme());
  const preferences = useQuery({ queryKey: ['preferences'], staleTime: 60_000, queryFn: () => readPath<Preferences>('/v1/session/preferences', {}) });
  const change = useMutation({
    mutationFn: (body: Partial<Preferences>) => patchPath<Preferences>('/v1/session/preferences', body),
    onSuccess: (now, body) => {
      client.setQueryData(['preferences'], now);
      if ('time_zone' in body) {
        void client.invalidateQueries({ queryKey: sessionKey });
        setZone(body.time_zone);
      }
    },
    onError: (error) => void message.error(problemText(error)),
  });
  return (
    <dl className="facts me-look">
      <dt id="me-language">{t('common.language')}</dt>
      <dd>
        <Segmented
          aria-labelledby="me-language"
          options={languages.map((value) => ({ value, label: languageNames[value] }))}
          value={i18n.language}
          onChange={(next) => {
            void setLanguage(next as Language);
            change.mutate({ language: next as string });
          }}
        />
      </dd>
      <dt id="me-theme">{t('identity.me.theme')}</dt>
      <dd>
        <Segmented
          aria-labelledby="me-theme"
          options={themes.map((value) => ({ value, label: t(`office.theme_${value}`) }))}
          value={theme}
          onChange={(next) => {
            setTheme(next as Theme);
            choose(next as Theme);
            change.mutate({ theme: next as Theme });
          }}
        />
      </dd>
      <dt>
        <label htmlFor="me-zone">{t('identity.users.zone')}</label>
      </dt>
      <dd style={{ maxWidth: 320 }}>
        <div style={{ display: 'grid' }}>
          <ZoneSelect id="me-zone" placeholder={t('identity.users.company_default')} {...(preferences.data?.time_zone ? { value: preferences.data.time_zone } : {})} onChange={(time_zone) => change.mutate({ time_zone: (time_zone ?? null) as never })} />
        </div>
      </dd>
      <dt id="me-keys">{t('identity.me.shortcuts')}</dt>
      <dd className="row wrap">
        <Switch
          aria-labelledby="me-keys"
          checked={preferences.data?.shortcuts ?? true}
          loading={preferences.isPending}
          onChange={(shortcuts) => {
            setKeysOn(shortcuts);
            change.mutate({ shortcuts });
          }}
        />
        <span className="muted">{t('identity.me.shortcuts_help')}</span>
      </dd>
    </dl>
  );
}

function Sessions() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const client = useQueryClient();
  const sessions = useQuery({ queryKey: ['sessions'], queryFn: () => readPath<{ data: Schemas['Session'][] }>('/v1/sessions', { limit: 50 }) });
  const end = useMutation({
    mutationFn: (id: string) => sendPath('DELETE', `/v1/sessions/${id}`),
    onSuccess: () => void client.invalidateQueries({ queryKey: ['sessions'] }),
    onError: (error) => void message.error(problemText(error)),
  });
  if (sessions.isPending) return <Bones rows={3} />;
  if (sessions.isError) return <Trouble error={sessions.error} retry={() => void sessions.refetch()} />;
  return (
    <table className="plain">
      <thead>
        <tr>
          <th scope="col">{t('identity.me.browser')}</th>
          <th scope="col">{t('identity.me.address')}</th>
          <th scope="col">{t('identity.me.began')}</th>
          <th scope="col">{t('identity.me.seen')}</th>
          <th scope="col">
            <span className="hidden">{t('common.actions')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {sessions.data.data.map((session) => (
          <tr key={session.id}>
            <th scope="row" title={session.user_agent}>
              {browserOf(session.user_agent)}
            </th>
            <td className="mono">{session.address}</td>
            <td>{dateTime(session.created_at)}</td>
            <td>{relative(session.last_seen_at)}</td>
            <td className="num">
              {session.current ? (
                <StatusTag tone="good">{t('identity.me.this')}</StatusTag>
              ) : (
                <Button size="small" onClick={() => end.mutate(session.id as string)}>
                  {t('identity.me.end')}
                </Button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Me() {
  const { t } = useTranslation();
  const session = useSession();
  return (
    <div className="screen page">
      <PageHead title={t('identity.me.title')} />
      <div className="screen-body" style={{ maxWidth: 960 }}>
        <Panel title={t('identity.me.who')}>
          <dl className="facts">
            <dt>{t('common.name')}</dt>
            <dd>{session.name}</dd>
            <dt>{t('identity.login')}</dt>
            <dd>{session.login}</dd>
            <dt>{t('identity.users.roles')}</dt>
            <dd>{session.roles.map((role) => t(`enum.role.${role}`, { defaultValue: role })).join(', ')}</dd>
          </dl>
        </Panel>
        <Panel title={t('identity.me.look')}>
          <Look />
        </Panel>
        <Panel title={t('identity.me.password')}>
          <Password />
        </Panel>
        <Panel title={t('identity.mfa.title')}>
          <Mfa />
        </Panel>
        <Panel title={t('identity.me.sessions')} flush>
          <Sessions />
        </Panel>
      </div>
    </div>
  );
}
