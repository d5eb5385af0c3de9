import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Form, Input } from 'antd';
import { useState } from 'react';
import { patchPath, readPath, sendPath, type Schemas } from '../../shared/api/client';
import { useMay } from '../../shared/api/session';
import { CountrySelect, countryName, FormDialog, Panel } from '../../shared/desk';
import { difference, settled } from '../../shared/desk/difference';
import { percent } from '../../shared/format';
import { useTranslation } from '../../shared/i18n';
import { Empty, Loaded, useProblemText } from '../../shared/ui';
import { PercentInput } from './Percent';
import { SettingsScreen } from './Tabs';

type TaxRate = Schemas['TaxRate'] & { id: string };

export function Tax() {
  const { t } = useTranslation();
  const may = useMay();
  const { message, modal } = App.useApp();
  const problemText = useProblemText();
  const client = useQueryClient();
  const [editing, setEditing] = useState<TaxRate | 'new'>();
  const found = useQuery({ queryKey: ['tax_rates', 'list'], queryFn: () => readPath<{ data: TaxRate[] }>('/v1/tax_rates', { limit: 200, sort: 'category' }) });
  const again = () => void client.invalidateQueries({ queryKey: ['tax_rates'] });
  const remove = useMutation({
    mutationFn: (rate: TaxRate) => sendPath('DELETE', `/v1/tax_rates/${rate.id}`, undefined, undefined, undefined, rate.version),
    onSettled: again,
    onError: (error) => void message.error(problemText(error)),
  });
  const write = may('master.write');
  const rate = editing === 'new' ? undefined : editing;
  const shown = (one: TaxRate) => percent(Number(one.rate), 4);
  const body = ({ data }: NonNullable<typeof found.data>) => {
    if (!data.length) return <Empty title={t('settings.tax.empty')}>{t('settings.tax.text')}</Empty>;
    return (
      <Panel title={t('settings.tabs.tax')} note={t('settings.tax.text')} flush>
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">{t('settings.tax.category')}</th>
              <th scope="col">{t('settings.tax.country')}</th>
              <th scope="col">{t('settings.tax.region')}</th>
              <th scope="col" className="num">
                {t('settings.tax.rate')}
              </th>
              <th scope="col">
                <span className="hidden">{t('common.actions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {data.map((one) => (
              <tr key={one.id}>
                <th scope="row">{one.category}</th>
                <td>{one.country ? countryName(one.country) : t('settings.tax.everywhere')}</td>
                <td>{one.region}</td>
                <td className="num">{shown(one)}</td>
                <td className="num">
                  {write && (
                    <>
                      <Button size="small" onClick={() => setEditing(one)}>
                        {t('common.edit')}
                      </Button>{' '}
                      <Button
                        size="small"
                        type="text"
                        aria-label={t('common.delete')}
                        icon={<DeleteOutlined aria-hidden />}
                        onClick={() =>
                          modal.confirm({
                            title: t('settings.tax.remove_sure'),
                            content: t('settings.tax.remove_text', { rate: shown(one), category: one.category }),
                            okText: t('common.delete'),
                            okButtonProps: { danger: true },
                            cancelText: t('common.cancel'),
                            onOk: () => remove.mutateAsync(one).catch(() => undefined),
                          })
                        }
                      />
                    </>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Panel>
    );
  };
  return (
    <SettingsScreen at="tax"
      actions={
        write && (
          <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setEditing('new')}>
            {t('settings.tax.add')}
          </Button>
        )
      }
    >
      <Loaded of={found} rows={5}>
        {body}
      </Loaded>
      {editing && (
        <FormDialog
          title={rate ? t('settings.tax.edit') : t('settings.tax.add')}
          ok={rate ? t('common.save') : t('common.create')}
          width={480}
          initial={rate ?? {}}
          send={(values: TaxRate) => (rate ? patchPath(`/v1/tax_rates/${rate.id}`, difference(rate, values, ['category', 'country', 'region', 'rate']), rate.version) : sendPath('POST', '/v1/tax_rates', settled(values)))}
          onDone={() => {
            again();
            setEditing(undefined);
          }}
          onClose={() => setEditing(undefined)}
        >
          <Form.Item name="category" label={t('settings.tax.category')} rules={[{ required: true, message: t('common.required') }]}>
            <Input maxLength={32} autoFocus />
          </Form.Item>
          <Form.Item name="country" label={t('settings.tax.country')}>
            <CountrySelect placeholder={t('settings.tax.everywhere')} />
          </Form.Item>
          <Form.Item name="region" label={t('settings.tax.region')}>
            <Input maxLength={64} />
          </Form.Item>
          <Form.Item name="rate" label={t('settings.tax.percent')} rules={[{ required: true, message: t('settings.tax.number') }]}>
            <PercentInput />
          </Form.Item>
        </FormDialog>
      )}
    </SettingsScreen>
  );
}
