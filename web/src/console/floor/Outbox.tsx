// What waits for the network, and what the server refused: nothing is lost without somebody having seen it.
import { time } from '../../shared/format';
import { useTranslation } from '../../shared/i18n';
import type { Entry } from '../../shared/offline/kept';
import { dismiss, drain, isMine, useOutbox } from '../../shared/offline/outbox';
import { Bar, Big } from './parts';

export function Outbox({ onBack }: { onBack: () => void }) {
  const { t } = useTranslation();
  const { entries, online, waiting, others, conflicts } = useOutbox();
  const what = (entry: Entry) => {
    if (entry.kind === 'act') return t(`floor.outbox.act_${entry.act ?? 'other'}`);
    const code = String(entry.body.code ?? entry.body.sku ?? '');
    return t(entry.body.kind === 'pack' ? 'floor.outbox.scan_pack' : 'floor.outbox.scan_pick', { code });
  };
  const why = (code: string) => t(`floor.outbox.why_${code}`, { defaultValue: t(`error.${code}`, { defaultValue: code }) });
  const row = (entry: Entry) => (
    <li key={entry.seq} className={entry.state}>
      <span className="items-name">
        {what(entry)}
        <small>{t('floor.outbox.when', { label: entry.label, at: time(entry.at) })}</small>
        {entry.code && <small className="bad-text">{why(entry.code)}</small>}
      </span>
      {entry.state === 'conflict' && (
        <Big kind="plain" onClick={() => entry.seq !== undefined && void dismiss(entry.seq)}>
          {t('floor.outbox.seen')}
        </Big>
      )}
    </li>
  );
  return (
    <main className="page-floor">
      <Bar title={t('floor.outbox.title')} onBack={onBack} />
      <section className="middle top">
        {conflicts > 0 && (
          <>
            <h2>{t('floor.outbox.conflicts')}</h2>
            <p className="muted">{t('floor.outbox.conflicts_text')}</p>
            <ul className="items">{entries.filter((entry) => entry.state === 'conflict').map(row)}</ul>
          </>
        )}
        {waiting > 0 && (
          <>
            <h2>{t('floor.outbox.waiting')}</h2>
            <ul className="items">{entries.filter((entry) => entry.state === 'waiting' && isMine(entry)).map(row)}</ul>
          </>
        )}
        {others > 0 && <p className="muted">{t('floor.outbox.others', { count: others })}</p>}
        {!entries.length && <p className="large center">{t('floor.outbox.empty')}</p>}
      </section>
      <footer className="thumb">
        {waiting > 0 && (
          <Big kind="main" onClick={() => void drain()}>
            {online ? t('floor.outbox.send') : t('floor.outbox.try')}
          </Big>
        )}
      </footer>
    </main>
  );
}
