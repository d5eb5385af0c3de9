// Why the order comes from where it comes: a sentence per location, costs, the map.
import { Button, Segmented } from 'antd';
import { lazy, Suspense, useState } from 'react';
import type { Schemas } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/session';
import { Panel } from '../../../shared/desk/record';
import { dateTime, integer, money, quantity } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { Bones, StatusTag } from '../../../shared/ui';
import { useMasters, useNames, usePart, type Candidate, type Order } from '../api';
import type { MapPoint } from '../../../shared/map/Map';

const Map = lazy(() => import('../../../shared/map/Map'));

export type Decision = Schemas['SourcingDecision'];
interface Place {
  code: string;
  name?: string;
  latitude?: number;
  longitude?: number;
}

export const useSourcing = (id: string) => usePart<{ data: Decision[] }>(id, 'sourcing');

interface Recorded {
  input?: { rules?: { name?: string; max_distance_m?: number }[]; destination?: { latitude?: number; longitude?: number } };
  decision?: { asked?: number; rule?: number };
}

/** Thousandths of a minor unit. */
export const cost = (milli: number | undefined, currency: string) => (milli === undefined ? '' : money(Math.round(milli / 1000), currency));

export function useCandidateText() {
  const { t } = useTranslation();
  const may = useMay();
  const place = useNames('locations', may('master.read'));
  return (one: Candidate, decision: Decision, currency: string) => {
    const record = decision.record as Recorded | undefined;
    const rule = record?.input?.rules?.[Math.max(0, (record.decision?.rule ?? 1) - 1)]?.name ?? '';
    return t(`orders.why.${one.reason}`, {
      defaultValue: one.sentence,
      code: place(one.location),
      could: quantity(one.could),
      assigned: quantity(one.assigned),
      asked: quantity(record?.decision?.asked ?? one.could),
      cost: cost(one.cost_milli, currency),
      more: cost(one.more_milli, currency),
      rule,
      km: integer(Math.round((one.distance_m ?? 0) / 1000)),
    });
  };
}

export function Sourcing({ order, onSource }: { order: Order; onSource: (() => void) | undefined }) {
  const { t } = useTranslation();
  const may = useMay();
  const sourcing = useSourcing(order.id);
  const places = useMasters<Place>('locations', may('master.read'));
  const [at, setAt] = useState(0);
  const words = useCandidateText();
  const named = useNames('locations', may('master.read'));
  const all = sourcing.data?.data ?? [];
  const decision = all[at] ?? all[0];
  if (sourcing.isPending || places.isLoading) return <Bones rows={3} />;
  if (!decision) return null;
  const sender = decision.candidates.filter(({ assigned }) => assigned > 0);
  const candidates = [...decision.candidates].sort((a, b) => b.assigned - a.assigned || (a.cost_milli ?? 0) - (b.cost_milli ?? 0));
  const goal = (decision.record as Recorded | undefined)?.input?.destination ?? order.shipping_address;
  const points: MapPoint[] = candidates.flatMap((one) => {
    const place = places.data?.data.find(({ code }) => code === one.location);
    if (place?.latitude === undefined || place.longitude === undefined) return [];
    return [{ id: one.location, label: place.name ?? one.location, latitude: place.latitude, longitude: place.longitude, kind: one.assigned > 0 ? 'sends' : one.could > 0 ? 'could' : 'cannot' } as const];
  });
  if (goal?.latitude !== undefined && goal.longitude !== undefined)
    points.push({ id: ' goal', label: order.shipping_address?.city ?? t('orders.map_goal'), latitude: goal.latitude, longitude: goal.longitude, kind: 'goal' });
  const sentence = t(`orders.outcome.${decision.outcome}`, {
    defaultValue: decision.summary,
    locations: sender.map(({ location }) => named(location)).join(', '),
    total: cost(sender.reduce((all, one) => all + (one.cost_milli ?? 0), 0), order.currency),
    n: quantity(sender.reduce((all, one) => all + one.assigned, 0)),
  });
  return (
    <Panel
      title={t('orders.sourcing')}
      extra={
        onSource && (
          <Button size="small" className="no-print" onClick={onSource}>
            {t('orders.act.source')}
          </Button>
        )
      }
    >
      <div className="col">
        {all.length > 1 && (
          <Segmented
            className="no-print"
            aria-label={t('orders.sourcing')}
            size="small"
            value={at}
            onChange={(value) => setAt(Number(value))}
            options={all.slice(0, 5).map((one, i) => ({ value: i, label: dateTime(one.at) }))}
          />
        )}
        <p>
          <strong>{sentence}</strong>{' '}
          <span className="muted">{t('orders.sourcing_when', { cause: t(`orders.cause.${decision.cause}`, { defaultValue: decision.cause }), when: dateTime(decision.at) })}</span>
        </p>
        {points.length > 1 && (
          <div className="map-box">
            <Suspense fallback={<div className="map-wait" />}>
              <Map points={points} label={sentence} />
            </Suspense>
          </div>
        )}
        <div className="table-scroll" tabIndex={0} role="region" aria-label={t('orders.why_words')}>
          <table className="plain why-table">
            <thead>
              <tr>
                <th>{t('orders.why_location')}</th>
                <th>{t('orders.why_words')}</th>
                <th className="num">{t('orders.why_units')}</th>
                <th className="num">{t('orders.why_km')}</th>
                <th className="num">{t('orders.why_cost')}</th>
              </tr>
            </thead>
            <tbody>
              {candidates.map((one) => (
                <tr key={one.location}>
                  <th scope="row">
                    <StatusTag tone={one.assigned > 0 ? 'good' : 'quiet'}>{named(one.location)}</StatusTag>
                  </th>
                  <td>{words(one, decision, order.currency)}</td>
                  <td className="num">{t('orders.why_units_of', { assigned: quantity(one.assigned), could: quantity(one.could) })}</td>
                  <td className="num">{one.distance_m === undefined ? '' : integer(Math.round(one.distance_m / 1000))}</td>
                  <td className="num">{cost(one.cost_milli, order.currency)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </div>
    </Panel>
  );
}
