// What a shipment would cost and how long it takes, with what is saved.
import { useMutation } from '@tanstack/react-query';
import { Button, Form, Input, InputNumber, Select } from 'antd';
import { readPath } from '../../../shared/api/client';
import { CountrySelect, Panel } from '../../../shared/desk';
import { money } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { StatusTag, useProblemText } from '../../../shared/ui';
import type { Carrier, Quote } from '../api';

export function QuotePanel({ carrier }: { carrier: Carrier }) {
  const { t } = useTranslation();
  const problemText = useProblemText();
  const ask = useMutation({
    mutationFn: (values: Record<string, string | number | undefined>) => readPath<Quote>(`/v1/carriers/${encodeURIComponent(carrier.code)}/quote`, values),
  });
  const need = [{ required: true, message: t('common.required') }];
  const quote = ask.data;
  return (
    <Panel title={t('carriers.quote.title')} note={t('carriers.quote.note')}>
      <Form layout="vertical" requiredMark={false} initialValues={{ service: carrier.services?.[0]?.code, weight_g: 1000 }} onFinish={(values) => ask.mutate(values)}>
        <Form.Item name="service" label={t('carriers.quote.service')} rules={need}>
          <Select options={(carrier.services ?? []).map(({ code, name }) => ({ value: code, label: name ?? code }))} />
        </Form.Item>
        <Form.Item name="country" label={t('carriers.quote.country')} rules={need}>
          <CountrySelect />
        </Form.Item>
        <div className="fields" style={{ gridTemplateColumns: '1fr 1fr' }}>
          <Form.Item name="region" label={t('carriers.quote.region')}>
            <Input maxLength={120} />
          </Form.Item>
          <Form.Item name="postal_code" label={t('carriers.quote.postal')}>
            <Input maxLength={20} />
          </Form.Item>
        </div>
        <Form.Item name="from_country" label={t('carriers.quote.from')}>
          <CountrySelect />
        </Form.Item>
        <Form.Item name="weight_g" label={t('carriers.quote.weight')} rules={need}>
          <InputNumber min={1} style={{ width: '100%' }} />
        </Form.Item>
        <Button htmlType="submit" loading={ask.isPending}>
          {t('carriers.quote.ask')}
        </Button>
      </Form>
      <div aria-live="polite" style={{ marginTop: quote || ask.isError ? 16 : 0 }}>
        {ask.isError && <span style={{ color: 'var(--bad)' }}>{problemText(ask.error)}</span>}
        {quote && (
          <div className="col">
            <div className="row wrap">
              <StatusTag tone={quote.result === 'ok' ? 'good' : 'warn'}>{t(`enum.quote_result.${quote.result}`)}</StatusTag>
              {quote.price !== undefined && <strong style={{ fontSize: 20 }}>{money(quote.price, quote.currency ?? carrier.currency ?? 'USD')}</strong>}
            </div>
            <span className="muted">
              {[quote.zone && t('carriers.quote.zone', { zone: quote.zone }), quote.transit_days !== undefined && t('carriers.quote.days', { n: quote.transit_days })].filter(Boolean).join(' · ')}
            </span>
          </div>
        )}
      </div>
    </Panel>
  );
}
