// What has left: those in trouble first, each with its remedy; promised, now expected and why; tracking and voiding.
import { Link } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { readPath } from '../../../shared/api/client';
import { choice, ListScreen, useMasters, usePlaceZone, type ListDefinition } from '../../../shared/desk';
import { dateTime, day, relative } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { EnumTag, StatusTag } from '../../../shared/ui';
import { useListState } from '../../../shared/views';
import type { Fulfillment } from '../api';
import { seenStatus, troubleOf, worstFirst, type Trouble } from '../due';
import '../fulfillment.css';
import { useNow } from '../words';
import { CutOffs } from './CutOffs';
import { cause, useFollowed, type Followed } from './followed';
import { ShipmentPeek } from './ShipmentPeek';

const left = ['shipped', 'ready_for_pickup', 'handed_over', 'not_collected', 'closed'] as const;
const LOOKED = 200;
const SHOWN = 4;

const statusOf = (row: Fulfillment) => seenStatus(row.parcels?.find((parcel) => !parcel.delivered_at)?.tracking_status ?? row.parcels?.[0]?.tracking_status);

export function Shipments() {
  const { t } = useTranslation();
  const state = useListState();
  const now = useNow(60_000);
  const places = useMasters('locations');
  const carriers = useMasters('carriers');
  const definition = useMemo<ListDefinition<Fulfillment>>(
    () => ({
      screen: 'shipments',
      resource: 'fulfillments',
      path: '/v1/fulfillments',
      title: 'fulfillment.nav_shipments',
      fixed: { expand: 'parcels' },
      defaults: { state: left.join(','), sort: '-created_at' },
      defaultSort: '-created_at',
      searchable: false,
      id: (row) => row.id,
      columns: [
        { id: 'order', title: 'fulfillment.col.order', file: 'order_number', width: 124, cell: (row) => <Link to={`/orders/${row.order_id}` as never}>{row.order_number}</Link> },
        { id: 'status', title: 'fulfillment.tracking_state', width: 130, tagged: true, cell: (row) => <EnumTag of="tracking_status" value={statusOf(row)} /> },
        {
          id: 'trouble',
          title: 'fulfillment.trouble_col',
          width: 136,
          tagged: true,
          cell: (row) => {
            const trouble = troubleOf(row, Date.now());
            return trouble ? <StatusTag tone={trouble === 'silent' ? 'warn' : 'bad'}>{t(`fulfillment.trouble.${trouble}`)}</StatusTag> : null;
          },
        },
        { id: 'promised', title: 'fulfillment.promised', file: 'deliver_by', width: 90, cell: (row) => day(row.deliver_by, places.data?.find(({ code }) => code === row.location)?.time_zone) },
        { id: 'number', title: 'fulfillment.tracking', width: 150, cell: (row) => <span className="mono">{row.parcels?.map((parcel) => parcel.tracking_number).filter(Boolean).join(', ')}</span> },
        { id: 'carrier', title: 'fulfillment.col.carrier', file: 'carrier', width: 170, grow: 1, cell: (row) => [carriers.data?.find(({ code }) => code === row.carrier)?.name ?? row.carrier, row.service].filter(Boolean).join(' · ') },
        { id: 'location', title: 'fulfillment.col.location', file: 'location', width: 90, cell: (row) => row.location },
        { id: 'state', title: 'common.state', file: 'state', width: 146, tagged: true, cell: (row) => <EnumTag of="fulfillment_state" value={row.state} /> },
        { id: 'shipped_at', title: 'fulfillment.shipped_at', file: 'shipped_at', width: 130, cell: (row) => dateTime(row.shipped_at) },
        { id: 'created_at', title: 'common.created', file: 'created_at', width: 130, sort: 'created_at', optional: true, cell: (row) => dateTime(row.created_at) },
      ],
      filters: [
        choice('state', 'common.state', 'fulfillment_state', left),
        { id: 'location', label: 'fulfillment.col.location', kind: 'choice', names: ['location'], options: (places.data ?? []).map((one) => ({ value: one.code, label: one.name ?? one.code })) },
        { id: 'carrier', label: 'fulfillment.col.carrier', kind: 'choice', names: ['carrier'], options: (carriers.data ?? []).map((one) => ({ value: one.code, label: one.name ?? one.code })) },
        { id: 'order_number', label: 'fulfillment.col.order', kind: 'text', names: ['order_number'] },
        { id: 'shipped_at', label: 'fulfillment.shipped_at', kind: 'dates', names: ['shipped_at[gte]', 'shipped_at[lte]'] },
      ],
      peek: (row) => <ShipmentPeek row={row} />,
      card: (row) => (
        <div className="col">
          <div className="row">
            <strong className="grow">{row.order_number}</strong>
            <EnumTag of="tracking_status" value={statusOf(row)} />
          </div>
          <span className="muted">{[row.location, carriers.data?.find(({ code }) => code === row.carrier)?.name ?? row.carrier, row.parcels?.[0]?.tracking_number].filter(Boolean).join(' · ')}</span>
        </div>
      ),
      empty: { title: 'fulfillment.no_shipments', text: 'fulfillment.no_shipments_text' },
    }),
    [t, places.data, carriers.data],
  );
  const names = new Map((carriers.data ?? []).map((one) => [one.code, one.name ?? one.code]));
  const head = (
    <>
      <CutOffs carriers={names} />
      <Exceptions now={now} carriers={names} onOpen={(row) => state.set({ order_number: row.order_number, peek: row.id })} />
    </>
  );
  return <ListScreen of={{ ...definition, head }} />;
}

/** The oldest on their way, of which those in trouble are shown. */
function Exceptions({ now, carriers, onOpen }: { now: number; carriers: ReadonlyMap<string, string>; onOpen: (row: Fulfillment) => void }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const zoneOf = usePlaceZone();
  const open = useQuery({
    queryKey: ['fulfillments', 'trouble'],
    queryFn: ({ signal }) => readPath<{ data: Fulfillment[] }>('/v1/fulfillments', { state: 'shipped', expand: 'parcels', sort: 'ship_by', limit: LOOKED }, signal),
  });
  const found = (open.data?.data ?? [])
    .map((row) => ({ row, trouble: troubleOf(row, now) }))
    .filter((one): one is { row: Fulfillment; trouble: Trouble } => one.trouble !== undefined)
    .toSorted((a, b) => worstFirst(a.trouble, b.trouble));
  const shown = all ? found : found.slice(0, SHOWN);
  const followed = useFollowed(shown.map(({ row }) => row.id));
  if (!found.length) return null;
  return (
    <section className="exceptions" aria-label={t('fulfillment.exceptions')}>
      <h2 className="row">
        {t('fulfillment.exceptions_n', { count: found.length })}
        {found.length > SHOWN && (
          <button type="button" className="btn" aria-expanded={all} onClick={() => setAll(!all)}>
            {t(all ? 'fulfillment.show_less' : 'fulfillment.show_all')}
          </button>
        )}
      </h2>
      <ul>
        {shown.map(({ row, trouble }) => (
          <li key={row.id}>
            <button type="button" onClick={() => onOpen(row)}>
              <span className="row">
                <strong className="grow">{row.order_number}</strong>
                <StatusTag tone={trouble === 'silent' ? 'warn' : 'bad'}>{t(`fulfillment.trouble.${trouble}`)}</StatusTag>
              </span>
              <span className="exceptions-why">{t('fulfillment.trouble_facts', { carrier: carriers.get(row.carrier ?? '') ?? row.carrier ?? '', day: day(row.deliver_by, zoneOf(row.location)), since: relative(row.shipped_at, now) })}</span>
              <Slip of={followed.data?.get(row.id)} row={row} now={now} />
              <span className="exceptions-remedy">{t(`fulfillment.remedy.${trouble}`)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** When it is expected now, and why that moved; of what is late without a word, who took too long. */
function Slip({ of, row, now }: { of: Followed | undefined; row: Fulfillment; now: number }) {
  const { t } = useTranslation();
  const last = of?.changes?.at(-1);
  const passed = Date.parse(of?.deliver_by ?? row.deliver_by ?? '') < now;
  if (!of || (!last && !passed)) return null;
  return (
    <span className="exceptions-why">
      {!passed && of.deliver_by && t('fulfillment.expected_now', { day: day(of.deliver_by, of.time_zone) })} {cause(t, passed ? row : undefined, last?.reason)}
    </span>
  );
}
