// The second step of signing in: set up with the password, an app and a first code; recovery codes are shown once.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Form, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from '../../../shared/i18n';
import { readPath, sendPath } from '../../../shared/api/client';
import { sessionKey, useSignOut } from '../../../shared/api/session';
import { FormDialog, useFieldErrors } from '../../../shared/desk';
import { date } from '../../../shared/format';
import { Bones, StatusTag, Trouble, useProblemText } from '../../../shared/ui';
import { CodeInput, Door, PasswordInput } from '../signin/Door';
import { Secret } from '../users/Secret';

interface State {
  on: boolean;
  since?: string;
  recovery_left: number;
}

interface Begun {
  secret: string;
  uri: string;
  qr?: string;
}

const mfaKey = ['mfa'] as const;

function Refusal({ text }: { text: string }) {
  return (
    <div className="door-alert" role="alert">
      {text}
    </div>
  );
}

function AskPassword({ onBegun }: { onBegun: (begun: Begun) => void }) {
  const { t } = useTranslation();
  const problemText = useProblemText();
  const [form] = Form.useForm();
  const fieldErrors = useFieldErrors(form);
  const [wrong, setWrong] = useState('');
  const begin = useMutation({
    mutationFn: (values: object) => sendPath<Begun>('POST', '/v1/me/mfa', values),
    onSuccess: onBegun,
    onError: (error) => {
      if (!fieldErrors(error)) setWrong(problemText(error));
    },
  });
  return (
    <Form name="mfa" form={form} layout="vertical" requiredMark={false} onFinish={(values) => begin.mutate(values)}>
      {wrong && <Refusal text={wrong} />}
      <p className="panel-note">{t('identity.mfa.begin_text')}</p>
      <Form.Item name="current_password" label={t('identity.me.current')} rules={[{ required: true, message: t('common.required') }]}>
        <PasswordInput autoFocus />
      </Form.Item>
      <Button type="primary" htmlType="submit" block loading={begin.isPending}>
        {t('identity.mfa.next')}
      </Button>
    </Form>
  );
}

function Pair({ begun, onCodes }: { begun: Begun; onCodes: (codes: string[]) => void }) {
  const { t } = useTranslation();
  const problemText = useProblemText();
  const [form] = Form.useForm();
  const fieldErrors = useFieldErrors(form);
  const [wrong, setWrong] = useState('');
  const confirm = useMutation({
    mutationFn: (values: object) => sendPath<{ codes: string[] }>('POST', '/v1/me/mfa/confirm', values),
    onSuccess: ({ codes }) => onCodes(codes),
    onError: (error) => {
      if (!fieldErrors(error)) setWrong(problemText(error));
    },
  });
  return (
    <Form name="mfa" form={form} layout="vertical" requiredMark={false} onFinish={(values) => confirm.mutate(values)}>
      {wrong && <Refusal text={wrong} />}
      <p className="panel-note">{t('identity.mfa.pair_text')}</p>
      {begun.qr && <img className="mfa-qr" src={`data:image/svg+xml,${encodeURIComponent(begun.qr)}`} alt={t('identity.mfa.qr')} width={200} height={200} />}
      <details className="mfa-by-hand">
        <summary>{t('identity.mfa.by_hand')}</summary>
        <Secret text={begun.secret} />
      </details>
      <Form.Item name="code" label={t('identity.mfa.code')} extra={t('identity.mfa.code_help')} rules={[{ required: true, message: t('common.required') }]}>
        <CodeInput autoFocus />
      </Form.Item>
      <Button type="primary" htmlType="submit" block loading={confirm.isPending}>
        {t('identity.mfa.confirm')}
      </Button>
    </Form>
  );
}

function Codes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  const { t } = useTranslation();
  return (
    <div className="col" style={{ gap: 12 }}>
      <p className="panel-note" role="status">
        {t('identity.mfa.codes_text')}
      </p>
      <Secret text={codes.join('\n')} />
      <Button block autoFocus onClick={onDone}>
        {t('identity.mfa.kept')}
      </Button>
    </div>
  );
}

/** From the password to the recovery codes. */
function Setup({ onDone }: { onDone: () => void }) {
  const client = useQueryClient();
  const [begun, setBegun] = useState<Begun>();
  const [codes, setCodes] = useState<string[]>();
  const done = () => {
    void client.invalidateQueries({ queryKey: mfaKey });
    void client.invalidateQueries({ queryKey: sessionKey });
    void client.invalidateQueries({ queryKey: ['sessions'] });
    onDone();
  };
  if (codes) return <Codes codes={codes} onDone={done} />;
  return begun ? <Pair begun={begun} onCodes={setCodes} /> : <AskPassword onBegun={setBegun} />;
}

/** In the way of everything else, where the company asks for it. */
export default function MfaFirst() {
  const { t } = useTranslation();
  const signOut = useSignOut();
  return (
    <Door>
      <h1>{t('identity.mfa.first')}</h1>
      <p>{t('identity.mfa.first_text')}</p>
      <Setup onDone={() => undefined} />
      <Button type="link" block onClick={() => void signOut()}>
        {t('identity.mfa.sign_out')}
      </Button>
    </Door>
  );
}

/** On one's own page. */
export function Mfa() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [doing, setDoing] = useState<'on' | 'off'>();
  const state = useQuery({ queryKey: mfaKey, queryFn: () => readPath<State>('/v1/me/mfa', {}) });
  if (state.isPending) return <Bones rows={2} />;
  if (state.isError) return <Trouble error={state.error} retry={() => void state.refetch()} />;
  const { on, since, recovery_left } = state.data;
  return (
    <div className="col" style={{ gap: 12 }}>
      <div className="row wrap">
        <StatusTag tone={on ? 'good' : 'quiet'}>{t(on ? 'identity.mfa.on' : 'identity.mfa.off')}</StatusTag>
        {on && since && <span className="muted">{t('identity.mfa.since', { date: date(since), n: recovery_left })}</span>}
      </div>
      <p className="panel-note">{t('identity.mfa.text')}</p>
      <div>
        <Button onClick={() => setDoing(on ? 'off' : 'on')}>{t(on ? 'identity.mfa.turn_off' : 'identity.mfa.set_up')}</Button>
      </div>
      <Modal open={doing === 'on'} title={t('identity.mfa.set_up')} footer={null} width={420} mask={{ closable: false }} onCancel={() => setDoing(undefined)} destroyOnHidden>
        <Setup onDone={() => setDoing(undefined)} />
      </Modal>
      {doing === 'off' && (
        <FormDialog
          title={t('identity.mfa.turn_off')}
          ok={t('identity.mfa.turn_off')}
          width={420}
          initial={{}}
          send={(values) => sendPath('POST', '/v1/me/mfa/off', values)}
          onDone={() => {
            setDoing(undefined);
            void client.invalidateQueries({ queryKey: mfaKey });
            void client.invalidateQueries({ queryKey: sessionKey });
          }}
          onClose={() => setDoing(undefined)}
        >
          <p className="panel-note">{t('identity.mfa.off_text')}</p>
          <Form.Item name="current_password" label={t('identity.me.current')} rules={[{ required: true, message: t('common.required') }]}>
            <PasswordInput />
          </Form.Item>
        </FormDialog>
      )}
    </div>
  );
}
