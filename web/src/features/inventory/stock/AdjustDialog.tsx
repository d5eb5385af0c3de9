// Stock is counted or corrected: several products in one document, with a reason.
import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { App, Button, Form, Input, InputNumber, Segmented } from 'antd';
import { sendPath } from '../../../shared/api/client';
import { EnumSelect, FormDialog, MasterSelect, SkuSelect } from '../../../shared/desk';
import { settled } from '../../../shared/desk/difference';
import { quantity } from '../../../shared/format';
import { useState } from 'react';
import { useTranslation } from '../../../shared/i18n';
import { conditions, type Stock } from '../api';

interface Adjusted {
  lines: { displaced?: number }[];
}

export function AdjustDialog({ rows, onClose }: { rows: readonly Stock[]; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [mode, setMode] = useState<'counted' | 'delta'>('counted');
  const location = rows[0]?.location;
  const here = rows.filter((row) => row.location === location);
  const first = here.length ? here.map(({ sku, lot, condition }) => ({ sku, lot: lot || undefined, condition })) : [{ condition: 'good' }];
  const need = [{ required: true, message: t('common.required') }];
  const send = (values: { location: string; reason: string; lines: Record<string, unknown>[] }) =>
    sendPath<Adjusted>(
      'POST',
      '/v1/stock/adjustments',
      settled({
        ...values,
        lines: values.lines.map(({ sku, lot, condition, ...line }) => ({ sku, lot, condition, [mode]: line[mode] })),
      }),
    );
  return (
    <FormDialog<Adjusted>
      title={t('inventory.adjust')}
      ok={t('inventory.adjust_do')}
      width={820}
      initial={{ location, lines: first }}
      send={send}
      onDone={({ lines }) => {
        const displaced = lines.reduce((sum, line) => sum + (line.displaced ?? 0), 0);
        if (displaced > 0) void message.warning(t('inventory.displaced', { n: quantity(displaced) }), 8);
        else void message.success(t('inventory.adjusted'));
        void client.invalidateQueries({ queryKey: ['stock'] });
        void client.invalidateQueries({ queryKey: ['movements'] });
        onClose();
      }}
      onClose={onClose}
    >
      <div className="fields">
        <Form.Item name="location" label={t('inventory.location')} rules={need}>
          <MasterSelect of="locations" />
        </Form.Item>
        <Form.Item name="reason" label={t('inventory.reason')} rules={need}>
          <Input maxLength={500} placeholder={t('inventory.reason_hint')} />
        </Form.Item>
        <Form.Item label={t('inventory.mode')} className="wide">
          <Segmented
            aria-label={t('inventory.mode')}
            value={mode}
            onChange={(next) => setMode(next as 'counted')}
            options={[
              { value: 'counted', label: t('inventory.mode_count') },
              { value: 'delta', label: t('inventory.mode_delta') },
            ]}
          />
        </Form.Item>
      </div>
      <Form.List name="lines">
        {(fields, { add, remove }) => (
          <div className="lines">
            <div className="line line-head" style={{ gridTemplateColumns: columns }} aria-hidden="true">
              <span>{t('inventory.sku')}</span>
              <span>{t(mode === 'counted' ? 'inventory.counted' : 'inventory.delta')}</span>
              <span>{t('inventory.lot')}</span>
              <span>{t('inventory.condition')}</span>
            </div>
            {fields.map(({ key, name }) => (
              <div key={key} className="line" style={{ gridTemplateColumns: columns }}>
                <Form.Item name={[name, 'sku']} rules={need}>
                  <SkuSelect aria-label={t('inventory.sku')} />
                </Form.Item>
                <Form.Item key={mode} name={[name, mode]} rules={need}>
                  <InputNumber aria-label={t(mode === 'counted' ? 'inventory.counted' : 'inventory.delta')} style={{ width: '100%' }} {...(mode === 'counted' ? { min: 0 } : {})} />
                </Form.Item>
                <Form.Item name={[name, 'lot']}>
                  <Input aria-label={t('inventory.lot')} maxLength={64} />
                </Form.Item>
                <Form.Item name={[name, 'condition']}>
                  <EnumSelect aria-label={t('inventory.condition')} of="condition" values={conditions} />
                </Form.Item>
                <Button type="text" disabled={fields.length === 1} aria-label={t('inventory.remove_line')} icon={<DeleteOutlined aria-hidden />} onClick={() => remove(name)} />
              </div>
            ))}
            <div>
              <Button icon={<PlusOutlined aria-hidden />} onClick={() => add({ condition: 'good' })}>
                {t('inventory.add_line')}
              </Button>
            </div>
          </div>
        )}
      </Form.List>
    </FormDialog>
  );
}
const columns = 'minmax(0, 2.2fr) minmax(90px, 1fr) minmax(80px, 1fr) minmax(100px, 1fr) 32px';

export function SafetyDialog({ row, onClose }: { row: Stock; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { message } = App.useApp();
  return (
    <FormDialog
      title={t('inventory.set_safety_title', { sku: row.sku, location: row.location })}
      ok={t('common.save')}
      width={420}
      initial={{ safety: row.safety }}
      send={({ safety }) => sendPath('POST', '/v1/stock/safety', { location: row.location, sku: row.sku, safety })}
      onDone={() => {
        void client.invalidateQueries({ queryKey: ['stock'] });
        void message.success(t('common.saved'));
        onClose();
      }}
      onClose={onClose}
    >
      <p className="panel-note">{t('inventory.set_safety_text')}</p>
      <Form.Item name="safety" label={t('inventory.safety')} rules={[{ required: true, message: t('common.required') }]}>
        <InputNumber min={0} style={{ width: 160 }} autoFocus />
      </Form.Item>
    </FormDialog>
  );
}
