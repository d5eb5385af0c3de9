import { Link } from '@tanstack/react-router';
import { choice, ListScreen, type ListDefinition } from '../../shared/desk';
import { dateTime, dateTimeFull } from '../../shared/format';
import { useTranslation } from '../../shared/i18n';
import { plain, readData, subjectLink, type Entry } from './api';
import { Verify } from './Verify';

const kinds = ['order', 'fulfillment', 'payment', 'hold', 'stock', 'product', 'customer', 'location', 'channel', 'carrier', 'user', 'api_key', 'setting', 'review_rule', 'view'] as const;

function Details({ entry }: { entry: Entry }) {
  const { t } = useTranslation();
  const { changes, facts } = readData(entry.data);
  const to = subjectLink(entry.subject_kind, entry.subject);
  return (
    <div className="col" style={{ padding: 16, gap: 16 }}>
      <h2 className="mono" style={{ fontSize: 15 }}>
        {entry.topic}
      </h2>
      <dl className="facts">
        <dt>{t('events.audit.at')}</dt>
        <dd>{dateTimeFull(entry.at)}</dd>
        <dt>{t('events.audit.who')}</dt>
        <dd>
          {entry.actor_name || t(`enum.actor_kind.${entry.actor_kind}`)} <span className="mono muted">{entry.actor}</span>
        </dd>
        <dt>{t('events.audit.subject')}</dt>
        <dd>
          {t(`enum.subject_kind.${entry.subject_kind}`, { defaultValue: entry.subject_kind })} {to ? <Link to={to as never} className="mono">{entry.subject}</Link> : <span className="mono">{entry.subject}</span>}
        </dd>
        {entry.request_id && (
          <>
            <dt>{t('events.audit.request')}</dt>
            <dd className="mono">{entry.request_id}</dd>
          </>
        )}
      </dl>
      {changes.length > 0 && (
        <div className="table-scroll">
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
                  <th scope="row" className="mono">
                    {change.pointer.replace(/^\//, '')}
                  </th>
                  <td style={{ overflowWrap: 'anywhere' }}>{plain(change.before)}</td>
                  <td style={{ overflowWrap: 'anywhere' }}>{plain(change.after)}</td>
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
            {facts.map(([name, value]) => [
              <dt key={`${name}:`} className="mono">
                {name}
              </dt>,
              <dd key={name}>{plain(value)}</dd>,
            ])}
          </dl>
        </section>
      )}
    </div>
  );
}

function changed(entry: Entry): string {
  const { changes } = readData(entry.data);
  return changes.map(({ pointer }) => pointer.replace(/^\//, '')).join(', ');
}

export function Audit() {
  const { t } = useTranslation();
  const who = (entry: Entry) => entry.actor_name || t(`enum.actor_kind.${entry.actor_kind}`);
  const list: ListDefinition<Entry> = {
    screen: 'audit',
    resource: 'audit',
    path: '/v1/audit',
    title: 'events.audit.title',
    defaultSort: '-at',
    searchable: false,
    exportable: false,
    countable: false,
    id: (entry) => entry.id,
    actions: <Verify />,
    columns: [
      { id: 'at', title: 'events.audit.at', width: 130, cell: (entry) => dateTime(entry.at) },
      { id: 'who', title: 'events.audit.who', width: 140, grow: 1, cell: (entry) => <strong>{who(entry)}</strong> },
      { id: 'actor_kind', title: 'events.audit.kind', width: 100, cell: (entry) => t(`enum.actor_kind.${entry.actor_kind}`) },
      { id: 'what', title: 'events.audit.what', width: 180, grow: 1, cell: (entry) => <span className="mono">{entry.topic}</span> },
      { id: 'subject', title: 'events.audit.subject', width: 200, grow: 1, cell: (entry) => <span className="mono">{entry.subject}</span> },
      { id: 'changes', title: 'events.audit.changes', width: 220, grow: 2, cell: changed },
      { id: 'request', title: 'events.audit.request', width: 220, optional: true, cell: (entry) => <span className="mono">{entry.request_id}</span> },
    ],
    filters: [
      { id: 'actor', label: 'events.audit.actor', kind: 'text', names: ['actor'] },
      { ...choice('subject_kind', 'events.audit.kind', 'subject_kind', kinds), single: true },
      { id: 'subject', label: 'events.audit.subject_id', kind: 'text', names: ['subject'] },
      { id: 'type', label: 'events.audit.type', kind: 'text', names: ['type'] },
      { id: 'at', label: 'events.audit.at', kind: 'dates', names: ['at[gte]', 'at[lt]'] },
    ],
    peek: (entry) => <Details entry={entry} />,
    card: (entry) => (
      <>
        <div className="card-line">
          <strong className="grow ellipsis">{who(entry)}</strong>
          <span className="muted">{dateTime(entry.at)}</span>
        </div>
        <div className="card-line mono ellipsis">{entry.topic}</div>
        <div className="card-line muted mono ellipsis">{entry.subject}</div>
      </>
    ),
    empty: { title: 'events.audit.empty', text: 'events.audit.empty_text' },
  };
  return <ListScreen of={list} />;
}
