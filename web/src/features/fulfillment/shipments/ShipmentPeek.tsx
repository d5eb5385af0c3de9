import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { App, Button } from 'antd';
import { useState } from 'react';
import { readPath, sendPath } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/session';
import { ParcelNumber } from '../../../shared/desk/ParcelNumber';
import { dateTime, weekday } from '../../../shared/format';
import { carrierPage } from '../../../shared/format/carrier';
import { useTranslation } from '../../../shared/i18n';
import { Bones, EnumTag, useProblemText } from '../../../shared/ui';
import type { Fulfillment, Parcel } from '../api';
import { seenStatus, troubleOf } from '../due';
import { useNow } from '../words';
import { cause, useFollowed } from './followed';
import { ScanDialog } from './ScanDialog';

interface Report extends Parcel {
  tracking_events?: { occurred_at: string; status: string; description?: string; place?: string }[];
}
interface Shipment {
  id: string;
  voided: boolean;
  manifested: boolean;
}

export function ShipmentPeek({ row }: { row: Fulfillment }) {
  const { t } = useTranslation();
  const may = useMay();
  const client = useQueryClient();
  const { message, modal } = App.useApp();
  const problemText = useProblemText();
  const followed = useFollowed([row.id]);
  const shipments = useQuery({
    queryKey: ['shipments', 'of', row.order_id],
    queryFn: ({ signal }) => readPath<{ data: (Shipment & { fulfillment_id: string })[] }>('/v1/shipments', { order: row.order_id }, signal),
  });
  const carrier = useQuery({ queryKey: ['carriers', 'one', row.carrier], enabled: Boolean(row.carrier), staleTime: 300_000, queryFn: ({ signal }) => readPath<{ tracking_url?: string }>(`/v1/carriers/${encodeURIComponent(row.carrier ?? '')}`, {}, signal) });
  const [scanning, setScanning] = useState<Parcel>();
  const shipment = shipments.data?.data.find((one) => one.fulfillment_id === row.id && !one.voided);
  const now = useNow(60_000);
  const trouble = troubleOf(row, now);
  const view = followed.data?.get(row.id);
  const last = view?.changes?.at(-1);
  const zone = view?.time_zone;
  const underWay = row.state === 'shipped' || row.state === 'ready_for_pickup';
  const arrived = (row.parcels ?? []).some((parcel) => parcel.delivered_at);

  const passed = underWay && !arrived && Date.parse(view?.deliver_by ?? row.deliver_by ?? '') < now;

  const pages = (row.parcels ?? []).flatMap((parcel) => {
    const page = parcel.delivered_at ? undefined : carrierPage(carrier.data?.tracking_url, parcel.tracking_number);
    return page ? [{ parcel, page }] : [];
  });

  const withdraw = () =>
    modal.confirm({
      title: t('fulfillment.void_title', { order: row.order_number ?? '' }),
      content: t('fulfillment.void_text'),
      okText: t('fulfillment.void'),
      okButtonProps: { danger: true },
      cancelText: t('common.cancel'),
      onOk: async () => {
        try {
          await sendPath('POST', `/v1/shipments/${shipment?.id}/void`, {});
          void message.success(t('fulfillment.voided'));
          for (const key of ['fulfillments', 'orders', 'shipments']) void client.invalidateQueries({ queryKey: [key] });
        } catch (error) {
          void message.error(problemText(error));
        }
      },
    });
  const copy = async () => {
    try {
      const { path } = await readPath<{ path: string }>(`/v1/orders/${row.order_id}/tracking_link`, {});
      await navigator.clipboard.writeText(location.origin + path);
      void message.success(t('common.copied'));
    } catch (error) {
      void message.error(problemText(error));
    }
  };
  return (
    <div className="panel-body col gap-16">
      <div className="row wrap">
        <strong>{row.order_number}</strong>
        <EnumTag of="fulfillment_state" value={row.state} />
      </div>
      {trouble && (
        <div className="exceptions-note col">
          <span>{t(`fulfillment.remedy.${trouble}`)}</span>
          <span className="row wrap">
            {pages.map(({ parcel, page }) => (
              <a key={parcel.id} className="btn" href={page} target="_blank" rel="noreferrer noopener">
                {t('fulfillment.ask_carrier')}
              </a>
            ))}
            <button type="button" className="btn" onClick={() => void copy()}>
              {t('fulfillment.copy_link')}
            </button>
            {(trouble === 'return_to_sender' || trouble === 'failure') && (
              <Link to={`/orders/${row.order_id}` as never} className="btn">
                {t(`fulfillment.remedy_act.${trouble}`)}
              </Link>
            )}
          </span>
        </div>
      )}
      <dl className="facts">
        <dt>{t('fulfillment.promised')}</dt>
        <dd>{weekday(view?.promised ?? row.deliver_by, zone)}</dd>
        <dt>{t('fulfillment.now_expected')}</dt>
        <dd>{arrived ? t('fulfillment.arrived') : underWay && view?.deliver_by ? (passed ? t('fulfillment.no_new_day') : weekday(view.deliver_by, zone)) : '—'}</dd>
        {(last || passed) && (
          <>
            <dt>{t('fulfillment.slipped')}</dt>
            <dd>{cause(t, passed ? row : undefined, last?.reason)}</dd>
          </>
        )}
        <dt>{t('fulfillment.col.carrier')}</dt>
        <dd>{[row.carrier, row.service].filter(Boolean).join(' · ')}</dd>
        <dt>{t('fulfillment.shipped_at')}</dt>
        <dd>{dateTime(row.shipped_at)}</dd>
      </dl>
      {(row.parcels ?? []).map((parcel) => (
        <ParcelScans key={parcel.id} parcel={parcel} {...(may('fulfillment.work') && row.state === 'shipped' && !parcel.delivered_at ? { onSay: () => setScanning(parcel) } : {})} />
      ))}
      <div className="row wrap">
        <Link to={`/fulfillments/${row.id}` as never}>{t('fulfillment.open_work')}</Link>
        <Link to={`/orders/${row.order_id}` as never}>{t('fulfillment.open_order')}</Link>
        <Button size="small" onClick={() => void copy()}>
          {t('fulfillment.copy_link')}
        </Button>
        {may('fulfillment.work') && shipment && !shipment.manifested && !arrived && row.state === 'shipped' && (
          <Button size="small" danger onClick={withdraw}>
            {t('fulfillment.void')}
          </Button>
        )}
      </div>
      {scanning && <ScanDialog parcel={scanning} onClose={() => setScanning(undefined)} />}
    </div>
  );
}

function ParcelScans({ parcel, onSay }: { parcel: Parcel; onSay?: () => void }) {
  const { t } = useTranslation();
  const report = useQuery({ queryKey: ['shipments', 'parcel', parcel.id], queryFn: ({ signal }) => readPath<Report>(`/v1/parcels/${parcel.id}`, {}, signal) });
  const events = (report.data?.tracking_events ?? []).toReversed();
  return (
    <section className="parcel-scans">
      <h3 className="row wrap">
        <ParcelNumber parcel={parcel} label />
        <EnumTag of="tracking_status" value={seenStatus(parcel.tracking_status)} />
      </h3>
      {report.isPending && <Bones rows={2} />}
      <ol>
        {events.map((event) => (
          <li key={`${event.occurred_at} ${event.status}`}>
            <time dateTime={event.occurred_at}>{dateTime(event.occurred_at)}</time>
            <span>
              {t(`enum.tracking_status.${event.status}`, { defaultValue: event.status })}
              {(event.place || event.description) && <small className="muted">{[event.place, event.description].filter(Boolean).join(' · ')}</small>}
            </span>
          </li>
        ))}
      </ol>
      {report.isSuccess && !events.length && <p className="muted">{t('fulfillment.not_scanned')}</p>}
      {onSay && (
        <Button size="small" onClick={onSay}>
          {t('fulfillment.scan.do')}
        </Button>
      )}
    </section>
  );
}
