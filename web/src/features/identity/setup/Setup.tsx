// A company's first minute: company, owner, first location and channel, all or nothing; then the owner is signed in.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Form, Input } from 'antd';
import { useState } from 'react';
import { readPath, sendPath, setCsrf } from '../../../shared/api/client';
import { asProblem } from '../../../shared/api/problem';
import { sessionKey, type Session } from '../../../shared/api/session';
import { CountrySelect, CurrencySelect, EnumSelect, LanguageSelect, ZoneSelect } from '../../../shared/desk/fields';
import { useFieldErrors } from '../../../shared/desk/forms';
import { settled } from '../../../shared/desk/difference';
import { language, useTranslation } from '../../../shared/i18n';
import { Bones, Trouble, useProblemText } from '../../../shared/ui';
import { Door, PasswordInput } from '../signin/Door';

interface State {
  needed: boolean;
  allowed: boolean;
  currencies: string[];
  time_zones: string[];
  location_kinds: string[];
  channel_kinds: string[];
  demos: string[];
}

const homes: Record<string, { currency: string; country: string }> = {
  en: { currency: 'USD', country: 'US' },
  'zh-CN': { currency: 'CNY', country: 'CN' },
  'zh-TW': { currency: 'TWD', country: 'TW' },
};

/** What was typed outlives a reload, in this tab only, and never the password or the token. */
const TYPED = 'ordo.setup';
function keepTyped(all: object) {
  try {
    sessionStorage.setItem(TYPED, JSON.stringify(all, (name, value: unknown) => (name === 'password' || name === 'token' ? undefined : value)));
  } catch {
    // Nothing is kept then.
  }
}
function typed(): object | undefined {
  try {
    return (JSON.parse(sessionStorage.getItem(TYPED) ?? 'null') as object | null) ?? undefined;
  } catch {
    return undefined;
  }
}

export default function Setup() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const problemText = useProblemText();
  const [form] = Form.useForm();
  const fieldErrors = useFieldErrors(form);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState('');
  const [demo, setDemo] = useState('none');
  const [kept] = useState(typed);
  const state = useQuery({ queryKey: ['setup'], retry: false, retryOnMount: false, queryFn: () => readPath<State>('/v1/setup', {}) });

  const finish = async () => {
    setBusy(true);
    setWrong('');
    try {
      const session = await sendPath<Session>('POST', '/v1/setup', { ...(settled(form.getFieldsValue(true)) as object), demo });
      sessionStorage.removeItem(TYPED);
      setCsrf(session.csrf_token);
      client.setQueryData(sessionKey, session);
    } catch (error) {
      if (asProblem(error).code === 'wrong_state') {
        setWrong(t('identity.setup.done_elsewhere'));
        void client.invalidateQueries({ queryKey: ['setup'] });
      } else if (!fieldErrors(error)) setWrong(problemText(error));
    } finally {
      setBusy(false);
    }
  };

  if (state.isPending)
    return (
      <Door broad>
        <Bones rows={10} />
      </Door>
    );
  if (state.isError)
    return (
      <Door broad>
        <Trouble error={state.error} retry={() => void state.refetch()} />
      </Door>
    );
  const known = state.data;
  const need = [{ required: true, message: t('common.required') }];
  const code = [...need, { pattern: /^[A-Za-z0-9._-]{1,32}$/, message: t('common.code_format') }];
  const home = homes[language()] ?? { currency: 'USD', country: 'US' };
  return (
    <Door broad>
      <h1>{t('identity.setup.title')}</h1>
      <p>{t('identity.setup.text')}</p>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={() => void finish()}
        scrollToFirstError={{ focus: true }}
        onValuesChange={(_, all) => keepTyped(all)}
        initialValues={kept ?? {
          company: { currency: home.currency, time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone, language: language() },
          location: { code: 'MAIN', kind: 'warehouse', address: { country: home.country } },
          channel: { code: 'web', kind: 'web' },
        }}
      >
        {!known.allowed && (
          <Form.Item name="token" label={t('identity.setup.token')} extra={t('identity.setup.token_text')} rules={need}>
            <Input autoComplete="off" spellCheck={false} />
          </Form.Item>
        )}
        <fieldset>
          <legend>{t('identity.setup.company')}</legend>
          <div className="two">
            <Form.Item name={['company', 'name']} label={t('identity.setup.company_name')} rules={need}>
              <Input maxLength={120} autoComplete="organization" autoFocus />
            </Form.Item>
            <Form.Item name={['company', 'currency']} label={t('identity.setup.currency')} rules={need}>
              <CurrencySelect only={known.currencies} />
            </Form.Item>
            <Form.Item name={['company', 'time_zone']} label={t('identity.setup.zone')} rules={need}>
              <ZoneSelect only={known.time_zones} />
            </Form.Item>
            <Form.Item name={['company', 'language']} label={t('identity.setup.language')} rules={need}>
              <LanguageSelect />
            </Form.Item>
          </div>
        </fieldset>
        <fieldset>
          <legend>{t('identity.setup.owner')}</legend>
          <div className="two">
            <Form.Item name={['owner', 'name']} label={t('identity.setup.owner_name')} rules={need}>
              <Input maxLength={120} autoComplete="name" />
            </Form.Item>
            <Form.Item name={['owner', 'login']} label={t('identity.login')} extra={t('identity.login_hint')} rules={need}>
              <Input maxLength={120} autoComplete="username" autoCapitalize="none" spellCheck={false} />
            </Form.Item>
            <Form.Item name={['owner', 'password']} label={t('identity.password')} extra={t('identity.password_rule')} rules={[...need, { min: 10, message: t('identity.password_short') }]}>
              <PasswordInput fresh />
            </Form.Item>
          </div>
        </fieldset>
        <fieldset>
          <legend>{t('identity.setup.place')}</legend>
          <p>{t('identity.setup.place_text')}</p>
          <div className="two">
            <Form.Item name={['location', 'name']} label={t('common.name')} rules={need}>
              <Input maxLength={120} />
            </Form.Item>
            <Form.Item name={['location', 'code']} label={t('common.code')} extra={t('common.code_help')} rules={code}>
              <Input maxLength={32} spellCheck={false} />
            </Form.Item>
            <Form.Item name={['location', 'kind']} label={t('identity.setup.kind')}>
              <EnumSelect of="location_kind" values={known.location_kinds} />
            </Form.Item>
            <Form.Item name={['location', 'address', 'country']} label={t('identity.setup.country')} rules={need}>
              <CountrySelect />
            </Form.Item>
            <Form.Item name={['location', 'address', 'city']} label={t('identity.setup.city')}>
              <Input maxLength={120} />
            </Form.Item>
            <Form.Item name={['location', 'address', 'region']} label={t('address.region')}>
              <Input maxLength={120} />
            </Form.Item>
            <Form.Item name={['location', 'address', 'line1']} label={t('identity.setup.line1')}>
              <Input maxLength={200} />
            </Form.Item>
            <Form.Item name={['location', 'address', 'postal_code']} label={t('identity.setup.postal_code')}>
              <Input maxLength={20} />
            </Form.Item>
          </div>
        </fieldset>
        <fieldset>
          <legend>{t('identity.setup.channel')}</legend>
          <p>{t('identity.setup.channel_text')}</p>
          <div className="two">
            <Form.Item name={['channel', 'name']} label={t('common.name')} rules={need}>
              <Input maxLength={120} />
            </Form.Item>
            <Form.Item name={['channel', 'code']} label={t('common.code')} extra={t('common.code_help')} rules={code}>
              <Input maxLength={32} spellCheck={false} />
            </Form.Item>
            <Form.Item name={['channel', 'kind']} label={t('identity.setup.kind')}>
              <EnumSelect of="channel_kind" values={known.channel_kinds} />
            </Form.Item>
          </div>
        </fieldset>
        {known.demos.length > 1 && (
          <fieldset>
            <legend>{t('identity.setup.start')}</legend>
            <div className="demos">
              {known.demos.map((one) => (
                <label key={one} className="demo">
                  <input type="radio" name="demo" checked={demo === one} onChange={() => setDemo(one)} />
                  <span>
                    {t(`identity.setup.demo_${one}`)}
                    <small>{t(`identity.setup.demo_${one}_text`)}</small>
                  </span>
                </label>
              ))}
            </div>
          </fieldset>
        )}
        {wrong && (
          <div className="door-alert" role="alert">
            {wrong}
          </div>
        )}
        <Button type="primary" htmlType="submit" size="large" block loading={busy}>
          {t('identity.setup.finish')}
        </Button>
      </Form>
    </Door>
  );
}
