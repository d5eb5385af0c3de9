// A parcel's tracking number, and the way to enter it: a carrier outside gives its number at the desk, or days later.
import { useQueryClient } from '@tanstack/react-query';
import { App, Button, Form, Input, InputNumber } from 'antd';
import { useState } from 'react';
import { sendPath } from '../api/client';
import { useMay } from '../api/session';
import { useTranslation } from '../i18n';
import { settled } from './difference';
import { FormDialog } from './record';

interface Parcel {
  id: string;
  tracking_number?: string | undefined;
  weight_g?: number | undefined;
  carrier?: string | undefined;
  state?: string | undefined;
}

/** `href`: the carrier's page of it. */
export function ParcelNumber({ parcel, carrier, href, label }: { parcel: Parcel; carrier?: string | undefined; href?: string | undefined; label?: boolean }) {
  const { t } = useTranslation();
  const may = useMay();
  const [open, setOpen] = useState(false);
  const number = parcel.tracking_number;
  const what = number ? t('parcel.change_of', { number }) : t('parcel.enter');
  return (
    <>
      <span className="mono">
        {number && href ? (
          <a href={href} target="_blank" rel="noopener noreferrer">
            {number}
          </a>
        ) : (
          (number ?? (label ? t('parcel.no_number') : '—'))
        )}
      </span>{' '}
      {may('fulfillment.work') && parcel.state !== 'voided' && (
        <Button type="link" size="small" className="no-print" aria-label={what} onClick={() => setOpen(true)}>
          {number ? t('common.edit') : what}
        </Button>
      )}
      {open && <NumberDialog parcel={parcel} carrier={parcel.carrier ?? carrier} onClose={() => setOpen(false)} />}
    </>
  );
}

function NumberDialog({ parcel, carrier, onClose }: { parcel: Parcel; carrier: string | undefined; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const client = useQueryClient();
  return (
    <FormDialog
      title={parcel.tracking_number ? t('parcel.change_of', { number: parcel.tracking_number }) : t('parcel.enter')}
      ok={t('common.save')}
      width={460}
      initial={{ tracking_number: parcel.tracking_number, weight_g: parcel.weight_g }}
      send={(values: { tracking_number?: string; weight_g?: number | null }) => sendPath('PATCH', `/v1/parcels/${parcel.id}`, settled({ ...values, tracking_number: values.tracking_number?.trim() }))}
      onDone={() => {
        for (const key of ['fulfillments', 'orders', 'shipments']) void client.invalidateQueries({ queryKey: [key] });
        void message.success(t('common.saved'));
        onClose();
      }}
      onClose={onClose}
    >
      {carrier && <p className="panel-note">{t('parcel.note', { carrier })}</p>}
      <Form.Item name="tracking_number" label={t('parcel.tracking')} rules={[{ required: true, whitespace: true, message: t('common.required') }]}>
        <Input autoFocus maxLength={64} className="mono" autoComplete="off" spellCheck={false} />
      </Form.Item>
      <Form.Item name="weight_g" label={t('parcel.weight_g')}>
        <InputNumber min={1} precision={0} />
      </Form.Item>
    </FormDialog>
  );
}
