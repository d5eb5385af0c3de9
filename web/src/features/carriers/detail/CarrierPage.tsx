import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { App, Button, Form, Input } from 'antd';
import { keep } from '../../../shared/api/keep';
import { patchPath, readPath } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/session';
import { CurrencySelect, EnumSelect, PageHead, Panel, RecordForm, useCompany } from '../../../shared/desk';
import { useTranslation } from '../../../shared/i18n';
import { Bones, StatusTag, Trouble, useProblemText } from '../../../shared/ui';
import { carrierKinds, type Carrier } from '../api';
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
  const { message, modal } = App.useApp();
  const problemText = useProblemText();
  const may = useMay();
  const client = useQueryClient();
  const company = useCompany();
  const path = `/v1/carriers/${encodeURIComponent(code)}`;
  const key = ['carriers', 'one', code];
  const read = () => readPath<Carrier>(path, {});
  const found = useQuery({ queryKey: key, queryFn: read });
  const took = (record: Carrier) => {
    keep(client, key, record);
    void client.invalidateQueries({ queryKey: ['carriers', 'list'] });
  };
  const use = useMutation({
    mutationFn: (active: boolean) => patchPath<Carrier>(path, { active }, found.data?.version),
    onSuccess: took,
    onError: (error) => void message.error(problemText(error)),
  });
  if (found.isPending) return <Bones rows={12} />;
  if (found.isError) return <Trouble error={found.error} retry={() => void found.refetch()} />;
  const carrier = found.data;
  const name = carrier.name ?? carrier.code;
  const write = may('master.write');
  const currency = carrier.currency ?? company.currency;
  return (
    <div className="screen page">
      <PageHead
        back="/carriers"
        backLabel={t('carriers.title')}
        title={name}
        tags={
          <>
            <span className="mono muted">{carrier.code}</span>
            <StatusTag tone={carrier.active ? 'good' : 'quiet'}>{t(carrier.active ? 'carriers.active' : 'carriers.inactive')}</StatusTag>
          </>
        }
        actions={
          write &&
          (carrier.active ? (
            <Button
              loading={use.isPending}
              onClick={() =>
                modal.confirm({
                  title: t('carriers.stop_sure', { name }),
                  content: t('carriers.stop_text'),
                  okText: t('carriers.stop'),
                  cancelText: t('common.cancel'),
                  onOk: () => use.mutateAsync(false).catch(() => undefined),
                })
              }
            >
              {t('carriers.stop')}
            </Button>
          ) : (
            <Button type="primary" loading={use.isPending} onClick={() => use.mutate(true)}>
              {t('carriers.start')}
            </Button>
          ))
        }
      />
      <div className="screen-body">
        <div className="columns">
          <RecordForm<Carrier> key={code} name={`carrier.${code}`} record={carrier} labels={labels} may={write} save={(patch, version) => patchPath<Carrier>(path, patch, version)} reload={read} onSaved={took}>
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
                  <Services write={write} form={form} />
                </Panel>
                <Panel title={t('carriers.zones.title')} note={t('carriers.zones.note')}>
                  <Zones write={write} />
                </Panel>
                <Panel title={t('carriers.rates.title')} note={t('carriers.rates.note')}>
                  <Rates write={write} form={form} currency={currency} />
                </Panel>
              </div>
            )}
          </RecordForm>
          <QuotePanel carrier={carrier} />
        </div>
      </div>
    </div>
  );
}
