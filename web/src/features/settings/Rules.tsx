import { PlusOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Form, Input, InputNumber, Select, Switch } from 'antd';
import { useState } from 'react';
import { patchPath, readPath, sendPath, type Schemas } from '../../shared/api/client';
import { useMay } from '../../shared/api/session';
import { CountrySelect, CurrencySelect, EnumSelect, FormDialog, MasterSelect, Panel, PriceInput, useCompany } from '../../shared/desk';
import { difference, settled } from '../../shared/desk/difference';
import { duration, money, percent } from '../../shared/format';
import { useTranslation } from '../../shared/i18n';
import { Empty, Loaded, useProblemText } from '../../shared/ui';
import { PercentInput } from './Percent';
import { SettingsScreen } from './Tabs';

type Rule = Schemas['ReviewRule'] & { id: string; target_hours?: number };
const types = ['stock_short', 'payment_mismatch', 'total_mismatch', 'blocked_customer', 'velocity', 'amount_outlier', 'address', 'price_deviation', 'probable_duplicate'] as const;
const parts = ['name', 'company', 'line1', 'line2', 'city', 'region', 'postal_code', 'phone'] as const;
const edited = ['name', 'channels', 'params', 'owner_role', 'expire_hours', 'target_hours'];
const roles = ['owner', 'admin', 'manager', 'service', 'warehouse', 'finance'] as const;

function useSummary() {
  const { t } = useTranslation();
  const company = useCompany();
  return ({ type, params = { required: [], countries: [] } }: Rule): string => {
    switch (type) {
      case 'velocity':
        return t('settings.rules.sum_velocity', { orders: params.orders ?? 0, span: duration((params.window_minutes ?? 0) * 60_000) });
      case 'amount_outlier':
        return t('settings.rules.sum_amount', { amount: money(params.amount ?? 0, params.currency ?? company.currency) });
      case 'price_deviation':
        return t('settings.rules.sum_deviation', { share: percent(Number(params.deviation ?? 0), 2) });
      case 'probable_duplicate':
        return t('settings.rules.sum_duplicate', { share: percent(Number(params.similarity ?? 0), 2), span: duration((params.window_minutes ?? 0) * 60_000) });
      case 'address':
        return [...(params.required ?? []).map((part) => t(`address.${part}`)), ...(params.countries ?? [])].join(', ');
      default:
        return '';
    }
  };
}

function Params({ type }: { type: string }) {
  const { t } = useTranslation();
  const company = useCompany();
  const window = (
    <Form.Item name={['params', 'window_minutes']} label={t('settings.rules.window')}>
      <InputNumber min={1} style={{ width: '100%' }} />
    </Form.Item>
  );
  switch (type) {
    case 'velocity':
      return (
        <>
          <Form.Item name={['params', 'orders']} label={t('settings.rules.orders')}>
            <InputNumber min={1} style={{ width: '100%' }} />
          </Form.Item>
          {window}
        </>
      );
    case 'amount_outlier':
      return (
        <>
          <Form.Item noStyle shouldUpdate>
            {({ getFieldValue }) => (
              <Form.Item name={['params', 'amount']} label={t('settings.rules.amount')}>
                <PriceInput currency={(getFieldValue(['params', 'currency']) as string) || company.currency} />
              </Form.Item>
            )}
          </Form.Item>
          <Form.Item name={['params', 'currency']} label={t('settings.rules.currency')}>
            <CurrencySelect placeholder={company.currency} />
          </Form.Item>
        </>
      );
    case 'price_deviation':
      return (
        <Form.Item name={['params', 'deviation']} label={t('settings.rules.deviation')}>
          <PercentInput />
        </Form.Item>
      );
    case 'probable_duplicate':
      return (
        <>
          <Form.Item name={['params', 'similarity']} label={t('settings.rules.similarity')}>
            <PercentInput />
          </Form.Item>
          {window}
        </>
      );
    case 'address':
      return (
        <>
          <Form.Item name={['params', 'required']} label={t('settings.rules.required')}>
            <Select mode="multiple" options={parts.map((value) => ({ value, label: t(`address.${value}`) }))} />
          </Form.Item>
          <Form.Item name={['params', 'countries']} label={t('settings.rules.countries')}>
            <CountrySelect many />
          </Form.Item>
        </>
      );
    default:
      return null;
  }
}

export function Rules() {
  const { t } = useTranslation();
  const may = useMay();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const client = useQueryClient();
  const summary = useSummary();
  const [editing, setEditing] = useState<Rule | 'new'>();
  const [form] = Form.useForm();
  const found = useQuery({ queryKey: ['review_rules', 'list'], queryFn: () => readPath<{ data: Rule[] }>('/v1/review_rules', { limit: 200, sort: 'code' }) });
  const again = () => void client.invalidateQueries({ queryKey: ['review_rules'] });
  const turn = useMutation({
    mutationFn: ({ rule, enabled }: { rule: Rule; enabled: boolean }) => patchPath(`/v1/review_rules/${rule.id}`, { enabled }, rule.version),
    onSettled: again,
    onError: (error) => void message.error(problemText(error)),
  });
  const write = may('master.write');
  const nameOf = (rule: Rule) => rule.name ?? t(`enum.hold_type.${rule.type}`);
  const body = ({ data }: NonNullable<typeof found.data>) => {
    if (!data.length) return <Empty title={t('settings.rules.empty')}>{t('settings.rules.text')}</Empty>;
    return (
      <Panel title={t('settings.tabs.rules')} note={t('settings.rules.text')} flush>
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">{t('settings.rules.on')}</th>
              <th scope="col">{t('settings.rules.rule')}</th>
              <th scope="col">{t('settings.rules.params')}</th>
              <th scope="col">{t('settings.rules.channels')}</th>
              <th scope="col">{t('settings.rules.owner')}</th>
              <th scope="col">
                <span className="hidden">{t('common.actions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {data.map((rule) => (
              <tr key={rule.id}>
                <td>
                  <Switch size="small" disabled={!write} checked={rule.enabled} aria-label={t('settings.rules.switch', { name: nameOf(rule) })} onChange={(enabled) => turn.mutate({ rule, enabled })} />
                </td>
                <th scope="row" aria-label={nameOf(rule)}>
                  <span className="cell-stack">
                    <strong>{nameOf(rule)}</strong>
                    <small className="mono">{rule.code}</small>
                  </span>
                </th>
                <td>{summary(rule)}</td>
                <td>{rule.channels.join(', ') || t('settings.rules.all_channels')}</td>
                <td>{rule.owner_role ? t(`enum.role.${rule.owner_role}`, { defaultValue: rule.owner_role }) : t('settings.rules.owner_default')}</td>
                <td className="num">
                  {write && (
                    <Button size="small" onClick={() => setEditing(rule)}>
                      {t('common.edit')}
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Panel>
    );
  };
  const rule = editing === 'new' ? undefined : editing;
  const type = Form.useWatch('type', form) as string | undefined;
  return (
    <SettingsScreen at="rules"
      actions={
        write && (
          <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setEditing('new')}>
            {t('settings.rules.add')}
          </Button>
        )
      }
    >
      <Loaded of={found} rows={6}>
        {body}
      </Loaded>
      {editing && (
        <FormDialog
          key={rule?.id ?? 'new'}
          form={form}
          title={rule ? t('settings.rules.edit', { name: nameOf(rule) }) : t('settings.rules.add')}
          ok={rule ? t('common.save') : t('common.create')}
          width={620}
          initial={rule ?? { type: 'velocity', params: {} }}
          send={(values: Rule) => (rule ? patchPath(`/v1/review_rules/${rule.id}`, difference(rule, values, edited), rule.version) : sendPath('POST', '/v1/review_rules', settled(values)))}
          onDone={() => {
            form.resetFields();
            again();
            setEditing(undefined);
          }}
          onClose={() => {
            form.resetFields();
            setEditing(undefined);
          }}
        >
          <div className="fields">
            {!rule && (
              <>
                <Form.Item name="code" label={t('common.code')} rules={[{ required: true, pattern: /^[a-z0-9._-]{1,40}$/, message: t('channels.code_format') }]}>
                  <Input maxLength={40} autoFocus autoCapitalize="none" />
                </Form.Item>
                <Form.Item name="type" label={t('settings.rules.type')}>
                  <EnumSelect of="hold_type" values={types} />
                </Form.Item>
              </>
            )}
            <Form.Item name="name" label={t('common.name')}>
              <Input maxLength={120} />
            </Form.Item>
            <Params type={rule?.type ?? type ?? 'velocity'} />
            <Form.Item name="channels" label={t('settings.rules.channels')}>
              <MasterSelect of="channels" many placeholder={t('settings.rules.all_channels')} />
            </Form.Item>
            <Form.Item name="owner_role" label={t('settings.rules.owner')}>
              <EnumSelect of="role" values={roles} allowClear placeholder={t('settings.rules.owner_default')} />
            </Form.Item>
            <Form.Item name="target_hours" label={t('settings.rules.target')} extra={t('settings.rules.target_help')}>
              <InputNumber min={0} style={{ width: '100%' }} />
            </Form.Item>
            <Form.Item name="expire_hours" label={t('settings.rules.expire')} extra={t('settings.rules.expire_help')}>
              <InputNumber min={0} style={{ width: '100%' }} />
            </Form.Item>
          </div>
        </FormDialog>
      )}
    </SettingsScreen>
  );
}
