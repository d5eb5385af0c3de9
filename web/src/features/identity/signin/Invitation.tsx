// The page of an invitation's link: greets, and takes the first password.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Form } from 'antd';
import { useState } from 'react';
import { sendPath, setCsrf } from '../../../shared/api/client';
import { asProblem } from '../../../shared/api/problem';
import { sessionKey, type Session } from '../../../shared/api/session';
import { useFieldErrors } from '../../../shared/desk/forms';
import { useTranslation } from '../../../shared/i18n';
import { Bones, useProblemText } from '../../../shared/ui';
import { CodeInput, Door, PasswordInput } from './Door';

interface Invited {
  login: string;
  name: string;
  created_by?: string;
}

export default function Invitation() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const problemText = useProblemText();
  const [form] = Form.useForm<{ password: string; code?: string }>();
  const fieldErrors = useFieldErrors(form);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState('');
  const [second, setSecond] = useState(false);
  // Behind the #, which browsers keep to themselves: no log of a server or proxy on the way has it.
  const token = location.hash.slice(1);
  const found = useQuery({
    queryKey: ['invitation', token],
    retry: false,
    queryFn: () => sendPath<Invited>('POST', '/v1/invitations/look', { token }),
  });
  const accept = async ({ password, code }: { password: string; code?: string }) => {
    setBusy(true);
    setWrong('');
    try {
      const session = await sendPath<Session>('POST', '/v1/invitations/accept', { token, password, ...(code ? { code: code.trim() } : {}) });
      setCsrf(session.csrf_token);
      client.setQueryData(sessionKey, session);
      location.replace('/');
    } catch (error) {
      const { code: why } = asProblem(error);
      if (why === 'mfa_required') setSecond(true);
      else if (why === 'unauthenticated') setWrong(t('identity.mfa.wrong'));
      else if (!fieldErrors(error)) setWrong(problemText(error));
    } finally {
      setBusy(false);
    }
  };
  if (found.isPending)
    return (
      <Door>
        <Bones rows={4} />
      </Door>
    );
  if (found.isError) {
    const gone = asProblem(found.error).status === 404 || asProblem(found.error).status === 422;
    return (
      <Door>
        <h1>{gone ? t('identity.invitation.gone') : problemText(found.error)}</h1>
        {gone && <p>{t('identity.invitation.gone_text')}</p>}
        <Button block href="/">
          {t('identity.sign_in')}
        </Button>
      </Door>
    );
  }
  const { name, login, created_by: by } = found.data;
  return (
    <Door>
      <h1>{t('identity.invitation.title', { name })}</h1>
      <p>
        {t('identity.invitation.text', { login })}
        {by && (
          <>
            <br />
            {t('identity.invitation.by', { name: by })}
          </>
        )}
      </p>
      {wrong && (
        <div className="door-alert" role="alert">
          {wrong}
        </div>
      )}
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(values) => void accept(values)}>
        <input type="hidden" name="username" autoComplete="username" value={login} readOnly />
        <Form.Item name="password" label={t('identity.new_password')} extra={t('identity.password_rule')} rules={[{ required: true, message: t('common.required') }, { min: 10, message: t('identity.password_short') }]}>
          <PasswordInput fresh autoFocus />
        </Form.Item>
        {second && (
          <Form.Item name="code" label={t('identity.mfa.code')} extra={t('identity.mfa.code_or_paper')} rules={[{ required: true, message: t('common.required') }]}>
            <CodeInput autoFocus />
          </Form.Item>
        )}
        <Button type="primary" htmlType="submit" block size="large" loading={busy}>
          {t('identity.invitation.begin')}
        </Button>
      </Form>
    </Door>
  );
}
