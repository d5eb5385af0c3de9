import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { App, Button, Form, Input, InputNumber, Switch } from 'antd';
import { keep } from '../../../shared/api/keep';
import { patchPath, readPath } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/session';
import { CurrencySelect, EnumSelect, LanguageSelect, MasterSelect, PageHead, Panel, PriceInput, RecordForm, useCompany } from '../../../shared/desk';
import { useTranslation } from '../../../shared/i18n';
import { Bones, StatusTag, Trouble, useProblemText } from '../../../shared/ui';
import { channelKinds, paymentTerms, stockPolicies, type Channel } from '../api';
import { HealthPanel } from './HealthPanel';
import { Rules } from './Rules';

const labels = {
  name: 'common.name',
  kind: 'channels.kind',
  currency: 'channels.currency',
  language: 'channels.language',
  number_series: 'channels.series',
  stock_policy: 'channels.stock_policy',
  hold_short_gifts: 'channels.hold_short_gifts',
  payment_terms: 'channels.payment_terms',
  prices_include_tax: 'channels.prices_include_tax',
  allow_splits: 'channels.allow_splits',
  max_splits: 'channels.max_splits',
  whole_lines: 'channels.whole_lines',
  ship_complete: 'channels.ship_complete',
  minimum_shipment: 'channels.minimum',
  auto_open: 'channels.auto_open',
  shipping_method: 'channels.shipping_method',
  locations: 'channels.locations',
  sourcing_rules: 'channels.rules.title',
};

function Flag({ name }: { name: keyof typeof labels }) {
  const { t } = useTranslation();
  return (
    <Form.Item name={name} label={t(labels[name])} valuePropName="checked" className="flag">
      <Switch />
    </Form.Item>
  );
}

export function ChannelPage() {
  const { t } = useTranslation();
  const { code } = useParams({ strict: false }) as { code: string };
  const { message, modal } = App.useApp();
  const problemText = useProblemText();
  const may = useMay();
  const client = useQueryClient();
  const company = useCompany();
  const path = `/v1/channels/${encodeURIComponent(code)}`;
  const key = ['channels', 'one', code];
  const read = () => readPath<Channel>(path, {});
  const found = useQuery({ queryKey: key, queryFn: read });
  const took = (record: Channel) => {
    keep(client, key, record);
    void client.invalidateQueries({ queryKey: ['channels'] });
  };
  const take = useMutation({
    mutationFn: (active: boolean) => patchPath<Channel>(path, { active }, found.data?.version),
    onSuccess: took,
    onError: (error) => void message.error(problemText(error)),
  });
  if (found.isPending) return <Bones rows={12} />;
  if (found.isError) return <Trouble error={found.error} retry={() => void found.refetch()} />;
  const channel = found.data;
  const name = channel.name ?? channel.code;
  const write = may('master.write');
  return (
    <div className="screen page">
      <PageHead
        back="/channels"
        backLabel={t('channels.title')}
        title={name}
        tags={
          <>
            <span className="mono muted">{channel.code}</span>
            <StatusTag tone={channel.active ? 'good' : 'quiet'}>{t(channel.active ? 'channels.active' : 'channels.inactive')}</StatusTag>
          </>
        }
        actions={
          <>
            {may('order.read') && (
              <Link to={'/orders' as never} search={{ channel: channel.code } as never} className="btn">
                {t('channels.orders')}
              </Link>
            )}
            {write &&
              (channel.active ? (
                <Button
                  loading={take.isPending}
                  onClick={() =>
                    modal.confirm({
                      title: t('channels.stop_sure', { name }),
                      content: t('channels.stop_text'),
                      okText: t('channels.stop'),
                      cancelText: t('common.cancel'),
                      onOk: () => take.mutateAsync(false).catch(() => undefined),
                    })
                  }
                >
                  {t('channels.stop')}
                </Button>
              ) : (
                <Button type="primary" loading={take.isPending} onClick={() => take.mutate(true)}>
                  {t('channels.start')}
                </Button>
              ))}
          </>
        }
      />
      <RecordForm<Channel> key={code} name={`channel.${code}`} record={channel} labels={labels} may={write} save={(patch, version) => patchPath<Channel>(path, patch, version)} reload={read} onSaved={took}>
        {(form) => (
          <div className="screen-body">
            <div className="columns">
              <div className="stack">
                <Panel title={t('channels.what')}>
                  <div className="fields">
                    <Form.Item name="name" label={t('common.name')}>
                      <Input maxLength={120} />
                    </Form.Item>
                    <Form.Item name="kind" label={t('channels.kind')}>
                      <EnumSelect of="channel_kind" values={channelKinds} />
                    </Form.Item>
                    <Form.Item name="currency" label={t('channels.currency')}>
                      <CurrencySelect />
                    </Form.Item>
                    <Form.Item name="language" label={t('channels.language')}>
                      <LanguageSelect />
                    </Form.Item>
                    <Form.Item name="number_series" label={t('channels.series')} extra={t('channels.series_help')}>
                      <Input maxLength={40} />
                    </Form.Item>
                  </div>
                </Panel>
                <Panel title={t('channels.taking')}>
                  <div className="fields">
                    <Form.Item name="stock_policy" label={t('channels.stock_policy')}>
                      <EnumSelect of="stock_policy" values={stockPolicies} />
                    </Form.Item>
                    <Form.Item name="payment_terms" label={t('channels.payment_terms')}>
                      <EnumSelect of="payment_terms" values={paymentTerms} />
                    </Form.Item>
                    <Form.Item name="shipping_method" label={t('channels.shipping_method')} extra={t('channels.shipping_help')}>
                      <Input maxLength={40} />
                    </Form.Item>
                  </div>
                  <Flag name="auto_open" />
                  <Flag name="prices_include_tax" />
                  <Flag name="hold_short_gifts" />
                </Panel>
                <Panel title={t('channels.rules.title')} note={t('channels.rules.note')}>
                  <Rules write={write} />
                </Panel>
              </div>
              <div className="stack">
              <HealthPanel code={channel.code} />
              <Panel title={t('channels.sourcing')}>
                <Form.Item name="locations" label={t('channels.locations')}>
                  <MasterSelect of="locations" many placeholder={t('channels.all_locations')} />
                </Form.Item>
                <Flag name="allow_splits" />
                <Form.Item name="max_splits" label={t('channels.max_splits')} extra={t('channels.max_splits_help')}>
                  <InputNumber min={0} style={{ width: '100%' }} />
                </Form.Item>
                <Flag name="whole_lines" />
                <Flag name="ship_complete" />
                <Form.Item noStyle shouldUpdate={(a, b) => a.currency !== b.currency}>
                  {() => (
                    <Form.Item name="minimum_shipment" label={t('channels.minimum')}>
                      <PriceInput currency={(form.getFieldValue('currency') as string) || company.currency} />
                    </Form.Item>
                  )}
                </Form.Item>
              </Panel>
              </div>
            </div>
          </div>
        )}
      </RecordForm>
    </div>
  );
}
