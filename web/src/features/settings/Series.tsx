import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Form, Input, InputNumber } from 'antd';
import { useState } from 'react';
import { patchPath, readPath, type Schemas } from '../../shared/api/client';
import { useMay } from '../../shared/api/session';
import { EnumSelect, FormDialog, Panel } from '../../shared/desk';
import { difference } from '../../shared/desk/difference';
import { useTranslation } from '../../shared/i18n';
import { Loaded } from '../../shared/ui';
import { SettingsScreen } from './Tabs';

type NumberSeries = Schemas['NumberSeries'] & { code: string };

const looks = (one: NumberSeries) => `${one.prefix ?? ''}${String(one.next_value ?? 1).padStart(one.digits ?? 0, '0')}`;

export function Series() {
  const { t } = useTranslation();
  const may = useMay();
  const client = useQueryClient();
  const [editing, setEditing] = useState<NumberSeries>();
  const found = useQuery({ queryKey: ['number_series'], queryFn: () => readPath<{ data: NumberSeries[] }>('/v1/number_series', { limit: 100 }) });
  const body = ({ data }: NonNullable<typeof found.data>) => {
    return (
      <Panel title={t('settings.tabs.series')} note={t('settings.series.text')} flush>
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">{t('common.code')}</th>
              <th scope="col">{t('settings.series.prefix')}</th>
              <th scope="col">{t('settings.series.mode')}</th>
              <th scope="col" className="num">
                {t('settings.series.digits')}
              </th>
              <th scope="col">{t('settings.series.example')}</th>
              <th scope="col">
                <span className="hidden">{t('common.actions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {data.map((one) => (
              <tr key={one.code}>
                <th scope="row" className="mono">
                  {one.code}
                </th>
                <td className="mono">{one.prefix}</td>
                <td>{t(`enum.series_mode.${one.mode}`)}</td>
                <td className="num">{one.digits}</td>
                <td className="mono">{looks(one)}</td>
                <td className="num">
                  {may('master.write') && (
                    <Button size="small" onClick={() => setEditing(one)}>
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
  return (
    <SettingsScreen at="series">
      <Loaded of={found} rows={4}>
        {body}
      </Loaded>
      {editing && (
        <FormDialog
          title={t('settings.series.edit', { code: editing.code })}
          ok={t('common.save')}
          width={460}
          initial={editing}
          send={(values: NumberSeries) => patchPath(`/v1/number_series/${editing.code}`, difference(editing, values, ['prefix', 'mode', 'digits']), editing.version)}
          onDone={() => {
            void client.invalidateQueries({ queryKey: ['number_series'] });
            setEditing(undefined);
          }}
          onClose={() => setEditing(undefined)}
        >
          <Form.Item name="prefix" label={t('settings.series.prefix')}>
            <Input maxLength={12} autoFocus />
          </Form.Item>
          <Form.Item name="mode" label={t('settings.series.mode')} extra={t('settings.series.mode_help')}>
            <EnumSelect of="series_mode" values={['sequential', 'random']} />
          </Form.Item>
          <Form.Item name="digits" label={t('settings.series.digits')}>
            <InputNumber min={1} max={18} precision={0} style={{ width: 120 }} />
          </Form.Item>
        </FormDialog>
      )}
    </SettingsScreen>
  );
}
