// Fulfillments, their parcels, and where these are.
import { Link } from '@tanstack/react-router';
import { App, Button, Modal } from 'antd';
import { useState } from 'react';
import { useMay } from '../../../shared/api/session';
import { ParcelNumber } from '../../../shared/desk/ParcelNumber';
import { Panel } from '../../../shared/desk/record';
import { dateTime, quantity, weekday } from '../../../shared/format';
import { carrierPage } from '../../../shared/format/carrier';
import { useTranslation } from '../../../shared/i18n';
import { EnumTag, useProblemText } from '../../../shared/ui';
import { readOrder, useKeepOrder, useMasters, write, type Fulfillment, type Order } from '../api';
import { workStates } from '../reading';

interface Carrier {
  code: string;
  name: string;
  tracking_url?: string;
}
interface Place {
  code: string;
  name?: string;
  time_zone?: string;
}

export function Work({ order }: { order: Order }) {
  const { t } = useTranslation();
  const may = useMay();
  const carriers = useMasters<Carrier>('carriers', may('master.read'));
  const locations = useMasters<Place>('locations', may('master.read'));
  if (!order.fulfillments.length) return null;
  const named = (code: string) => locations.data?.data.find((one) => one.code === code)?.name ?? code;
  return (
    <Panel id="order-work" title={t('orders.work')} flush>
      <ul className="plain-list">
        {order.fulfillments.map((one) => (
          <FulfillmentRow key={one.id} order={order} one={one} zone={locations.data?.data.find(({ code }) => code === one.location)?.time_zone} place={named(one.location)} carriers={carriers.data?.data ?? []} />
        ))}
      </ul>
    </Panel>
  );
}

/** Work that nobody does any more leaves by no time. */
const ended = new Set(['cancelled', 'rejected']);

function FulfillmentRow({ order, one, place, zone, carriers }: { order: Order; one: Fulfillment; place: string; zone: string | undefined; carriers: Carrier[] }) {
  const { t } = useTranslation();
  const may = useMay();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const keep = useKeepOrder();
  const [asked, setAsked] = useState<string>();
  const [busy, setBusy] = useState(false);
  const action = Object.entries(workStates).find(([name, states]) => states.includes(one.state) && order.next_actions.includes(name))?.[0];
  const go = async () => {
    setBusy(true);
    try {
      await write('POST', `/v1/fulfillments/${one.id}/${asked}`, {}, one.version);
      setAsked(undefined);
    } catch (error) {
      void message.error(problemText(error));
    } finally {
      setBusy(false);
      keep(await readOrder(order.id));
    }
  };
  const what = (line: number) => {
    const found = order.lines.find((other) => other.line === line);
    return found?.name ?? found?.sku ?? String(line);
  };
  const steps = [one.picked_at, one.packed_at, one.shipped_at, one.closed_at];
  const names = ['picked', 'packed', one.state === 'handed_over' ? 'handed_over' : 'shipped', 'closed'];
  return (
    <li className="work">
      <div className="row wrap">
        <Link to={`/fulfillments/${one.id}` as never}>
          <strong>{place}</strong>
        </Link>
        <EnumTag of="fulfillment_state" value={one.state} />
        {(one.shipped_at || !ended.has(one.state)) && <span className="muted small">{t(one.shipped_at ? 'orders.work_arrives' : 'orders.work_by', { when: one.shipped_at ? weekday(one.deliver_by, zone) : dateTime(one.ship_by) })}</span>}
        <span className="grow" />
        {one.state !== 'cancelled' && one.state !== 'rejected' && (
          <span className="papers no-print">
            <a href={`/v1/fulfillments/${one.id}/packing_slip?format=pdf`} target="_blank" rel="noopener">
              {t('orders.slip')}
            </a>
            {!one.picked_at && (
              <a href={`/v1/fulfillments/${one.id}/pick_list?format=pdf`} target="_blank" rel="noopener">
                {t('orders.pick_list')}
              </a>
            )}
          </span>
        )}
        {action && may('fulfillment.work') && (
          <Button className="no-print" data-act={action} onClick={() => setAsked(action)}>
            {t(`orders.act.${action}`)}
          </Button>
        )}
      </div>
      <p className="small">{one.lines.filter((line) => line.quantity > 0).map((line) => t('orders.work_line', { n: quantity(line.quantity), what: what(line.line) })).join(' · ')}</p>
      <ol className="steps">
        {names.map((name, i) => (
          <li key={name} className={steps[i] ? 'did' : undefined}>
            <span>{t(`orders.step.${name}`)}</span>
            <span className="muted small">{steps[i] ? dateTime(steps[i]) : '–'}</span>
          </li>
        ))}
      </ol>
      {one.reason && <p className="small muted">{one.reason}</p>}
      {one.parcels.map((parcel) => {
        const carrier = carriers.find((other) => other.code === parcel.carrier);
        const href = carrierPage(carrier?.tracking_url, parcel.tracking_number);
        return (
          <div key={parcel.id} className="parcel">
            <ParcelIcon />
            <ParcelNumber parcel={parcel} carrier={carrier?.name ?? parcel.carrier} href={href} label />
            <span className="muted small">{carrier?.name ?? parcel.carrier ?? ''}</span>
            {parcel.tracking_status !== 'unknown' && <EnumTag of="tracking_status" value={parcel.tracking_status} />}
            <span className="muted small">{parcel.delivered_at ? dateTime(parcel.delivered_at) : parcel.tracked_at ? dateTime(parcel.tracked_at) : ''}</span>
            <a className="no-print" href={`/v1/parcels/${parcel.id}/label?format=pdf`} target="_blank" rel="noopener">
              {t('orders.parcel.label')}
            </a>
            {parcel.weight_g ? <span className="muted small">{t('orders.parcel.weight', { n: quantity(parcel.weight_g / 1000) })}</span> : null}
          </div>
        );
      })}
      {asked && (
        <Modal open title={t(`orders.board.ask_${asked}`, { order: order.number })} okText={t(`orders.act.${asked}`)} cancelText={t('common.cancel')} okButtonProps={{ loading: busy, autoFocus: true }} onOk={() => void go()} onCancel={() => setAsked(undefined)}>
          <p>{t(`orders.board.means_${asked}`)}</p>
          <p className="muted">{place}</p>
        </Modal>
      )}
    </li>
  );
}

function ParcelIcon() {
  return (
    <svg width="16" height="16" viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.3" aria-hidden="true">
      <path d="M2 4.5 8 1.8l6 2.7v7L8 14.2l-6-2.7zM2 4.5l6 2.7 6-2.7M8 7.2v7" strokeLinejoin="round" />
    </svg>
  );
}
