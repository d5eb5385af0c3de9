import { App, Button, Form, Input } from 'antd';
import { useState } from 'react';
import { FormDialog, Panel } from '../../../shared/desk/record';
import { dateTime, relative } from '../../../shared/format';
import { useMay } from '../../../shared/api/session';
import { useTranslation } from '../../../shared/i18n';
import { EnumTag } from '../../../shared/ui';
import { useHoldReason } from '../../review';
import { readOrder, useKeepOrder, write, type Hold, type Order } from '../api';

export function Holds({ order }: { order: Order }) {
  const { t } = useTranslation();
  const reasonOf = useHoldReason();
  const may = useMay();
  const { message } = App.useApp();
  const keep = useKeepOrder();
  const [at, setAt] = useState<Hold>();
  if (!order.holds.length) return null;
  const holds = [...order.holds].sort((a, b) => Number(b.state === 'active') - Number(a.state === 'active'));
  return (
    <Panel title={t('orders.holds')} flush>
      <ul className="plain-list">
        {holds.map((hold) => (
          <li key={hold.id} className={`hold${hold.state === 'active' ? '' : ' over'}`}>
            <div className="grow col tight">
              <div className="row wrap tight">
                <strong>{t(`enum.hold_type.${hold.type}`, { defaultValue: hold.type })}</strong>
                <EnumTag of="hold_state" value={hold.waiting_at && hold.state === 'active' ? 'waiting' : hold.state} />
                {hold.line ? <span className="muted small">{t('orders.hold.line', { n: hold.line })}</span> : null}
              </div>
              <p>{reasonOf(hold)}</p>
              <p className="muted small dotted">
                <span>{t('orders.hold.since', { when: dateTime(hold.created_at) })}</span>
                {hold.owner_role && <span>{t('orders.hold.owner', { who: hold.assigned_name ?? t(`enum.role.${hold.owner_role}`, { defaultValue: hold.owner_role }) })}</span>}
                {hold.state === 'active' && hold.due_at && <span>{t('orders.hold.due', { ago: relative(hold.due_at) })}</span>}
                {hold.state === 'active' && hold.expires_at && <span>{t('orders.hold.expires', { when: dateTime(hold.expires_at) })}</span>}
                {hold.released_at && <span>{t('orders.hold.released', { when: dateTime(hold.released_at), reason: hold.release_reason ?? '' })}</span>}
              </p>
            </div>
            {hold.state === 'active' && may('hold.release') && (
              <Button className="no-print" onClick={() => setAt(hold)}>
                {t('orders.act.release')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {at && (
        <FormDialog<unknown>
          title={t('orders.hold.release_title', { type: t(`enum.hold_type.${at.type}`, { defaultValue: at.type }) })}
          ok={t('orders.act.release')}
          send={(values: { reason: string }) => write('POST', `/v1/holds/${at.id}/release`, { reason: values.reason })}
          onDone={async () => {
            setAt(undefined);
            keep(await readOrder(order.id));
            void message.success(t('orders.hold.done'));
          }}
          onClose={() => setAt(undefined)}
        >
          <p className="dialog-text">{reasonOf(at)}</p>
          <Form.Item name="reason" label={t('common.reason')} rules={[{ required: true, message: t('common.required') }]}>
            <Input.TextArea autoFocus rows={2} maxLength={500} />
          </Form.Item>
        </FormDialog>
      )}
    </Panel>
  );
}
