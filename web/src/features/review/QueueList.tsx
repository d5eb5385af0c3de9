// The holds that wait, the one that is open among them.
import { Button } from 'antd';
import { useEffect, useRef } from 'react';
import { duration, relative } from '../../shared/format';
import { useTranslation } from '../../shared/i18n';
import { useChanged } from '../../shared/live';
import { Bones, Empty, StatusTag, Trouble } from '../../shared/ui';
import type { Hold } from './api';
import { clockOf } from './clock';
import { useHoldReason } from './reason';
import type { Queue } from './useQueue';

export function QueueList({ queue: { holds, rows, tab, id, open }, now }: { queue: Queue; now: number }) {
  const { t } = useTranslation();
  const changed = useChanged();
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-current="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [id]); // oxlint-disable-line react/exhaustive-effect-dependencies -- the open entry is scrolled to when it changes

  if (holds.isPending) return <Bones rows={8} />;
  if (holds.isError && !rows.length) return <Trouble error={holds.error} retry={() => void holds.refetch()} />;
  if (!rows.length) return <Empty title={t(`review.empty.${tab}`)}>{t('review.empty.text')}</Empty>;
  return (
    <ul className="queue-list" ref={list} aria-label={t('review.queue')}>
      {rows.map((row) => (
        <Entry key={row.id} row={row} now={now} current={row.id === id} changed={changed.has(row.id) || changed.has(row.order_id)} onOpen={() => open(row.id)} />
      ))}
      {holds.hasNextPage && (
        <li className="queue-more">
          <Button onClick={() => void holds.fetchNextPage()}>{t('list.more')}</Button>
        </li>
      )}
    </ul>
  );
}

function Entry({ row, now, current, changed, onOpen }: { row: Hold; now: number; current: boolean; changed: boolean; onOpen: () => void }) {
  const { t } = useTranslation();
  const reasonOf = useHoldReason();
  return (
    <li>
      <a
        href={`/review?peek=${row.id}`}
        className={`queue-entry${changed ? ' changed' : ''}`}
        aria-current={current}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey) return;
          event.preventDefault();
          onOpen();
        }}
      >
        <span className="row">
          <strong className="ellipsis grow">{t(`enum.hold_type.${row.type}`, { defaultValue: row.type })}</strong>
          <Target hold={row} now={now} />
        </span>
        <span className="queue-reason">{reasonOf(row)}</span>
        <span className="row queue-foot">
          <span className="ellipsis grow">{row.assigned_name ?? (row.owner_role ? t(`enum.role.${row.owner_role}`, { defaultValue: row.owner_role }) : '')}</span>
          <span>{relative(row.created_at, now)}</span>
        </span>
      </a>
    </li>
  );
}

/** How long is left to decide. */
export function Target({ hold, now, long }: { hold: Hold; now: number; long?: boolean }) {
  const { t } = useTranslation();
  const clock = clockOf(hold, now);
  if (hold.waiting_at) return <StatusTag tone="info">{long ? t('review.waits_since', { when: relative(hold.waiting_at, now) }) : t('review.waits')}</StatusTag>;
  if (clock.left === undefined) return null;
  const span = duration(Math.abs(clock.left));
  return <StatusTag tone={clock.tone}>{t(clock.left < 0 ? 'review.over' : 'review.left', { span })}</StatusTag>;
}
