// Signing in: a page of its own, or a dialog over the page whose session has ended (nothing typed there is lost).
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Form, Input, Modal } from 'antd';
import { useState } from 'react';
import { readPath } from '../../../shared/api/client';
import { asProblem } from '../../../shared/api/problem';
import { sessionKey, signIn, useSignOut } from '../../../shared/api/session';
import { useTranslation } from '../../../shared/i18n';
import { useProblemText } from '../../../shared/ui';
import { CodeInput, Door, PasswordInput } from './Door';

interface Credentials {
  login: string;
  password: string;
  code?: string;
}

/** What the app shows, after a right password. */
function Second({ busy, wrong, onCode, onBack }: { busy: boolean; wrong: string; onCode: (code: string) => void; onBack: () => void }) {
  const { t } = useTranslation();
  return (
    <Form<{ code: string }> layout="vertical" requiredMark={false} onFinish={({ code }) => onCode(code)}>
      {wrong && (
        <div className="door-alert" role="alert">
          {wrong}
        </div>
      )}
      <Form.Item name="code" label={t('identity.mfa.code')} extra={t('identity.mfa.code_or_paper')} rules={[{ required: true, message: t('common.required') }]}>
        <CodeInput autoFocus />
      </Form.Item>
      <Button type="primary" htmlType="submit" block size="large" loading={busy}>
        {t('identity.sign_in')}
      </Button>
      <Button type="link" block onClick={onBack}>
        {t('identity.mfa.back')}
      </Button>
    </Form>
  );
}

function Fields({ known, onDone }: { known?: string | undefined; onDone?: (() => void) | undefined }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const problemText = useProblemText();
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState('');
  // What was right so far, while the code is asked for.
  const [first, setFirst] = useState<Credentials>();
  const explain = (error: unknown) => {
    const problem = asProblem(error);
    if (problem.status === 401) return t(first ? 'identity.mfa.wrong' : 'identity.wrong');
    if (problem.status === 429) return problem.retryAfterS ? t('identity.patience', { n: problem.retryAfterS }) : t('identity.patience_some');
    return problemText(error);
  };
  const enter = async ({ login, password, code }: Credentials) => {
    setBusy(true);
    setWrong('');
    try {
      const session = await signIn(known ?? login.trim(), password, code?.trim());
      client.setQueryData(sessionKey, session);
      // What was refused while nobody was signed in is asked for again.
      void client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== sessionKey[0] });
      onDone?.();
    } catch (error) {
      if (asProblem(error).code === 'mfa_required') setFirst({ login, password });
      else setWrong(explain(error));
    } finally {
      setBusy(false);
    }
  };
  const back = () => {
    setFirst(undefined);
    setWrong('');
  };
  if (first) return <Second busy={busy} wrong={wrong} onCode={(code) => void enter({ ...first, code })} onBack={back} />;
  return (
    <Form<Credentials> layout="vertical" requiredMark={false} onFinish={(values) => void enter(values)}>
      {wrong && (
        <div className="door-alert" role="alert">
          {wrong}
        </div>
      )}
      {known ? (
        // Password managers want to see whose password it is.
        <input type="hidden" name="username" autoComplete="username" value={known} readOnly />
      ) : (
        <Form.Item name="login" label={t('identity.login')} rules={[{ required: true, message: t('common.required') }]}>
          <Input name="username" autoComplete="username" autoCapitalize="none" spellCheck={false} autoFocus maxLength={120} />
        </Form.Item>
      )}
      <Form.Item name="password" label={t('identity.password')} rules={[{ required: true, message: t('common.required') }]}>
        <PasswordInput autoFocus={Boolean(known)} />
      </Form.Item>
      <Button type="primary" htmlType="submit" block size="large" loading={busy}>
        {t('identity.sign_in')}
      </Button>
    </Form>
  );
}

function Over({ login, onDone }: { login?: string | undefined; onDone?: (() => void) | undefined }) {
  const { t } = useTranslation();
  const signOut = useSignOut();
  return (
    <Modal open title={t('identity.again_title')} footer={null} closable={false} keyboard={false} width={400} mask={{ closable: false }} zIndex={2000}>
      <div className="col" style={{ gap: 12 }}>
        <p>{t('identity.again_text')}</p>
        {login && <p className="muted">{t('identity.as', { login })}</p>}
        <Fields known={login} onDone={onDone} />
        <Button type="link" onClick={() => void signOut()}>
          {t('identity.other')}
        </Button>
      </div>
    </Modal>
  );
}

export default function SignIn({ over = false, login, onDone }: { over?: boolean; login?: string | undefined; onDone?: () => void }) {
  const { t } = useTranslation();
  const setup = useQuery({ queryKey: ['setup'], retry: false, retryOnMount: false, staleTime: Infinity, enabled: !over, queryFn: () => readPath<{ needed: boolean; company?: string }>('/v1/setup', {}) });
  if (over) return <Over login={login} onDone={onDone} />;
  return (
    <Door>
      <h1>{setup.data?.company ? t('identity.welcome', { company: setup.data.company }) : t('identity.sign_in')}</h1>
      <p>{t('identity.claim')}</p>
      <Fields onDone={onDone} />
    </Door>
  );
}
