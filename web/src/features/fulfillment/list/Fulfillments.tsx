// The work of locations: what has to leave first on top, with the countdown to the cut-off; waves and papers in bulk.
import { FilePdfOutlined, PlaySquareOutlined, PrinterOutlined, TruckOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { App, Select } from 'antd';
import { useMemo, useState } from 'react';
import { useMay } from '../../../shared/api/session';
import { choice, ListScreen, useMasters, type ListDefinition } from '../../../shared/desk';
import { dateTime, quantity, weekday } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { EnumTag } from '../../../shared/ui';
import { useListState } from '../../../shared/views';
import type { Fulfillment } from '../api';
import '../fulfillment.css';
import { CutOff, DueTag } from '../words';
import { Peek } from './Peek';
import { ShipDialog } from './ShipDialog';
import { WaveDialog } from './WaveDialog';

export const states = ['scheduled', 'open', 'picking', 'picked', 'packed', 'shipped', 'ready_for_pickup', 'handed_over', 'not_collected', 'closed', 'cancelled', 'rejected'] as const;
const tabs = [
  { id: 'todo', state: 'open,picking,picked,packed' },
  { id: 'pick', state: 'open,picking' },
  { id: 'pack', state: 'picked' },
  { id: 'ship', state: 'packed' },
  { id: 'collect', state: 'ready_for_pickup' },
  { id: 'rejected', state: 'rejected' },
] as const;
const AT_ONCE = 200;

const units = (row: Fulfillment) => (row.lines ?? []).reduce((n, line) => n + line.quantity, 0);
const taken = (row: Fulfillment) => (row.lines ?? []).reduce((n, line) => n + line.picked, 0);

export function Fulfillments() {
  const { t } = useTranslation();
  const may = useMay();
  const { message } = App.useApp();
  const state = useListState();
  const places = useMasters('locations');
  const carriers = useMasters('carriers');
  const [wave, setWave] = useState<{ rows: Fulfillment[]; done: () => void }>();
  const [ship, setShip] = useState<{ rows: Fulfillment[]; done: () => void }>();
  const shown = state.query.state ?? tabs[0].state;

  const definition = useMemo<ListDefinition<Fulfillment>>(() => {
    const print = (path: string, only?: string) => (chosen: Fulfillment[], query: unknown, done: () => void) => {
      if (query || chosen.length > AT_ONCE) return void message.warning(t('fulfillment.bulk.at_most', { n: AT_ONCE }));
      const rows = only ? chosen.filter((row) => row.next_actions?.includes(only)) : chosen;
      if (!rows.length) return void message.warning(t('fulfillment.bulk.nothing_to_pick'));
      window.open(`${path}?fulfillments=${rows.map((row) => row.id).join(',')}&format=pdf`, '_blank', 'noopener');
      done();
    };
    const named = (list: { code: string; name?: string }[] | undefined) => (list ?? []).map((one) => ({ value: one.code, label: one.name ?? one.code }));
    return {
      screen: 'fulfillments',
      resource: 'fulfillments',
      path: '/v1/fulfillments',
      title: 'fulfillment.nav',
      fixed: { expand: 'lines,next_actions' },
      defaults: { state: tabs[0].state, sort: 'ship_by' },
      defaultSort: 'ship_by',
      searchable: false,
      id: (row) => row.id,
      href: (row) => `/fulfillments/${row.id}`,
      columns: [
        { id: 'order', title: 'fulfillment.col.order', file: 'order_number', width: 110, cell: (row) => <Link to={`/fulfillments/${row.id}` as never}>{row.order_number}</Link> },
        { id: 'location', title: 'fulfillment.col.location', file: 'location', width: 90, cell: (row) => row.location },
        { id: 'state', title: 'common.state', file: 'state', width: 130, tagged: true, cell: (row) => <EnumTag of="fulfillment_state" value={row.state} /> },
        { id: 'ship_by', title: 'fulfillment.col.ship_by', file: 'ship_by', width: 160, sort: 'ship_by', tagged: true, cell: (row) => <DueTag row={row} /> },
        { id: 'cut_off', title: 'fulfillment.col.cut_off', file: 'cut_off_at', width: 140, cell: (row) => <CutOff row={row} /> },
        { id: 'lines', title: 'fulfillment.col.lines', width: 70, numeric: true, cell: (row) => quantity(row.lines?.length ?? 0) },
        { id: 'units', title: 'fulfillment.col.units', width: 90, numeric: true, cell: (row) => t('fulfillment.of', { done: quantity(taken(row)), all: quantity(units(row)) }) },
        { id: 'carrier', title: 'fulfillment.col.carrier', file: 'carrier', width: 150, grow: 2, cell: (row) => [carriers.data?.find(({ code }) => code === row.carrier)?.name ?? row.carrier, row.service].filter(Boolean).join(' · ') },
        { id: 'claimed', title: 'fulfillment.col.claimed', file: 'claimed_name', width: 110, grow: 1, cell: (row) => row.claimed_name ?? '' },
        { id: 'tote', title: 'fulfillment.col.tote', file: 'tote', width: 64, numeric: true, cell: (row) => row.tote ?? '' },
        { id: 'created', title: 'common.created', file: 'created_at', width: 130, sort: 'created_at', cell: (row) => dateTime(row.created_at) },
        { id: 'deliver_by', title: 'fulfillment.col.deliver_by', file: 'deliver_by', width: 130, optional: true, cell: (row) => weekday(row.deliver_by, places.data?.find(({ code }) => code === row.location)?.time_zone) },
        { id: 'reason', title: 'common.reason', file: 'reason', width: 140, optional: true, cell: (row) => row.reason ?? '' },
      ],
      filters: [
        choice('state', 'common.state', 'fulfillment_state', states),
        { id: 'location', label: 'fulfillment.col.location', kind: 'text', names: ['location'] },
        { id: 'carrier', label: 'fulfillment.col.carrier', kind: 'choice', names: ['carrier'], options: named(carriers.data) },
        { id: 'order_number', label: 'fulfillment.col.order', kind: 'text', names: ['order_number'] },
        { id: 'ship_by', label: 'fulfillment.col.ship_by', kind: 'dates', names: ['ship_by[gte]', 'ship_by[lte]'] },
        { id: 'created_at', label: 'common.created', kind: 'dates', names: ['created_at[gte]', 'created_at[lte]'] },
      ],
      peek: (row) => <Peek row={row} />,
      card: (row) => (
        <div className="col">
          <div className="row">
            <strong className="grow">{row.order_number}</strong>
            <EnumTag of="fulfillment_state" value={row.state} />
          </div>
          <div className="row wrap">
            <DueTag row={row} />
            <span className="muted">
              {row.location} · {t('fulfillment.of', { done: quantity(taken(row)), all: quantity(units(row)) })}
            </span>
          </div>
        </div>
      ),
      bulk: [
        ...(may('fulfillment.work')
          ? [
              {
                id: 'wave',
                label: 'fulfillment.bulk.wave',
                icon: <PlaySquareOutlined aria-hidden />,
                run: (rows: Fulfillment[], query: unknown, done: () => void) => {
                  if (query || rows.length > AT_ONCE) return void message.warning(t('fulfillment.bulk.at_most', { n: AT_ONCE }));
                  if (new Set(rows.map((row) => row.location)).size > 1) return void message.warning(t('fulfillment.bulk.one_place'));
                  setWave({ rows, done });
                },
              },
              {
                id: 'ship',
                label: 'fulfillment.bulk.ship',
                icon: <TruckOutlined aria-hidden />,
                run: (rows: Fulfillment[], query: unknown, done: () => void) => {
                  if (query || rows.length > AT_ONCE) return void message.warning(t('fulfillment.bulk.at_most', { n: AT_ONCE }));
                  setShip({ rows, done });
                },
              },
            ]
          : []),
        { id: 'pick_list', label: 'fulfillment.bulk.pick_list', icon: <FilePdfOutlined aria-hidden />, run: print('/v1/pick_lists', 'pick') },
        { id: 'slips', label: 'fulfillment.bulk.slips', icon: <PrinterOutlined aria-hidden />, run: print('/v1/packing_slips') },
      ],
      empty: { title: 'fulfillment.empty', text: 'fulfillment.empty_text' },
    };
  }, [t, may, message, carriers.data]);

  const head = (
    <div className="tabs no-print" role="tablist" aria-label={t('fulfillment.tabs')}>
      {tabs.map((tab) => (
        <button key={tab.id} type="button" role="tab" className="tab" aria-selected={shown === tab.state} onClick={() => state.set({ state: tab.id === 'todo' ? undefined : tab.state, peek: undefined })}>
          {t(`fulfillment.tab.${tab.id}`)}
        </button>
      ))}
    </div>
  );
  const actions = (
    <Select
      className="place-select"
      aria-label={t('fulfillment.col.location')}
      allowClear
      placeholder={t('fulfillment.all_places')}
      value={state.query.location}
      onChange={(value?: string) => state.set({ location: value })}
      loading={places.isPending}
      options={(places.data ?? []).map((place) => ({ value: place.code, label: place.name ?? place.code }))}
    />
  );
  return (
    <>
      <ListScreen of={{ ...definition, head, actions }} />
      {ship && <ShipDialog rows={ship.rows} onClose={() => setShip(undefined)} onDone={ship.done} />}
      {wave && <WaveDialog rows={wave.rows} onClose={() => setWave(undefined)} onDone={wave.done} />}
    </>
  );
}
