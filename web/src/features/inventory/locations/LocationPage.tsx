import { Link, useParams } from '@tanstack/react-router';
import { Form, Input, InputNumber, Switch } from 'antd';
import { lazy, Suspense } from 'react';
import { useMay } from '../../../shared/api/session';
import { AddressFields, CalendarInput, EnumSelect, MasterPage, Panel, PriceInput, RecordForm, TagsInput, ZoneSelect, useCompany, useMasters } from '../../../shared/desk';
import { useTranslation } from '../../../shared/i18n';
import { locationKinds, works, type Location } from '../api';
import { CutOffInput } from './CutOffInput';

const Map = lazy(() => import('../../../shared/map/Map'));

const labels = {
  name: 'common.name',
  kind: 'inventory.locations.kind',
  address: 'inventory.locations.where',
  latitude: 'inventory.locations.latitude',
  longitude: 'inventory.locations.longitude',
  time_zone: 'inventory.locations.zone',
  calendar: 'inventory.locations.calendar',
  cut_off: 'inventory.locations.cut_off',
  processing_hours: 'inventory.locations.processing',
  capacity: 'inventory.locations.capacity',
  priority: 'inventory.locations.priority',
  negative_stock: 'inventory.locations.negative_stock',
  scan_required: 'inventory.locations.scan_required',
  cost_per_order: 'inventory.locations.cost_order',
  cost_per_unit: 'inventory.locations.cost_unit',
  tags: 'inventory.locations.tags',
};

/** The place among the others, moving as its coordinates are typed. */
function PlaceMap({ code, name, latitude, longitude }: { code: string; name: string; latitude: unknown; longitude: unknown }) {
  const all = useMasters('locations') as { data?: Location[] };
  const there = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
  if (!there(latitude) || !there(longitude)) return null;
  const others = (all.data ?? []).filter((one) => one.code !== code && there(one.latitude) && there(one.longitude));
  const points = [
    { id: code, label: name, latitude, longitude, kind: 'goal' as const },
    ...others.map((one) => ({ id: one.code, label: one.name ?? one.code, latitude: one.latitude as number, longitude: one.longitude as number, kind: 'could' as const })),
  ];
  return (
    <div className="map-box">
      <Suspense fallback={<div className="map-wait" />}>
        <Map points={points} label={name} />
      </Suspense>
    </div>
  );
}

export function LocationPage() {
  const { t } = useTranslation();
  const { code } = useParams({ strict: false }) as { code: string };
  const may = useMay();
  const { currency } = useCompany();
  const links = (location: Location) => (
    <>
      {may('stock.read') && (
        <Link to={'/stock' as never} search={{ location: location.code } as never} className="btn">
          {t('inventory.locations.stock_here')}
        </Link>
      )}
      {may('fulfillment.read') && (
        <Link to={`/locations/${encodeURIComponent(location.code)}/bins` as never} className="btn">
          {t('inventory.bins.title')}
        </Link>
      )}
      {may('fulfillment.read') && (
        <Link to={'/fulfillments' as never} search={{ location: location.code } as never} className="btn">
          {t('inventory.locations.work_here')}
        </Link>
      )}
    </>
  );
  return (
    <MasterPage<Location> resource="locations" code={code} title="inventory.locations.title" works={works} links={links}>
      {(location, record) => (
        <RecordForm<Location> key={code} labels={labels} {...record}>
          <div className="screen-body">
            <div className="columns">
              <div className="stack">
                <Panel title={t('inventory.locations.what')}>
                  <div className="fields">
                    <Form.Item name="name" label={t('common.name')}>
                      <Input maxLength={120} />
                    </Form.Item>
                    <Form.Item name="kind" label={t('inventory.locations.kind')}>
                      <EnumSelect of="location_kind" values={locationKinds} />
                    </Form.Item>
                    <Form.Item name="tags" label={t('inventory.locations.tags')} extra={t('inventory.locations.tags_help')}>
                      <TagsInput />
                    </Form.Item>
                  </div>
                </Panel>
                <Panel title={t('inventory.locations.where')}>
                  <AddressFields at={['address']} />
                  <div className="fields">
                    <Form.Item name="latitude" label={t('inventory.locations.latitude')} extra={t('inventory.locations.coordinates_help')}>
                      <InputNumber min={-90} max={90} style={{ width: '100%' }} />
                    </Form.Item>
                    <Form.Item name="longitude" label={t('inventory.locations.longitude')}>
                      <InputNumber min={-180} max={180} style={{ width: '100%' }} />
                    </Form.Item>
                  </div>
                  <Form.Item noStyle shouldUpdate>
                    {({ getFieldValue }) => <PlaceMap code={code} name={location.name ?? code} latitude={getFieldValue('latitude')} longitude={getFieldValue('longitude')} />}
                  </Form.Item>
                </Panel>
                <Panel title={t('inventory.locations.when')}>
                  <div className="fields">
                    <Form.Item name="time_zone" label={t('inventory.locations.zone')}>
                      <ZoneSelect />
                    </Form.Item>
                    <Form.Item name="processing_hours" label={t('inventory.locations.processing')} extra={t('inventory.locations.processing_help')}>
                      <InputNumber min={0} style={{ width: '100%' }} />
                    </Form.Item>
                    <Form.Item name="cut_off" label={t('inventory.locations.cut_off')} extra={t('inventory.locations.cut_off_help')} className="wide">
                      <CutOffInput disabled={!record.may} />
                    </Form.Item>
                    <Form.Item name="calendar" label={t('inventory.locations.calendar')} className="wide">
                      <CalendarInput disabled={!record.may} />
                    </Form.Item>
                  </div>
                </Panel>
              </div>
              <div className="stack">
                <Panel title={t('inventory.locations.how')}>
                  <Form.Item name="priority" label={t('inventory.locations.priority')} extra={t('inventory.locations.priority_help')}>
                    <InputNumber style={{ width: '100%' }} />
                  </Form.Item>
                  <Form.Item name="capacity" label={t('inventory.locations.capacity')} extra={t('inventory.locations.capacity_help')}>
                    <InputNumber min={0} style={{ width: '100%' }} />
                  </Form.Item>
                  <Form.Item name="cost_per_order" label={t('inventory.locations.cost_order')}>
                    <PriceInput currency={currency} />
                  </Form.Item>
                  <Form.Item name="cost_per_unit" label={t('inventory.locations.cost_unit')}>
                    <PriceInput currency={currency} />
                  </Form.Item>
                  <Form.Item name="scan_required" label={t('inventory.locations.scan_required')} valuePropName="checked" className="flag">
                    <Switch />
                  </Form.Item>
                  <Form.Item name="negative_stock" label={t('inventory.locations.negative_stock')} valuePropName="checked" className="flag">
                    <Switch />
                  </Form.Item>
                </Panel>
              </div>
            </div>
          </div>
        </RecordForm>
      )}
    </MasterPage>
  );
}
