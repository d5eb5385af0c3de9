// The queue of holds at the left, what is needed to decide at the right, one key for each decision; then the next opens.
import { Alert, Button } from 'antd';
import { useEffect, useState } from 'react';
import { useNarrow } from '../../shared/desk';
import { integer, relative } from '../../shared/format';
import { useTranslation } from '../../shared/i18n';
import { useKeys } from '../../shared/keys';
import { Bones, StatusTag, Trouble } from '../../shared/ui';
import { useContextOf, type Context } from './api';
import { Decision } from './Decision';
import { endingOf } from './ended';
import { Evidence } from './Evidence';
import { QueueList, Target } from './QueueList';
import './review.css';
import { keyOf, useDeciding, useVerbs, type Verb } from './useDeciding';
import { tabs, useQueue, type Queue } from './useQueue';

function useNow(everyMs: number): number {
  const [now, set] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => set(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

export function Review() {
  const { t } = useTranslation();
  const narrow = useNarrow();
  const now = useNow(30_000);
  const queue = useQueue(narrow);
  const { holds, rows, id, open, step } = queue;
  const context = useContextOf(id);
  const decisions = useDeciding(queue, context.data, narrow);
  const { deciding, busy, send, again, stop } = decisions;
  const verbs = useVerbs(context.data?.hold ?? queue.at, context.data?.order.next_actions ?? [], queue.me, decisions);
  const endingText = useEndingText();
  const ended = context.data && endingText(context.data, now);

  useKeys(
    'review.keys',
    [
      { keys: 'j', label: 'list.next', run: () => step(1) },
      { keys: 'k', label: 'list.previous', run: () => step(-1) },
      { keys: 'ArrowDown', label: 'list.next', run: () => step(1) },
      { keys: 'ArrowUp', label: 'list.previous', run: () => step(-1) },
      ...verbs.offered.map((name) => ({ keys: keyOf[name], label: `review.act.${name}`, run: verbs.run[name] })),
    ],
    deciding === undefined,
  );

  const showList = !narrow || !id;
  const body = () => {
    if (!id) return rows.length === 0 && !holds.isPending ? null : <Bones rows={6} />;
    if (context.isPending) return <Bones rows={10} />;
    if (context.isError) return <Trouble error={context.error} retry={() => void context.refetch()} />;
    return (
      <>
        <Verbs verbs={verbs} busy={busy} narrow={narrow} ended={Boolean(ended)} queue={queue} />
        <div role="status">{ended && <Alert className="case-ended" type="info" showIcon title={ended} />}</div>
        <Evidence context={context.data} clock={<Target hold={context.data.hold} now={now} long />} />
      </>
    );
  };
  return (
    <div className="screen review">
      <header className="screen-head">
        {narrow && id && (
          <Button type="text" onClick={() => open(undefined)}>
            {t('common.back')}
          </Button>
        )}
        <h1>{t('review.nav')}</h1>
        {rows.length > 0 && <span className="muted">{t(holds.hasNextPage ? 'review.more_than' : 'review.so_many', { n: integer(rows.length) })}</span>}
      </header>
      {showList && <Tabs queue={queue} />}
      <div className="review-body">
        {showList && (
          <div className="queue">
            <QueueList queue={queue} now={now} />
          </div>
        )}
        {(!narrow || id) && (
          <section className="case" aria-label={t('review.case')}>
            {body()}
          </section>
        )}
      </div>
      {deciding && (
        <Decision
          act={deciding.act}
          hold={deciding.of.hold}
          order={deciding.of.order}
          busy={busy}
          ended={context.data?.hold.id === deciding.of.hold.id && !busy ? ended : undefined}
          onCancel={stop}
          onSend={(path, body, word, leave) => send(path, body, word, leave, deciding.of.order.version).then((error) => (error ? again(error) : undefined))}
        />
      )}
    </div>
  );
}

function Tabs({ queue: { tab, show } }: { queue: Queue }) {
  const { t } = useTranslation();
  return (
    <div className="tabs no-print" role="tablist" aria-label={t('review.queues')}>
      {tabs.map((one) => (
        <button key={one.id} type="button" role="tab" aria-selected={one.id === tab} className="tab" onClick={() => show(one.id)}>
          {t(`review.tab.${one.id}`)}
        </button>
      ))}
    </div>
  );
}

/** One key for each decision; of a hold that is ended, the way on. */
function Verbs({ verbs: { can, run, offered }, busy, narrow, ended, queue: { onward, open } }: { verbs: { can: Record<Verb, boolean>; run: Record<Verb, () => void>; offered: Verb[] }; busy: boolean; narrow: boolean; ended: boolean; queue: Queue }) {
  const { t } = useTranslation();
  return (
    <div className="case-verbs no-print" role="toolbar" aria-label={t('review.verbs')}>
      {offered.map((name) => (
        <Button
          key={name}
          type={name === (can.approve ? 'approve' : 'release') ? 'primary' : 'default'}
          danger={name === 'reject'}
          disabled={busy}
          aria-keyshortcuts={keyOf[name]}
          onClick={run[name]}
        >
          {t(`review.act.${name}`)}
          {!narrow && (
            <kbd aria-hidden="true">{keyOf[name]}</kbd>
          )}
        </Button>
      ))}
      {ended && (
        <>
          <StatusTag tone="quiet">{t('review.ended')}</StatusTag>
          {onward && (
            <Button type="primary" onClick={() => open(onward.id, true)}>
              {t('review.onward')}
            </Button>
          )}
        </>
      )}
    </div>
  );
}

/** Who decided what of a hold that is open here still; undefined while it is to be decided. */
function useEndingText() {
  const { t } = useTranslation();
  return (context: Context, now: number): string | undefined => {
    const ending = endingOf(context);
    if (!ending) return undefined;
    const { released_at, released_by, release_reason, expires_at } = context.hold;
    const when = relative(released_at ?? expires_at ?? '', now);
    const words = { who: released_by ?? '', when, reason: release_reason ?? '', number: context.order.number ?? '' };
    return t(`review.ending.${ending}`, words);
  };
}
