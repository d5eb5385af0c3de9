import { useParams } from '@tanstack/react-router';
import { Form, Input } from 'antd';
import { CurrencySelect, EnumSelect, MasterPage, Panel, RecordForm, useCompany } from '../../../shared/desk';
import { useTranslation } from '../../../shared/i18n';
import { carrierKinds, works, type Carrier } from '../api';
import { QuotePanel } from './Quote';
import { Rates, Services, Zones } from './Tables';

const labels = {
  name: 'common.name',
  kind: 'carriers.kind',
  currency: 'carriers.currency',
  tracking_prefix: 'carriers.prefix',
  tracking_url: 'carriers.url',
  services: 'carriers.services.title',
  zones: 'carriers.zones.title',
  rates: 'carriers.rates.title',
};

export function CarrierPage() {
  const { t } = useTranslation();
  const { code } = useParams({ strict: false }) as { code: string };
  const company = useCompany();
  return (
    <MasterPage<Carrier> resource="carriers" code={code} title="carriers.title" works={works}>
      {(carrier, record) => (
        <div className="screen-body">
          <div className="columns">
            <RecordForm<Carrier> key={code} labels={labels} {...record}>
              {(form) => (
                <div className="stack">
                  <Panel title={t('carriers.what')}>
                    <div className="fields">
                      <Form.Item name="name" label={t('common.name')}>
                        <Input maxLength={120} />
                      </Form.Item>
                      <Form.Item name="kind" label={t('carriers.kind')}>
                        <EnumSelect of="carrier_kind" values={carrierKinds} />
                      </Form.Item>
                      <Form.Item name="currency" label={t('carriers.currency')}>
                        <CurrencySelect />
                      </Form.Item>
                      <Form.Item name="tracking_prefix" label={t('carriers.prefix')} extra={t('carriers.prefix_help')} rules={[{ pattern: /^[A-Z]{0,4}$/, message: t('carriers.prefix_help') }]}>
                        <Input maxLength={4} />
                      </Form.Item>
                      <Form.Item name="tracking_url" label={t('carriers.url')} extra={t('carriers.url_help')} rules={[{ pattern: /^(https?:\/\/.*\{number\}.*)?$/, message: t('carriers.url_wrong') }]} className="wide">
                        <Input maxLength={500} inputMode="url" spellCheck={false} />
                      </Form.Item>
                    </div>
                  </Panel>
                  <Panel title={t('carriers.services.title')} note={t('carriers.services.note')}>
                    <Services write={record.may} form={form} />
                  </Panel>
                  <Panel title={t('carriers.zones.title')} note={t('carriers.zones.note')}>
                    <Zones write={record.may} />
                  </Panel>
                  <Panel title={t('carriers.rates.title')} note={t('carriers.rates.note')}>
                    <Rates write={record.may} form={form} currency={carrier.currency ?? company.currency} />
                  </Panel>
                </div>
              )}
            </RecordForm>
            <QuotePanel carrier={carrier} />
          </div>
        </div>
      )}
    </MasterPage>
  );
}
