// One piece of work: what is in it and how far each line is, its scans and parcels, and what may be done now.
import { useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { App, Button, Dropdown } from 'antd';
import { useState, type ReactNode } from 'react';
import { keep } from '../../../shared/api/keep';
import { sendPath } from '../../../shared/api/client';
import { asProblem } from '../../../shared/api/problem';
import { useMay } from '../../../shared/api/session';
import { PageHead, Panel, usePlaceZone } from '../../../shared/desk';
import { ParcelNumber } from '../../../shared/desk/ParcelNumber';
import { dateTime, quantity, weekday } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { Bones, EnumTag, StatusTag, Trouble, useProblemText } from '../../../shared/ui';
import { useFulfillment, useOrder, useScans, type Fulfillment, type Line } from '../api';
import { seenStatus } from '../due';
import '../fulfillment.css';
import { CutOff, DueTag } from '../words';
import { VerbDialog, type Verb } from './VerbDialog';

const steps = ['picked', 'packed', 'shipped', 'delivered'] as const;

export function FulfillmentPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const { t } = useTranslation();
  const may = useMay();
  const client = useQueryClient();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const work = useFulfillment(id);
  const order = useOrder(work.data?.order_id);
  const [verb, setVerb] = useState<Verb>();
  const [busy, setBusy] = useState(false);

  if (work.isPending) return <Bones rows={10} />;
  if (work.isError) return <Trouble error={work.error} retry={() => void work.refetch()} />;
  const f = work.data;
  const verbs = may('fulfillment.work') ? ((f.next_actions ?? []) as Verb[]) : [];
  const held = (order.data?.hold_count ?? 0) > 0;

  const send = async (name: Verb, body: object) => {
    setBusy(true);
    try {
      const next = await sendPath<Fulfillment>('POST', `/v1/fulfillments/${f.id}/${name}`, body);
      keep(client, ['fulfillments', 'one', id], next);
      for (const key of ['orders', 'fulfillments', 'shipments', 'stock']) void client.invalidateQueries({ queryKey: [key] });
      void message.success(t(`fulfillment.done.${name}`));
      setVerb(undefined);
      return undefined;
    } catch (error) {
      return asProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const act = async (name: Verb) => {
    // What takes units away or ends work says so first.
    if (name === 'reject' || name === 'cancel' || name === 'pack' || name === 'ship' || name === 'not_collected') return setVerb(name);
    const problem = await send(name, {});
    if (problem) void message.error(problemText(problem));
    return undefined;
  };
  const papers = [
    { key: 'pick', label: <a href={`/v1/fulfillments/${f.id}/pick_list?format=pdf`} target="_blank" rel="noreferrer">{t('fulfillment.paper.pick_list')}</a> },
    { key: 'slip', label: <a href={`/v1/fulfillments/${f.id}/packing_slip?format=pdf`} target="_blank" rel="noreferrer">{t('fulfillment.paper.slip')}</a> },
    ...(f.parcels ?? []).map((parcel, i) => ({
      key: parcel.id,
      label: <a href={`/v1/parcels/${parcel.id}/label?format=pdf`} target="_blank" rel="noreferrer">{t('fulfillment.paper.label', { n: i + 1 })}</a>,
    })),
  ];
  return (
    <div className="screen">
      <PageHead
        back="/fulfillments"
        backLabel={t('fulfillment.nav')}
        title={t('fulfillment.title', { order: f.order_number ?? '', place: f.location })}
        tags={
          <>
            <EnumTag of="fulfillment_state" value={f.state} />
            <DueTag row={f} />
            {held && <StatusTag tone="warn">{t('fulfillment.held')}</StatusTag>}
          </>
        }
        actions={
          <>
            <Dropdown autoFocus trigger={['click']} menu={{ items: papers }}>
              <Button>{t('common.print')}</Button>
            </Dropdown>
            {verbs.map((name, i) => (
              <Button key={name} type={i === 0 && name !== 'reject' && name !== 'cancel' ? 'primary' : 'default'} danger={name === 'reject' || name === 'cancel'} loading={busy} onClick={() => void act(name)}>
                {t(`fulfillment.verb.${name}`)}
              </Button>
            ))}
          </>
        }
      />
      <div className="screen-body columns">
        <div className="col gap-16">
          <Lines work={f} names={(order.data?.lines ?? []) as Named[]} />
          <Parcels work={f} />
          <Scans id={f.id} />
        </div>
        <Facts work={f} order={order.data?.id} />
      </div>
      {verb && <VerbDialog verb={verb} work={f} names={(order.data?.lines ?? []) as Named[]} busy={busy} onCancel={() => setVerb(undefined)} onSend={(body) => send(verb, body)} />}
    </div>
  );
}

export interface Named {
  line?: number;
  sku?: string;
  name?: string;
}

/** Bar of a line: its counters add up to its quantity. */
function Bar({ line }: { line: Line }) {
  const { t } = useTranslation();
  // Counters say how many came at least so far: each part of the bar is what has not gone further.
  const parts = [...steps.map((name, i) => ({ name: name as string, n: line[name] - (steps[i + 1] ? line[steps[i + 1] as (typeof steps)[number]] : 0) })), { name: 'open', n: line.quantity - line.picked }].filter(({ n }) => n > 0).toReversed();
  const words = parts.map(({ name, n }) => t(`fulfillment.counted.${name}`, { n: quantity(n) })).join(', ');
  const scale = 100 / (line.quantity || 1);
  const bars = parts.toReversed().map(({ name, n }, i, all) => ({ name, width: n * scale, x: all.slice(0, i).reduce((sum, one) => sum + one.n, 0) * scale }));
  return (
    <div className="line-bar">
      <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden>
        {bars.map(({ name, x, width }) => (
          <rect key={name} x={x} width={width} height="8" className={`bar-${name}`} />
        ))}
      </svg>
      <span className="muted">{words}</span>
    </div>
  );
}

function Lines({ work, names }: { work: Fulfillment; names: Named[] }) {
  const { t } = useTranslation();
  return (
    <Panel title={t('fulfillment.lines')} flush>
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t('fulfillment.item')}</th>
            <th scope="col" className="num">
              {t('fulfillment.quantity')}
            </th>
            <th scope="col" className="wide">
              {t('fulfillment.progress')}
            </th>
          </tr>
        </thead>
        <tbody>
          {(work.lines ?? []).map((line) => {
            const known = names.find((one) => one.line === line.line);
            return (
              <tr key={line.line}>
                <td>
                  {known?.name ?? t('fulfillment.line_n', { n: line.line })}
                  {known?.sku && <div className="mono muted">{known.sku}</div>}
                </td>
                <td className="num">{quantity(line.quantity)}</td>
                <td>
                  <Bar line={line} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Panel>
  );
}

function Parcels({ work }: { work: Fulfillment }) {
  const { t } = useTranslation();
  if (!work.parcels?.length) return null;
  return (
    <Panel title={t('fulfillment.parcels')} flush>
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t('fulfillment.tracking')}</th>
            <th scope="col">{t('fulfillment.col.carrier')}</th>
            <th scope="col" className="num">
              {t('fulfillment.weight')}
            </th>
            <th scope="col">{t('common.state')}</th>
            <th scope="col">{t('fulfillment.seen')}</th>
          </tr>
        </thead>
        <tbody>
          {work.parcels.map((parcel) => (
            <tr key={parcel.id}>
              <td>
                <ParcelNumber parcel={parcel} carrier={parcel.carrier ?? work.carrier} />
              </td>
              <td>{[parcel.carrier ?? work.carrier, parcel.service ?? work.service].filter(Boolean).join(' · ')}</td>
              <td className="num">{parcel.weight_g ? t('fulfillment.grams', { n: quantity(parcel.weight_g) }) : ''}</td>
              <td>
                <EnumTag of="tracking_status" value={seenStatus(parcel.tracking_status)} />
              </td>
              <td>{dateTime(parcel.delivered_at ?? parcel.tracked_at)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function Scans({ id }: { id: string }) {
  const { t } = useTranslation();
  const scans = useScans(id);
  if (!scans.data?.data.length) return null;
  return (
    <Panel title={t('fulfillment.scans')} flush>
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t('fulfillment.when')}</th>
            <th scope="col">{t('fulfillment.scanned')}</th>
            <th scope="col" className="num">
              {t('fulfillment.quantity')}
            </th>
            <th scope="col">{t('fulfillment.outcome')}</th>
            <th scope="col">{t('fulfillment.who')}</th>
          </tr>
        </thead>
        <tbody>
          {scans.data.data.map((scan) => (
            <tr key={scan.scan_id}>
              <td>{dateTime(scan.scanned_at ?? scan.received_at)}</td>
              <td className="mono">{scan.scanned ?? scan.sku}</td>
              <td className="num">{quantity(scan.quantity)}</td>
              <td>
                {scan.outcome === 'refused' ? (
                  <StatusTag tone="bad">{t(`fulfillment.refusal.${scan.refusal ?? 'other'}`, { defaultValue: t('fulfillment.refusal.other') })}</StatusTag>
                ) : (
                  <StatusTag tone="good">{t(`fulfillment.scan_${scan.kind}`)}</StatusTag>
                )}
              </td>
              <td>{scan.actor_name}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function Facts({ work, order }: { work: Fulfillment; order: string | undefined }) {
  const { t } = useTranslation();
  const zone = usePlaceZone()(work.location);
  const rows: [string, ReactNode][] = [
    ['fulfillment.col.order', order ? <Link key="order" to={`/orders/${order}` as never}>{work.order_number}</Link> : work.order_number],
    ['fulfillment.col.location', <Link key="place" to={`/locations/${work.location}` as never}>{work.location}</Link>],
    ['fulfillment.col.ship_by', dateTime(work.ship_by)],
    ['fulfillment.col.cut_off', work.cut_off_at ? <CutOff key="cut" row={work} /> : ''],
    ['fulfillment.col.deliver_by', weekday(work.deliver_by, zone)],
    ['fulfillment.col.carrier', [work.carrier, work.service].filter(Boolean).join(' · ')],
    ['fulfillment.col.claimed', work.claimed_name ? t('fulfillment.claimed_until', { name: work.claimed_name, at: dateTime(work.claimed_until) }) : ''],
    ['fulfillment.col.tote', work.tote ?? ''],
    ['common.reason', work.reason ?? ''],
    ['common.created', dateTime(work.created_at)],
    ['fulfillment.picked_at', dateTime(work.picked_at)],
    ['fulfillment.packed_at', dateTime(work.packed_at)],
    ['fulfillment.shipped_at', dateTime(work.shipped_at)],
    ['fulfillment.closed_at', dateTime(work.closed_at)],
  ];
  return (
    <Panel title={t('fulfillment.facts')}>
      <dl className="facts">
        {rows
          .filter(([, value]) => value !== '' && value !== undefined)
          .map(([label, value]) => (
            <div key={label} className="facts-row">
              <dt>{t(label)}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
    </Panel>
  );
}
