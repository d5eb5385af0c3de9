import { Form, Input, Select, Switch } from 'antd';
import { patchPath, sendPath } from '../../shared/api/client';
import { useMay } from '../../shared/api/session';
import { FormDialog, MasterSelect } from '../../shared/desk';
import { difference, settled } from '../../shared/desk/difference';
import { useTranslation } from '../../shared/i18n';
import { topics, topicWord } from '../events';
import { topicChoices, type Webhook } from './api';

const fields = ['url', 'description', 'topics', 'channels', 'active', 'personal'] as const;

/** Making one, or changing it. */
export function WebhookForm({ of, onDone, onClose }: { of: Webhook | undefined; onDone: (made: Webhook) => void; onClose: () => void }) {
  const { t } = useTranslation();
  const may = useMay();
  const word = (topic: string) => (topic === '*' ? t('hooks.topic_all') : topic.endsWith('.*') ? t('hooks.topic_family', { family: t(`events.family.${topic.slice(0, -2)}`, { defaultValue: topic.slice(0, -2) }) }) : topicWord(t, topic));
  return (
    <FormDialog<Webhook>
      title={of ? t('hooks.edit') : t('hooks.add')}
      ok={of ? t('common.save') : t('common.create')}
      initial={of ?? { topics: [], channels: [], active: true, personal: false }}
      send={(values: Webhook) => (of ? patchPath<Webhook>(`/v1/webhooks/${of.id}`, difference(of, values, [...fields]), of.version) : sendPath<Webhook>('POST', '/v1/webhooks', settled(values)))}
      onDone={onDone}
      onClose={onClose}
    >
      <div className="fields">
        <Form.Item name="url" label={t('hooks.url')} extra={t('hooks.url_help')} rules={[{ required: true, message: t('common.required') }]} className="wide">
          <Input maxLength={2000} autoFocus autoComplete="off" inputMode="url" />
        </Form.Item>
        <Form.Item name="description" label={t('hooks.description')} className="wide">
          <Input maxLength={200} autoComplete="off" />
        </Form.Item>
        <Form.Item name="topics" label={t('hooks.topics')} extra={t('hooks.topics_help')} rules={[{ required: true, message: t('common.required') }]} className="wide">
          <Select mode="tags" options={topicChoices(topics).map((topic) => ({ value: topic, label: `${word(topic)} · ${topic}` }))} />
        </Form.Item>
        <Form.Item name="channels" label={t('hooks.channels')} className="wide">
          <MasterSelect of="channels" many placeholder={t('hooks.channels_all')} />
        </Form.Item>
        <Form.Item name="active" label={t('hooks.active')} valuePropName="checked">
          <Switch />
        </Form.Item>
        {may('personal.read') && (
          <Form.Item name="personal" label={t('hooks.personal')} extra={t('hooks.personal_help')} valuePropName="checked">
            <Switch />
          </Form.Item>
        )}
      </div>
    </FormDialog>
  );
}
