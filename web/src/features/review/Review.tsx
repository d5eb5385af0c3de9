// The queue of holds at the left, what is needed to decide at the right, one key for each decision; then the next opens.
import { useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button } from 'antd';
import { useEffect, useMemo, useRef, useState } from 'react';
import { sendPath } from '../../shared/api/client';
import { asProblem } from '../../shared/api/problem';
import { useMay, useSession } from '../../shared/api/session';
import { useList, useNarrow } from '../../shared/desk';
import { duration, integer, relative } from '../../shared/format';
import { useTranslation } from '../../shared/i18n';
import { useKeys } from '../../shared/keys';
import { useChanged } from '../../shared/live';
import { Bones, Empty, StatusTag, Trouble, useProblemText } from '../../shared/ui';
import { useListState, type Query } from '../../shared/views';
import { readContext, useContextOf, type Context, type Hold } from './api';
import { clockOf, nextAfter } from './clock';
import { Decision, type Act } from './Decision';
import { endingOf } from './ended';
import { Evidence } from './Evidence';
import { useHoldReason } from './reason';
import './review.css';

const tabs = [
  { id: 'open', query: { waiting: 'false' } },
  { id: 'mine', query: {} },
  { id: 'overdue', query: { overdue: 'true' } },
  { id: 'waiting', query: { waiting: 'true' } },
  { id: 'all', query: {} },
] as const;
type Tab = (typeof tabs)[number]['id'];

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
  const reasonOf = useHoldReason();
  const session = useSession();
  const may = useMay();
  const state = useListState();
  const narrow = useNarrow();
  const client = useQueryClient();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const now = useNow(30_000);
  const changed = useChanged();
  const tab = (tabs.find((one) => one.id === state.as)?.id ?? 'open') as Tab;
  /** What is being decided, and about what: that stays, whatever happens to the queue meanwhile. */
  const [deciding, setDeciding] = useState<{ act: Act; of: Context }>();
  const [busy, setBusy] = useState(false);
  const list = useRef<HTMLUListElement>(null);

  const me = session.user_id ?? session.key_id ?? '';
  const query = useMemo(() => {
    const { query } = tabs.find((one) => one.id === tab) ?? tabs[0];
    const type = state.query.type ? { type: state.query.type } : {};
    return { state: 'active', ...query, ...type, ...(tab === 'mine' ? { assigned_to: me } : {}), sort: 'created_at' } as Query;
  }, [tab, state.query.type, me]);
  const holds = useList<Hold>('holds', '/v1/holds', query);
  const { rows } = holds;
  const index = rows.findIndex((row) => row.id === state.peek);
  // On a desk the first is open at once; on a phone the list is shown first.
  const at = index >= 0 ? rows[index] : narrow || state.peek ? undefined : rows[0];
  const id = at?.id ?? state.peek;
  // What is open stays open: a colleague who ends it must not put another case under one's hands.
  const first = holds.isPlaceholderData ? undefined : at?.id;
  useEffect(() => {
    if (first && !state.peek) state.set({ peek: first }, true);
  }, [first, state.peek]);
  const context = useContextOf(id);
  const hold = context.data?.hold ?? at;
  const actions = context.data?.order.next_actions ?? [];
  const endingText = useEndingText();
  const ended = context.data && endingText(context.data, now);

  const open = (to: string | undefined, replace = false) => state.set({ peek: to }, replace);
  // Where the open one stood: when it leaves the queue, going on goes on from there.
  const stood = useRef(0);
  if (at) stood.current = rows.indexOf(at);
  const step = (by: number) => {
    const from = at ? rows.indexOf(at) : by > 0 ? stood.current - 1 : stood.current;
    const next = rows[Math.max(0, Math.min(rows.length - 1, from + by))];
    if (next) open(next.id, true);
  };
  useEffect(() => {
    list.current?.querySelector('[aria-current="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [id]); // oxlint-disable-line react/exhaustive-effect-dependencies -- the open entry is scrolled to when it changes

  const onward = at ? undefined : (rows[stood.current] ?? rows.at(-1));

  const done = (word: string) => {
    void message.success(t(word));
    open(narrow ? undefined : nextAfter(rows, at ? rows.indexOf(at) : -1)?.id, true);
  };
  const send = async (path: string, body: object, word: string, leave: boolean, version?: number) => {
    setBusy(true);
    try {
      await sendPath('POST', path, body, undefined, undefined, version);
      if (leave) done(word);
      else void message.success(t(word));
      setDeciding(undefined);
      return undefined;
    } catch (error) {
      return error;
    } finally {
      setBusy(false);
      for (const name of ['holds', 'orders', 'today']) void client.invalidateQueries({ queryKey: [name] });
    }
  };
  const direct = async (path: string, body: object, word: string) => {
    const error = await send(path, body, word, false);
    if (error) void message.error(problemText(error));
  };
  const ask = (act: Act) => context.data && setDeciding({ act, of: context.data });
  /** Somebody was faster: what it is about now, for who looks again and still wants it. */
  const again = async (error: unknown) => {
    const found = asProblem(error).conflict && deciding ? await readContext(deciding.of.hold.id).catch(() => undefined) : undefined;
    if (found) setDeciding((old) => old && { ...old, of: found });
    return asProblem(error);
  };
  const decide = may('hold.release') && hold?.state === 'active';
  const mine = hold?.assigned_to === me;
  const can = {
    approve: decide && actions.includes('approve'),
    release: decide,
    reject: decide && actions.includes('reject'),
    ask: decide && !hold?.waiting_at,
    resume: decide && !!hold?.waiting_at,
    claim: decide && !mine,
    unclaim: decide && mine,
    assign: decide,
  };
  const run: Record<keyof typeof can, () => void> = {
    approve: () => ask('approve'),
    release: () => ask('release'),
    reject: () => ask('reject'),
    ask: () => ask('ask'),
    resume: () => ask('resume'),
    assign: () => ask('assign'),
    claim: () => (hold?.assigned_to ? ask('take_over') : void direct(`/v1/holds/${hold?.id}/claim`, {}, 'review.done.claim')),
    unclaim: () => void direct(`/v1/holds/${hold?.id}/unclaim`, {}, 'review.done.unclaim'),
  };
  const keyOf = { approve: 'a', release: 'l', reject: 'r', ask: 'w', resume: 'w', claim: 'm', unclaim: 'm', assign: 's' } as const;
  const offered = (Object.keys(can) as (keyof typeof can)[]).filter((name) => can[name]);

  useKeys(
    'review.keys',
    [
      { keys: 'j', label: 'list.next', run: () => step(1) },
      { keys: 'k', label: 'list.previous', run: () => step(-1) },
      { keys: 'ArrowDown', label: 'list.next', run: () => step(1) },
      { keys: 'ArrowUp', label: 'list.previous', run: () => step(-1) },
      ...offered.map((name) => ({ keys: keyOf[name], label: `review.act.${name}`, run: run[name] })),
    ],
    deciding === undefined,
  );

  const queue = () => {
    if (holds.isPending) return <Bones rows={8} />;
    if (holds.isError && !rows.length) return <Trouble error={holds.error} retry={() => void holds.refetch()} />;
    if (!rows.length) return <Empty title={t(`review.empty.${tab}`)}>{t('review.empty.text')}</Empty>;
    return (
      <ul className="queue-list" ref={list} aria-label={t('review.queue')}>
        {rows.map((row) => (
          <li key={row.id}>
            <a
              href={`/review?peek=${row.id}`}
              className={`queue-entry${changed.has(row.id) || changed.has(row.order_id) ? ' changed' : ''}`}
              aria-current={row.id === id}
              onClick={(event) => {
                if (event.metaKey || event.ctrlKey) return;
                event.preventDefault();
                open(row.id);
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
        ))}
        {holds.hasNextPage && (
          <li className="queue-more">
            <Button onClick={() => void holds.fetchNextPage()}>{t('list.more')}</Button>
          </li>
        )}
      </ul>
    );
  };

  const showList = !narrow || !id;
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
      {showList && (
        <div className="tabs no-print" role="tablist" aria-label={t('review.queues')}>
          {tabs.map((one) => (
            <button key={one.id} type="button" role="tab" aria-selected={one.id === tab} className="tab" onClick={() => state.set({ as: one.id === 'open' ? undefined : one.id, peek: undefined })}>
              {t(`review.tab.${one.id}`)}
            </button>
          ))}
        </div>
      )}
      <div className="review-body">
        {showList && <div className="queue">{queue()}</div>}
        {(!narrow || id) && (
          <section className="case" aria-label={t('review.case')}>
            {!id ? (
              rows.length === 0 && !holds.isPending ? null : <Bones rows={6} />
            ) : context.isPending ? (
              <Bones rows={10} />
            ) : context.isError ? (
              <Trouble error={context.error} retry={() => void context.refetch()} />
            ) : (
              <>
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
                <div role="status">{ended && <Alert className="case-ended" type="info" showIcon title={ended} />}</div>
                <Evidence context={context.data} clock={<Target hold={context.data.hold} now={now} long />} />
              </>
            )}
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
          onCancel={() => setDeciding(undefined)}
          onSend={(path, body, word, leave) => send(path, body, word, leave, deciding.of.order.version).then((error) => (error ? again(error) : undefined))}
        />
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

function Target({ hold, now, long }: { hold: Hold; now: number; long?: boolean }) {
  const { t } = useTranslation();
  const clock = clockOf(hold, now);
  if (hold.waiting_at) return <StatusTag tone="info">{long ? t('review.waits_since', { when: relative(hold.waiting_at, now) }) : t('review.waits')}</StatusTag>;
  if (clock.left === undefined) return null;
  const span = duration(Math.abs(clock.left));
  return <StatusTag tone={clock.tone}>{t(clock.left < 0 ? 'review.over' : 'review.left', { span })}</StatusTag>;
}
