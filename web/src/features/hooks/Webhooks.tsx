import { PlusOutlined } from '@ant-design/icons';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { App, Button, Form, Modal, Select } from 'antd';
import { useState } from 'react';
import { sendPath } from '../../shared/api/client';
import { useMay } from '../../shared/api/session';
import { FormDialog, ListScreen, type ListDefinition } from '../../shared/desk';
import { dateTime, integer, relative } from '../../shared/format';
import { useTranslation } from '../../shared/i18n';
import { StatusTag, useProblemText } from '../../shared/ui';
import { Secret } from '../identity';
import { SettingsTabs } from '../settings';
import { shortUrl, type Webhook } from './api';
import { WebhookForm } from './WebhookForm';

function Health({ of }: { of: Webhook }) {
  const { t } = useTranslation();
  if (!of.active) return <StatusTag tone="quiet">{t('hooks.health.off')}</StatusTag>;
  if (of.health?.failing) return <StatusTag tone="bad">{t('hooks.health.failing')}</StatusTag>;
  return <StatusTag tone="good">{t('hooks.health.fine')}</StatusTag>;
}

export function Webhooks() {
  const { t } = useTranslation();
  const may = useMay();
  const { message, modal } = App.useApp();
  const client = useQueryClient();
  const navigate = useNavigate();
  const problemText = useProblemText();
  const [editing, setEditing] = useState<Webhook | 'new'>();
  const [rotating, setRotating] = useState<Webhook>();
  const [shown, setShown] = useState<Webhook>();
  const again = () => void client.invalidateQueries({ queryKey: ['webhooks'] });
  const onError = (error: unknown) => void message.error(problemText(error));
  const remove = useMutation({ mutationFn: (hook: Webhook) => sendPath('DELETE', `/v1/webhooks/${hook.id}`, undefined, undefined, undefined, hook.version), onSettled: again, onError });
  const address = (hook: Webhook) => `/settings/webhooks/${hook.id}`;
  const open = (hook: Webhook) => void navigate({ to: address(hook) as never });
  const test = useMutation({ mutationFn: (hook: Webhook) => sendPath('POST', `/v1/webhooks/${hook.id}/test`), onSuccess: (_, hook) => open(hook), onError });
  const write = may('webhook.write');
  const add = write && (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setEditing('new')}>
      {t('hooks.add')}
    </Button>
  );
  const verbs = (hook: Webhook) => (
    <div className="row wrap">
      <Button type="primary" onClick={() => open(hook)}>
        {t('hooks.deliveries')}
      </Button>
      {write && (
        <>
          <Button loading={test.isPending} onClick={() => test.mutate(hook)}>
            {t('hooks.test')}
          </Button>
          <Button onClick={() => setEditing(hook)}>{t('common.edit')}</Button>
          <Button onClick={() => setRotating(hook)}>{t('hooks.rotate')}</Button>
          <Button
            danger
            onClick={() =>
              modal.confirm({
                title: t('hooks.delete_sure'),
                content: t('hooks.delete_text', { url: shortUrl(hook.url) }),
                okText: t('common.delete'),
                okButtonProps: { danger: true },
                cancelText: t('common.cancel'),
                onOk: () => remove.mutateAsync(hook).catch(() => undefined),
              })
            }
          >
            {t('common.delete')}
          </Button>
        </>
      )}
    </div>
  );
  const list: ListDefinition<Webhook> = {
    screen: 'webhooks',
    resource: 'webhooks',
    path: '/v1/webhooks',
    title: 'hooks.title',
    defaultSort: '-created_at',
    searchable: false,
    id: (hook) => hook.id,
    href: address,
    head: <SettingsTabs at="webhooks" />,
    actions: add,
    columns: [
      { id: 'url', title: 'hooks.url', width: 240, grow: 2, cell: (hook) => <strong>{shortUrl(hook.url)}</strong> },
      { id: 'description', title: 'hooks.description', width: 180, grow: 1, cell: (hook) => hook.description },
      { id: 'topics', title: 'hooks.topics', width: 200, grow: 2, cell: (hook) => <span className="mono">{hook.topics.join(', ')}</span> },
      { id: 'health', title: 'common.state', width: 140, tagged: true, cell: (hook) => <Health of={hook} /> },
      { id: 'waiting', title: 'hooks.waiting', width: 100, numeric: true, cell: (hook) => integer((hook.health?.waiting ?? 0) + (hook.health?.retrying ?? 0)) },
      { id: 'dead', title: 'hooks.dead', width: 100, numeric: true, cell: (hook) => integer(hook.health?.dead ?? 0) },
      { id: 'created', title: 'common.created', width: 130, sort: 'created_at', cell: (hook) => relative(hook.created_at) },
    ],
    filters: [],
    peek: (hook) => (
      <div className="col" style={{ padding: 16, gap: 16 }}>
        <div className="row wrap">
          <h2 className="grow ellipsis" style={{ fontSize: 16 }}>
            {hook.description ?? shortUrl(hook.url)}
          </h2>
          <Health of={hook} />
        </div>
        <dl className="facts">
          <dt>{t('hooks.url')}</dt>
          <dd className="mono" style={{ overflowWrap: 'anywhere' }}>
            {hook.url}
          </dd>
          <dt>{t('hooks.topics')}</dt>
          <dd className="mono">{hook.topics.join(', ')}</dd>
          <dt>{t('hooks.channels')}</dt>
          <dd>{hook.channels.join(', ') || t('hooks.channels_all')}</dd>
          <dt>{t('hooks.personal')}</dt>
          <dd>{t(hook.personal ? 'common.yes' : 'common.no')}</dd>
          {hook.health?.oldest_at && (
            <>
              <dt>{t('hooks.oldest')}</dt>
              <dd>{dateTime(hook.health.oldest_at)}</dd>
            </>
          )}
          {hook.before_until && (
            <>
              <dt>{t('hooks.before_until')}</dt>
              <dd>{dateTime(hook.before_until)}</dd>
            </>
          )}
        </dl>
        {verbs(hook)}
      </div>
    ),
    card: (hook) => (
      <>
        <div className="card-line">
          <strong className="grow ellipsis">{shortUrl(hook.url)}</strong>
          <Health of={hook} />
        </div>
        <div className="card-line mono muted ellipsis">{hook.topics.join(', ')}</div>
      </>
    ),
    empty: { title: 'hooks.empty', text: 'hooks.empty_text', action: add },
  };
  return (
    <>
      <ListScreen of={list} />
      {editing && (
        <WebhookForm
          of={editing === 'new' ? undefined : editing}
          onClose={() => setEditing(undefined)}
          onDone={(made) => {
            if (editing === 'new') setShown(made);
            setEditing(undefined);
            again();
          }}
        />
      )}
      {rotating && (
        <FormDialog<Webhook>
          title={t('hooks.rotate_title')}
          ok={t('hooks.rotate')}
          width={460}
          initial={{ grace_hours: 24 }}
          send={(values) => sendPath<Webhook>('POST', `/v1/webhooks/${rotating.id}/rotate`, values)}
          onDone={(made) => {
            setRotating(undefined);
            setShown(made);
            again();
          }}
          onClose={() => setRotating(undefined)}
        >
          <p className="panel-note">{t('hooks.rotate_text')}</p>
          <Form.Item name="grace_hours" label={t('hooks.grace')}>
            <Select options={[0, 24, 168].map((hours) => ({ value: hours, label: t(`hooks.grace_${hours}`) }))} />
          </Form.Item>
        </FormDialog>
      )}
      <Modal open={Boolean(shown)} title={t('hooks.shown_title')} footer={null} onCancel={() => setShown(undefined)} mask={{ closable: false }} destroyOnHidden>
        <p className="panel-note">{t('hooks.shown_text')}</p>
        {shown?.secret && <Secret text={shown.secret} />}
      </Modal>
    </>
  );
}
