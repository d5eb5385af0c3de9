// The customer's page: when it comes, first; then how far it is, and each parcel with its scans.
import { useCallback, useEffect, useState } from 'react';
import { dateTime, quantity, weekday, zoneName } from '../shared/format';
import { countryName } from '../shared/format/address';
import { language, languageNames, languages, nearest, setLanguage, useTranslation, type Language } from '../shared/i18n';
import { deliveredAt, headline, pickupPlace, readable, safeLink, tokenOf, type Item, type Parcel, type Step, type View } from './view';

const KEPT = 'ordo.language';
const POLL_MS = 60_000;
const PATIENCE_MS = 5 * 60_000;

/** Somebody chose a language here, now or before: it counts more than the order's. */
let picked = (() => {
  try {
    return localStorage.getItem(KEPT) !== null;
  } catch {
    return false;
  }
})();

const choseOne = () => {
  picked = true;
};

type State = { at: 'loading' } | { at: 'unknown' } | { at: 'away'; view?: View | undefined } | { at: 'here'; view: View };

async function ask(token: string): Promise<View | 'unknown' | number> {
  const response = await fetch(`/v1/track/${token}${picked ? `?language=${language()}` : ''}`, { headers: { Accept: 'application/json' }, credentials: 'omit' });
  if (response.ok) return (await response.json()) as View;
  if (response.status === 404 || response.status === 400) return 'unknown';
  return Number(response.headers.get('Retry-After')) * 1000 || PATIENCE_MS / 5;
}


/** Asks now and then, never while nobody looks; less often when the server is busy or away. */
function useView(): [State, () => void] {
  const [state, setState] = useState<State>({ at: 'loading' });
  const [next, setNext] = useState<{ wait: number }>();
  const look = useCallback(async () => {
    const token = tokenOf(location.pathname);
    try {
      const answer = token ? await ask(token) : 'unknown';
      if (answer === 'unknown') return setState({ at: 'unknown' });
      if (typeof answer === 'number') {
        setState((old) => (old.at === 'here' ? old : { at: 'away' }));
        return setNext({ wait: Math.max(POLL_MS, answer) });
      }
      setState({ at: 'here', view: answer });
      return setNext({ wait: ['delivered', 'collected', 'cancelled'].includes(answer.state) ? PATIENCE_MS : POLL_MS });
    } catch {
      setState((old) => ({ at: 'away', view: 'view' in old ? old.view : undefined }));
      return setNext({ wait: POLL_MS });
    }
  }, []);
  useEffect(() => {
    if (!next) return undefined;
    const timer = setTimeout(() => document.visibilityState === 'visible' && void look(), next.wait);
    return () => clearTimeout(timer);
  }, [next, look]);
  useEffect(() => {
    void Promise.resolve().then(look);
    const seen = () => document.visibilityState === 'visible' && void look();
    document.addEventListener('visibilitychange', seen);
    return () => document.removeEventListener('visibilitychange', seen);
  }, [look]);
  return [state, () => void look()];
}

/** The shop's color, made readable on the page's grounds; set by script, not as an attribute, so the policy holds. */
function paint(color: string | undefined) {
  const root = document.documentElement;
  const ground = getComputedStyle(root).getPropertyValue('--panel').trim();
  const brand = readable(color, ground);
  if (brand) root.style.setProperty('--brand', brand);
}

export function Track({ onKnown }: { onKnown?: () => void }) {
  const { t, i18n } = useTranslation();
  const [state, again] = useView();
  const view = 'view' in state ? state.view : undefined;
  const own = nearest(view?.language);
  const settled = state.at !== 'loading' && (picked || !own || own === i18n.language);
  useEffect(() => {
    if (settled) onKnown?.();
  }, [settled, onKnown]);

  useEffect(() => {
    // The order's language, until somebody chose one here.
    if (own && own !== language() && !picked) void setLanguage(own, false);
    paint(view?.shop?.color);
  }, [view, own]);
  useEffect(() => {
    document.title = view ? t('portal.page_title', { number: view.order_number ?? '', shop: view.shop?.name ?? '' }) : t('portal.title');
  }, [view, t]);

  const choose = (next: Language) => {
    choseOne();
    void setLanguage(next).then(again);
  };
  return (
    <div className="shell">
      <header className="top">
        <span className="shop">
          <Logo shop={view?.shop} />
          {view?.shop?.name ?? ''}
        </span>
        <div className="languages" role="group" aria-label={t('common.language')}>
          {languages.map((one) => (
            <button key={one} type="button" lang={one} aria-pressed={i18n.language === one} onClick={() => choose(one)}>
              {languageNames[one]}
            </button>
          ))}
        </div>
      </header>
      <main className="page" aria-busy={state.at === 'loading'}>
        {state.at === 'loading' && <Loading />}
        {state.at === 'unknown' && (
          <section className="kind">
            <h1>{t('portal.unknown')}</h1>
            <p>{t('portal.unknown_text')}</p>
          </section>
        )}
        {state.at === 'away' && (
          <p className="away" role="status">
            {view ? t('portal.away_old') : t('portal.away')}{' '}
            <button type="button" onClick={again}>
              {t('common.retry')}
            </button>
          </p>
        )}
        {view && <Order view={view} />}
      </main>
    </div>
  );
}

function Logo({ shop }: { shop: View['shop'] }) {
  const own = shop?.logo_url && /^(\/[^/]|data:image\/)/.test(shop.logo_url) ? shop.logo_url : undefined;
  if (own) return <img src={own} alt="" height="28" />;
  return (
    <svg className="mark" width="26" height="26" viewBox="0 0 26 26" aria-hidden="true">
      <rect width="26" height="26" rx="7" fill="currentColor" />
      <path d="M6 10.5 13 7l7 3.5v6L13 20l-7-3.5zM6 10.5l7 3.5m0 0 7-3.5M13 14v6" fill="none" className="mark-line" strokeWidth="1.6" strokeLinejoin="round" />
    </svg>
  );
}

function Loading() {
  const { t } = useTranslation();
  return (
    <section className="card" role="status" aria-label={t('common.loading')}>
      <div className="ghost ghost-a" />
      <div className="ghost ghost-b" />
      <div className="ghost ghost-c" />
    </section>
  );
}

function Order({ view }: { view: View }) {
  const { t } = useTranslation();
  const zone = view.expected?.time_zone;
  const kind = headline(view);
  const over = deliveredAt(view);
  const place = pickupPlace(view);
  // What is collected arrives nowhere: it is ready one day.
  const waits = place !== undefined && (kind === 'expected' || kind === 'leaves');
  const when =
    waits ? weekday(view.expected?.ship_by ?? view.expected?.deliver_by, zone) : kind === 'expected' ? weekday(view.expected?.deliver_by, zone) : kind === 'leaves' ? weekday(view.expected?.ship_by, zone) : kind === 'delivered' || kind === 'collected' ? weekday(over, zone) : '';
  const last = (view.changes ?? []).at(-1);
  const moved = kind === 'expected' && !waits && last && view.promised && last.to !== view.promised;
  const parcels = view.parcels ?? [];
  const to = place ? '' : [view.recipient?.name, view.recipient?.city, countryName(view.recipient?.country)].filter(Boolean).join(', ');
  return (
    <>
      <section className="card first" aria-live="polite">
        <p className="kicker">{t(`portal.head.${waits ? 'ready_by' : kind}`)}</p>
        <h1>{when || t(`portal.state.${view.state}`, { defaultValue: view.state })}</h1>
        {when && <p className="state-word">{t(`portal.state.${view.state}`, { defaultValue: view.state })}</p>}
        {moved && (
          <p className="moved">
            {t('portal.moved', { day: weekday(view.promised, zone) })} {t(`portal.why.${last?.reason ?? 'other'}`, { defaultValue: t('portal.why.other') })}
          </p>
        )}
        {place && (kind === 'ready' || kind === 'soon' || waits) && (
          <p className="collect">{t(kind === 'ready' ? 'portal.collect_now' : 'portal.collect_later', { place })}</p>
        )}
        <Way steps={view.steps ?? []} zone={zone} />
      </section>
      {parcels.map((parcel) => (
        <ParcelCard key={parcel.n} parcel={parcel} of={parcels.length} zone={zone} collected={place !== undefined} />
      ))}
      {(view.waiting?.length ?? 0) > 0 && (
        <section className="card">
          <h2>{parcels.length && kind !== 'ready' ? t('portal.waiting') : t('portal.contents')}</h2>
          <Items items={view.waiting ?? []} />
        </section>
      )}
      <section className="card facts-card">
        <dl>
          <div>
            <dt>{t('portal.number')}</dt>
            <dd>{view.order_number}</dd>
          </div>
          {view.ordered_at && (
            <div>
              <dt>{t('portal.ordered')}</dt>
              <dd>{dateTime(view.ordered_at, zone)}</dd>
            </div>
          )}
          {to && (
            <div>
              <dt>{t('portal.to')}</dt>
              <dd>{to}</dd>
            </div>
          )}
        </dl>
        {view.updated_at && <p className="quiet">{t('portal.updated', { at: dateTime(view.updated_at, zone) })}</p>}
        {zone && <p className="quiet">{t('portal.zone', { zone: zoneName(zone) })}</p>}
      </section>
    </>
  );
}

function Way({ steps, zone }: { steps: Step[]; zone: string | undefined }) {
  const { t } = useTranslation();
  if (!steps.length) return null;
  // What is done last is where it is; what the server calls current is what comes next.
  const here = steps.findLast((step) => step.state === 'done') ?? steps[0];
  return (
    <ol className="way" aria-label={t('portal.way')}>
      {steps.map((step) => (
        <li key={step.code} className={step === here ? `${step.state} here` : step.state} {...(step === here ? { 'aria-current': 'step' as const } : {})}>
          <span className="dot" aria-hidden="true">
            {step.state === 'done' && (
              <svg viewBox="0 0 12 12" width="12" height="12" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" strokeLinejoin="round">
                <path d="M2.5 6.5 5 9l4.5-5.5" />
              </svg>
            )}
          </span>
          <span className="way-word">
            {t(`portal.step.${step.code}`, { defaultValue: step.code })}
            <span className="unseen">{t(`portal.step_${step.state}`)}</span>
          </span>
          {step.at && <time dateTime={step.at}>{dateTime(step.at, zone)}</time>}
        </li>
      ))}
    </ol>
  );
}

function Items({ items }: { items: Item[] }) {
  const { t } = useTranslation();
  return (
    <ul className="items">
      {items.map((item, i) => (
        // The list never changes its order while it is shown.
        // oxlint-disable-next-line react/no-array-index-key
        <li key={i}>
          <span>{item.name}</span>
          <b>{t('portal.times', { n: quantity(item.quantity) })}</b>
        </li>
      ))}
    </ul>
  );
}

const SHOWN = 4;

function ParcelCard({ parcel, of, zone, collected }: { parcel: Parcel; of: number; zone: string | undefined; collected: boolean }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const events = parcel.events ?? [];
  const shown = all ? events : events.slice(0, SHOWN);
  const link = safeLink(parcel.url);
  return (
    <section className="card" aria-label={t('portal.parcel', { n: parcel.n })}>
      <div className="card-head">
        <h2>{of > 1 ? t('portal.parcel_of', { n: parcel.n, all: of }) : t('portal.one_parcel')}</h2>
        {parcel.status && parcel.status !== 'unknown' && <span className={`word word-${parcel.status}`}>{t(`enum.tracking_status.${parcel.status}`, { defaultValue: parcel.status })}</span>}
      </div>
      {!collected && (
        <p className="carrier">
          <span>{parcel.carrier_name ?? parcel.carrier}</span>
          {parcel.number && (link ? <a href={link} rel="noreferrer noopener" target="_blank">{parcel.number}</a> : <span className="digits">{parcel.number}</span>)}
          {parcel.carrier_phone && (
            <a href={`tel:${parcel.carrier_phone.replace(/[^\d+]/g, '')}`} className="phone">
              {t('portal.call', { phone: parcel.carrier_phone })}
            </a>
          )}
        </p>
      )}
      {(parcel.items?.length ?? 0) > 0 && <Items items={parcel.items ?? []} />}
      {events.length > 0 ? (
        <ol className="scans">
          {shown.map((scan) => (
            <li key={`${scan.at} ${scan.status}`}>
              <time dateTime={scan.at}>{dateTime(scan.at, zone)}</time>
              <span>
                <strong>{t(`enum.tracking_status.${scan.status}`, { defaultValue: scan.status })}</strong>
                {scan.place && <span className="place">{scan.place}</span>}
                {scan.description && <span className="said">{scan.description}</span>}
              </span>
            </li>
          ))}
        </ol>
      ) : collected ? null : (
        <p className="quiet">{t('portal.no_scans')}</p>
      )}
      {events.length > SHOWN && !all && (
        <button type="button" className="more" onClick={() => setAll(true)}>
          {t('portal.all_scans', { count: events.length })}
        </button>
      )}
    </section>
  );
}

