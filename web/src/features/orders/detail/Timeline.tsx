// Everything that happened, newest first: who, what, when, before and after; and what people say about it.
import { App, Button, Mentions, Segmented } from 'antd';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { readPath } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/session';
import { keepTyped, readTyped } from '../../../shared/api/typed';
import type { Page } from '../../../shared/desk';
import { Panel } from '../../../shared/desk/record';
import { dateTimeFull, money, relative } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { Bones, Trouble, useProblemText } from '../../../shared/ui';
import { fieldWord, topicWord, valueWord } from '../../events';
import { usePart, usePeople, write, type Comment, type Order, type TimelineEntry } from '../api';

const kinds = ['all', 'comments', 'order', 'money', 'work'] as const;
type Kind = (typeof kinds)[number];
const prefixes: Record<string, Kind> = { payment: 'money', fulfillment: 'work', parcel: 'work', shipment: 'work', order: 'order', hold: 'order' };
const kindOf = (topic: string): Kind => (topic === 'order.commented' ? 'comments' : (prefixes[topic.split('.')[0] ?? ''] ?? 'order'));
const CHANGES_SHOWN = 12;

function draftOf(id: string): [string, (text: string) => void] {
  const name = `comment.${id}`;
  return [readTyped(name) ?? '', (text) => keepTyped(name, text || undefined)];
}

const PAGES_MAX = 10;
/** All of it, as the server tells the oldest first. */
function useTimeline(id: string) {
  return useQuery({
    queryKey: ['orders', 'timeline', id],
    queryFn: async ({ signal }) => {
      const all: TimelineEntry[] = [];
      let cursor: string | undefined;
      for (let n = 0; n < PAGES_MAX; n++) {
        const page = await readPath<Page<TimelineEntry>>(`/v1/orders/${id}/timeline`, { limit: 200, cursor }, signal);
        all.push(...page.data);
        if (!page.next_cursor) break;
        cursor = page.next_cursor;
      }
      return { data: all };
    },
  });
}

export function Timeline({ order }: { order: Order }) {
  const { t } = useTranslation();
  const may = useMay();
  const [kind, setKind] = useState<Kind>('all');
  const timeline = useTimeline(order.id);
  const comments = usePart<{ data: Comment[] }>(order.id, 'comments', { limit: 100 });
  const said = new Map((comments.data?.data ?? []).map((one) => [one.n, one]));
  // An event's id ends with the order's version times 256: the comment of that version.
  const commentOf = (entry: TimelineEntry) => said.get(Math.floor(Number(entry.id.split('.').pop()) / 256)) ?? comments.data?.data.find((one) => one.at === entry.at);
  const entries = [...(timeline.data?.data ?? [])].reverse().filter((entry) => kind === 'all' || kindOf(entry.topic) === kind);
  return (
    <Panel
      title={t('orders.timeline')}
      extra={
        <Segmented
          className="no-print"
          size="small"
          aria-label={t('orders.timeline_filter')}
          value={kind}
          onChange={(value) => setKind(value as Kind)}
          options={kinds.map((value) => ({ value, label: t(`orders.timeline_${value}`) }))}
        />
      }
    >
      {may('order.edit') && <Say order={order} />}
      {timeline.isPending && <Bones rows={4} />}
      {timeline.isError && <Trouble error={timeline.error} retry={() => void timeline.refetch()} />}
      <ol className="timeline">
        {entries.map((entry) => (
          <Entry key={entry.id} entry={entry} comment={entry.topic === 'order.commented' ? commentOf(entry) : undefined} currency={order.currency} />
        ))}
      </ol>
      {!entries.length && timeline.data && <p className="muted">{t('orders.timeline_none')}</p>}
    </Panel>
  );
}

function Entry({ entry, comment, currency }: { entry: TimelineEntry; comment: Comment | undefined; currency: string }) {
  const { t } = useTranslation();
  const changes = entry.data?.changes ?? [];
  const [open, setOpen] = useState(false);
  const amount = typeof entry.data?.amount === 'number' ? money(entry.data.amount, typeof entry.data.currency === 'string' ? entry.data.currency : currency) : '';
  const reason = typeof entry.data?.reason === 'string' ? entry.data.reason : '';
  const value = (side: unknown, pointer: string) => valueWord(t, side, { kind: 'order', pointer, currency });
  return (
    <li className={`event event-${kindOf(entry.topic)}`}>
      <div className="row wrap tight">
        <strong>{topicWord(t, entry.topic)}</strong>
        {amount && <span>{amount}</span>}
        <span className="muted small" title={dateTimeFull(entry.at)}>
          {t('orders.event_by', { who: entry.actor_kind === 'system' ? t('enum.actor_kind.system') : (entry.actor_name ?? ''), when: relative(entry.at) })}
        </span>
        {changes.length > 0 && (
          <button type="button" className="linklike small no-print" aria-expanded={open} onClick={() => setOpen(!open)}>
            {t(open ? 'orders.event_less' : 'orders.event_changes', { n: changes.length })}
          </button>
        )}
      </div>
      {comment?.content && <p className="comment">{comment.content}</p>}
      {reason && <p className="muted">{reason}</p>}
      {open && (
        <div className="table-scroll" tabIndex={0} role="region" aria-label={t('orders.event_field')}>
          <table className="plain changes">
            <thead>
              <tr>
                <th>{t('orders.event_field')}</th>
                <th>{t('orders.event_before')}</th>
                <th>{t('orders.event_after')}</th>
              </tr>
            </thead>
            <tbody>
              {changes.slice(0, CHANGES_SHOWN).map((change) => (
                <tr key={change.pointer}>
                  <th scope="row" className="small">
                    {fieldWord(t, change.pointer)}
                  </th>
                  <td className="small">{value(change.before, change.pointer)}</td>
                  <td className="small">{value(change.after, change.pointer)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </li>
  );
}

function Say({ order }: { order: Order }) {
  const { t } = useTranslation();
  const may = useMay();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const client = useQueryClient();
  const [first, keepDraft] = draftOf(order.id);
  const [text, setText] = useState(first);
  const [busy, setBusy] = useState(false);
  const people = usePeople(may('user.admin'));
  const change = (next: string) => {
    setText(next);
    keepDraft(next);
  };
  const send = async () => {
    const logins = (people.data?.data ?? []).map((one) => one.login);
    const mentions = [...new Set([...text.matchAll(/@(\S+)/g)].map((found) => found[1] ?? ''))].filter((login) => logins.includes(login));
    setBusy(true);
    try {
      await write('POST', `/v1/orders/${order.id}/comments`, { content: text.trim(), ...(mentions.length ? { mentions } : {}) });
      change('');
      await client.invalidateQueries({ queryKey: ['orders'], refetchType: 'active' });
    } catch (error) {
      void message.error(problemText(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className="say no-print"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim()) void send();
      }}
    >
      <Mentions
        id="order-comment"
        aria-label={t('orders.comment')}
        placeholder={t('orders.comment_hint')}
        rows={2}
        maxLength={4000}
        value={text}
        onChange={change}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && text.trim()) void send();
        }}
        options={(people.data?.data ?? []).map((one) => ({ value: one.login, label: one.name ?? one.login }))}
      />
      <Button htmlType="submit" disabled={!text.trim()} loading={busy}>
        {t('orders.comment_send')}
      </Button>
    </form>
  );
}
