import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { readPath } from '../../shared/api/client';
import { useMay } from '../../shared/api/session';
import { choice, ListScreen, type ListDefinition } from '../../shared/desk';
import type { Page } from '../../shared/desk/useList';
import { dateTime, dateTimeFull } from '../../shared/format';
import { useTranslation, type Translate } from '../../shared/i18n';
import { isHidden, readData, subjectLink, type Change, type Entry } from './api';
import { topics } from './topics';
import { Verify } from './Verify';
import { fieldWord, hasSums, isSum, topicWord, valueWord } from './words';

const kinds = [
  'order', 'stock', 'adjustment', 'product', 'customer', 'location', 'channel', 'carrier', 'wave', 'manifest', 'user', 'session', 'api_key', 'setting', 'number_series', 'review_rule', 'tax_rate', 'view', 'import', 'bulk', 'reveal', 'failure', 'job', 'webhook',
] as const;
const acting = ['system', 'user', 'api_key', 'rule'] as const;

const kindWord = (t: Translate, kind: string) => t(`enum.subject_kind.${kind}`, { defaultValue: kind });
/** Settings are known to people by their titles. */
function subjectName(t: Translate, entry: Entry): string {
  const name = entry.subject_name ?? '';
  if (entry.subject_kind === 'setting') return t(`settings.key.${name.replaceAll('.', '_')}`, { defaultValue: name });
  return name || kindWord(t, entry.subject_kind);
}
const actorName = (t: Translate, entry: Entry) => (entry.actor_name && entry.actor_name !== 'system' ? entry.actor_name : t(`enum.actor_kind.${entry.actor_kind}`));

function Value({ value, change, entry, currency }: { value: unknown; change: Change; entry: Entry; currency: string | undefined }) {
  const { t } = useTranslation();
  if (isHidden(change)) return <span className="muted" title={t('events.audit.personal')}>•••</span>;
  return <>{valueWord(t, value, { kind: entry.subject_kind, pointer: change.pointer, currency })}</>;
}

/** Records whose sums are all in one currency, and where it stands. */
const inOneCurrency: Record<string, string> = { order: '/v1/orders/', product: '/v1/products/' };

/** Of the sums in an event: as it says itself, else that of its record, which is asked for where there are sums. */
function useCurrency(entry: Entry): string | undefined {
  const { currency } = (entry.data ?? {}) as { currency?: unknown };
  const own = typeof currency === 'string' ? currency : undefined;
  const path = inOneCurrency[entry.subject_kind];
  const { changes, facts } = readData(entry.data, entry.personal);
  const sums = changes.some(({ pointer, before, after }) => isSum(pointer) || hasSums(before, pointer) || hasSums(after, pointer)) || hasSums(Object.fromEntries(facts));
  const record = useQuery({
    queryKey: ['audit', 'currency', entry.subject],
    enabled: !own && Boolean(path) && sums,
    staleTime: Infinity,
    retry: false, // whoever may not read it sees minor units
    queryFn: ({ signal }) => readPath<{ currency?: string }>(`${path}${entry.subject}`, {}, signal).then((found) => found.currency ?? ''),
  });
  return own ?? (record.data || undefined);
}

function Details({ entry }: { entry: Entry }) {
  const { t } = useTranslation();
  const { changes, facts: all } = readData(entry.data, entry.personal);
  const facts = all.filter(([fact]) => fact !== 'name'); // the record's own, said above
  const currency = useCurrency(entry);
  const to = subjectLink(entry.subject_kind, entry.subject);
  const name = subjectName(t, entry);
  return (
    <div className="col" style={{ padding: 16, gap: 16 }}>
      <h2 style={{ fontSize: 15 }}>{topicWord(t, entry.topic)}</h2>
      <dl className="facts">
        <dt>{t('events.audit.at')}</dt>
        <dd>{dateTimeFull(entry.at)}</dd>
        <dt>{t('events.audit.who')}</dt>
        <dd>{actorName(t, entry)}</dd>
        <dt>{t('events.audit.subject')}</dt>
        <dd>
          {kindWord(t, entry.subject_kind)} {to ? <Link to={to as never}>{name}</Link> : name}
        </dd>
      </dl>
      {changes.length > 0 && (
        <div className="table-scroll" tabIndex={0} role="region" aria-label={t('events.audit.changes')}>
          <table className="plain">
            <thead>
              <tr>
                <th scope="col">{t('events.audit.field')}</th>
                <th scope="col">{t('events.audit.before')}</th>
                <th scope="col">{t('events.audit.after')}</th>
              </tr>
            </thead>
            <tbody>
              {changes.map((change) => (
                <tr key={change.pointer}>
                  <th scope="row">{fieldWord(t, change.pointer)}</th>
                  <td style={{ overflowWrap: 'anywhere' }}>
                    <Value value={change.before} change={change} entry={entry} currency={currency} />
                  </td>
                  <td style={{ overflowWrap: 'anywhere' }}>
                    <Value value={change.after} change={change} entry={entry} currency={currency} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {facts.length > 0 && (
        <section>
          <h3 style={{ fontSize: 14, marginBottom: 8 }}>{t('events.audit.facts')}</h3>
          <dl className="facts">
            {facts.map(([fact, value]) => [
              <dt key={`${fact}:`}>{fieldWord(t, fact)}</dt>,
              <dd key={fact}>{valueWord(t, value, { kind: entry.subject_kind, pointer: fact, currency })}</dd>,
            ])}
          </dl>
        </section>
      )}
      <dl className="facts muted small">
        <dt>{t('events.audit.type')}</dt>
        <dd className="mono">{entry.topic}</dd>
        <dt>{t('events.audit.subject_id')}</dt>
        <dd className="mono">{entry.subject}</dd>
        {entry.actor && (
          <>
            <dt>{t('events.audit.actor')}</dt>
            <dd className="mono">{entry.actor}</dd>
          </>
        )}
        {entry.request_id && (
          <>
            <dt>{t('events.audit.request')}</dt>
            <dd className="mono">{entry.request_id}</dd>
          </>
        )}
      </dl>
    </div>
  );
}

function changed(t: Translate, entry: Entry): string {
  return readData(entry.data)
    .changes.map(({ pointer }) => fieldWord(t, pointer))
    .join(', ');
}

interface Named {
  id: string;
  name: string;
  login?: string;
}
/** Those who act, by name; who may not see users picks their kinds. */
function useActors(): Named[] {
  const may = useMay();
  const ask = { enabled: may('user.admin'), staleTime: 300_000 };
  const users = useQuery({ ...ask, queryKey: ['users', 'acting'], queryFn: ({ signal }) => readPath<Page<Named>>('/v1/users', { limit: 200 }, signal) });
  const keys = useQuery({ ...ask, queryKey: ['api_keys', 'acting'], queryFn: ({ signal }) => readPath<Page<Named>>('/v1/api_keys', { limit: 200 }, signal) });
  return useMemo(() => [...(users.data?.data ?? []), ...(keys.data?.data ?? [])], [users.data, keys.data]);
}

export function Audit() {
  const { t } = useTranslation();
  const actors = useActors();
  const list = useMemo((): ListDefinition<Entry> => {
    const families = [...new Set(topics.map((topic) => topic.split('.')[0] ?? ''))];
    const types = families.flatMap((family) => [
      { value: `${family}.`, label: t('events.audit.any_family', { family: t(`events.family.${family}`) }) },
      ...topics.filter((topic) => topic.startsWith(`${family}.`)).map((topic) => ({ value: topic, label: topicWord(t, topic) })),
    ]);
    return {
      screen: 'audit',
      resource: 'audit',
      path: '/v1/audit',
      title: 'events.audit.title',
      defaultSort: '-at',
      searchable: false,
      countable: false,
      id: (entry) => entry.id,
      actions: <Verify />,
      columns: [
        { id: 'at', title: 'events.audit.at', width: 130, cell: (entry) => dateTime(entry.at) },
        { id: 'who', title: 'events.audit.who', width: 140, grow: 1, cell: (entry) => <strong>{actorName(t, entry)}</strong> },
        { id: 'actor_kind', title: 'events.audit.kind', width: 100, cell: (entry) => t(`enum.actor_kind.${entry.actor_kind}`) },
        { id: 'what', title: 'events.audit.what', width: 180, grow: 1, cell: (entry) => topicWord(t, entry.topic) },
        {
          id: 'subject',
          title: 'events.audit.subject',
          width: 200,
          grow: 1,
          cell: (entry) => {
            const to = subjectLink(entry.subject_kind, entry.subject);
            return to ? <Link to={to as never} style={{ color: 'var(--accent)' }}>{subjectName(t, entry)}</Link> : subjectName(t, entry); // the color stays under the mouse, where the row is darker
          },
        },
        { id: 'changes', title: 'events.audit.changes', width: 220, grow: 2, cell: (entry) => changed(t, entry) },
        { id: 'request', title: 'events.audit.request', width: 220, optional: true, cell: (entry) => <span className="mono">{entry.request_id}</span> },
      ],
      filters: [
        {
          id: 'actor',
          label: 'events.audit.actor',
          kind: 'choice',
          single: true,
          names: ['actor'],
          options: [...acting.map((kind) => ({ value: kind as string, label: `enum.actor_kind.${kind}` })), ...actors.map(({ id, name, login }) => ({ value: id, label: name || (login ?? id) }))],
        },
        { id: 'type', label: 'events.audit.type', kind: 'choice', single: true, names: ['type'], options: types },
        { ...choice('subject_kind', 'events.audit.kind', 'subject_kind', kinds), single: true },
        { id: 'subject', label: 'events.audit.record', kind: 'text', names: ['subject'] },
        { id: 'at', label: 'events.audit.at', kind: 'dates', names: ['at[gte]', 'at[lt]'] },
      ],
      peek: (entry) => <Details entry={entry} />,
      card: (entry) => (
        <>
          <div className="card-line row">
            <strong className="grow ellipsis">{actorName(t, entry)}</strong>
            <span className="muted">{dateTime(entry.at)}</span>
          </div>
          <div className="card-line ellipsis">{topicWord(t, entry.topic)}</div>
          <div className="card-line muted ellipsis">{subjectName(t, entry)}</div>
        </>
      ),
      empty: { title: 'events.audit.empty', text: 'events.audit.empty_text' },
    };
  }, [t, actors]);
  return <ListScreen of={list} />;
}
