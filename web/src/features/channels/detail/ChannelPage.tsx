import { Link, useParams } from '@tanstack/react-router';
import { Form, Input, InputNumber, Switch } from 'antd';
import { useMay } from '../../../shared/api/session';
import { CurrencySelect, EnumSelect, LanguageSelect, MasterPage, MasterSelect, Panel, PriceInput, RecordForm, useCompany } from '../../../shared/desk';
import { useTranslation } from '../../../shared/i18n';
import { channelKinds, paymentTerms, stockPolicies, works, type Channel } from '../api';
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
  const may = useMay();
  const company = useCompany();
  return (
    <MasterPage<Channel>
      resource="channels"
      code={code}
      title="channels.title"
      works={works}
      links={(channel) =>
        may('order.read') && (
          <Link to={'/orders' as never} search={{ channel: channel.code } as never} className="btn">
            {t('channels.orders')}
          </Link>
        )
      }
    >
      {(channel, record) => (
        <RecordForm<Channel> key={code} labels={labels} {...record}>
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
                    <Rules write={record.may} />
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
      )}
    </MasterPage>
  );
}
