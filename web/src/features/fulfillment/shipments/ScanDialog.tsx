// Somebody was told by phone what happened to a parcel: said like a scan of the carrier.
import { useQueryClient } from '@tanstack/react-query';
import { App, Form, Input } from 'antd';
import { sendPath } from '../../../shared/api/client';
import { EnumSelect, FormDialog } from '../../../shared/desk';
import { settled } from '../../../shared/desk/difference';
import { useTranslation } from '../../../shared/i18n';
import type { Parcel } from '../api';

const statuses = ['in_transit', 'out_for_delivery', 'delivered', 'available_for_pickup', 'failure', 'return_to_sender'] as const;

export function ScanDialog({ parcel, onClose }: { parcel: Parcel; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const client = useQueryClient();
  const need = [{ required: true, message: t('common.required') }];
  return (
    <FormDialog
      title={t('fulfillment.scan.title', { number: parcel.tracking_number ?? parcel.id })}
      ok={t('fulfillment.scan.do')}
      width={460}
      send={(values) => sendPath('POST', `/v1/parcels/${parcel.id}/tracking_events`, { ...(settled(values) as object), occurred_at: new Date().toISOString() })}
      onDone={() => {
        for (const key of ['fulfillments', 'orders', 'shipments']) void client.invalidateQueries({ queryKey: [key] });
        void message.success(t('common.saved'));
        onClose();
      }}
      onClose={onClose}
    >
      <p className="panel-note">{t('fulfillment.scan.note')}</p>
      <Form.Item name="status" label={t('fulfillment.tracking_state')} rules={need}>
        <EnumSelect of="tracking_status" values={statuses} />
      </Form.Item>
      <Form.Item name="place" label={t('fulfillment.scan.place')}>
        <Input maxLength={120} />
      </Form.Item>
      <Form.Item name="description" label={t('fulfillment.scan.said')}>
        <Input maxLength={200} />
      </Form.Item>
    </FormDialog>
  );
}
