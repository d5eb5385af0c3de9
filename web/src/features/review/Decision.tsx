// The dialog of a decision: says what it does and to what, asks why, and keeps what was typed when the server says no.
import { useQuery } from '@tanstack/react-query';
import { Alert, Form, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { readPath, type Schemas } from '../../shared/api/client';
import type { Problem } from '../../shared/api/problem';
import { useMay } from '../../shared/api/session';
import { useCancelPreview } from '../../shared/desk/cancelling';
import { useSitting } from '../../shared/desk/sitting';
import { money } from '../../shared/format';
import { useTranslation } from '../../shared/i18n';
import { useProblemText } from '../../shared/ui';
import type { Hold } from './api';

export type Act = 'approve' | 'release' | 'reject' | 'ask' | 'resume' | 'assign' | 'take_over';

const quick: Partial<Record<Act, readonly string[]>> = {
  approve: ['confirmed', 'known', 'paid'],
  release: ['confirmed', 'mended', 'known'],
  reject: ['fraud', 'customer', 'duplicate', 'cannot'],
  ask: ['address', 'payment', 'duplicate'],
  resume: ['confirmed'],
};
const roles = ['service', 'manager', 'finance', 'warehouse', 'owner'] as const;

interface Props {
  act: Act;
  hold: Hold;
  order: Schemas['Order'];
  busy: boolean;
  /** Somebody else decided while this was open: who and what. */
  ended?: string | undefined;
  onCancel: () => void;
  onSend: (path: string, body: object, word: string, leave: boolean) => Promise<Problem | undefined>;
}

export function Decision({ act, hold, order, busy, ended, onCancel, onSend }: Props) {
  const { t } = useTranslation();
  const may = useMay();
  const problemText = useProblemText();
  const [text, setText] = useState('');
  const [user, setUser] = useState<string | undefined>(hold.assigned_to);
  const [role, setRole] = useState<string | undefined>(hold.owner_role);
  const [problem, setProblem] = useState<Problem>();
  const [empty, setEmpty] = useState(false);
  useSitting();
  const users = useQuery({
    queryKey: ['users', 'names'],
    enabled: act === 'assign' && may('user.admin'),
    queryFn: () => readPath<{ data: { id: string; name: string; login: string; active?: boolean }[] }>('/v1/users', { limit: 200 }),
  });

  const asks = act !== 'assign' && act !== 'take_over';
  const submit = async () => {
    if (busy) return undefined;
    const why = text.trim();
    if (asks && !why) return setEmpty(true);
    const of = `/v1/holds/${hold.id}`;
    const sent: Record<Act, [string, object, boolean]> = {
      approve: [`/v1/orders/${order.id}/approve`, { reason: why }, true],
      reject: [`/v1/orders/${order.id}/reject`, { reason: why }, true],
      release: [`${of}/release`, { reason: why }, true],
      ask: [`${of}/ask`, { note: why }, true],
      resume: [`${of}/resume`, { note: why }, false],
      assign: [`${of}/assign`, { ...(user ? { user } : {}), ...(role ? { role } : {}) }, false],
      take_over: [`${of}/claim`, { take_over: true }, false],
    };
    const [path, body, leave] = sent[act];
    setProblem(await onSend(path, body, `review.done.${act}`, leave));
    return undefined;
  };
  const totals = order.totals as { total?: number } | undefined;
  const rejecting = useCancelPreview(order as { id: string; version?: number }, 'reject', {}, act === 'reject');
  return (
    <Modal
      open
      title={t(`review.title.${act}`, { number: order.number ?? '' })}
      okText={t(`review.act.${act === 'take_over' ? 'claim' : act}`)}
      okButtonProps={{ danger: act === 'reject' }}
      cancelText={t('common.cancel')}
      confirmLoading={busy}
      onOk={() => void submit()}
      onCancel={onCancel}
    >
      <Form className="decision" layout="vertical" onFinish={() => void submit()}>
        <p>
          {t(`review.means.${act}`, {
            number: order.number ?? '',
            total: money(totals?.total ?? 0, order.currency ?? 'USD'),
            paid: rejecting.data ? money(rejecting.data.refund, rejecting.data.currency ?? 'USD') : '…',
            type: t(`enum.hold_type.${hold.type}`, { defaultValue: hold.type }),
            name: hold.assigned_name ?? '',
          })}
        </p>
        {ended && <Alert type="warning" showIcon title={ended} className="decision-problem" />}
        {problem && <Alert type="error" showIcon title={problemText(problem)} className="decision-problem" />}
        {asks && (
          <>
            <Form.Item label={t(act === 'ask' || act === 'resume' ? 'review.note' : 'common.reason')} htmlFor="decision-why" required {...(empty ? { validateStatus: 'error' as const, help: t('common.required') } : {})}>
              <Input.TextArea
                id="decision-why"
                autoFocus
                rows={3}
                maxLength={500}
                value={text}
                onChange={(event) => {
                  setText(event.target.value);
                  setEmpty(false);
                }}
                onKeyDown={(event) => {
                  if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
                    event.preventDefault();
                    void submit();
                  }
                }}
              />
            </Form.Item>
            <div className="row wrap" role="group" aria-label={t('review.quick')}>
              {quick[act]?.map((name) => (
                <button key={name} type="button" className="chip" onClick={() => setText(t(`review.quick_${act}.${name}`))}>
                  {t(`review.quick_${act}.${name}`)}
                </button>
              ))}
            </div>
          </>
        )}
        {act === 'assign' && (
          <>
            {may('user.admin') && (
              <Form.Item label={t('review.to_user')} htmlFor="decision-user">
                <Select
                  id="decision-user"
                  allowClear
                  showSearch={{ optionFilterProp: 'label' }}
                  value={user}
                  onChange={setUser}
                  loading={users.isPending}
                  options={users.data?.data.map((one) => ({ value: one.id, label: one.name || one.login }))}
                />
              </Form.Item>
            )}
            <Form.Item label={t('review.to_role')} htmlFor="decision-role">
              <Select id="decision-role" value={role} onChange={setRole} options={roles.map((name) => ({ value: name, label: t(`enum.role.${name}`) }))} />
            </Form.Item>
          </>
        )}
      </Form>
    </Modal>
  );
}
