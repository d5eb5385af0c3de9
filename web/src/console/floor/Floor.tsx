// The floor: who works, where, and one task at a time. The address behind # says the screen, so Back works; what is in hand
// is kept on the device, so a browser that was killed goes on at the same line.
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { onSignedOut } from '../../shared/api/client';
import { asProblem } from '../../shared/api/problem';
import { onSeen, tellSeen } from '../../shared/api/seen';
import { setZone } from '../../shared/format';
import { useTranslation } from '../../shared/i18n';
import { dropWork, keep, kept, keptWork, keepWork } from '../../shared/offline/kept';
import { drain, onSent, useOutbox } from '../../shared/offline/outbox';
import { applyUpdate } from '../../shared/offline/register';
import { Choose } from './Choose';
import { Count } from './Count';
import { beOneself, nextTask, places, signOut, whoIsHere, type Kind, type Place, type Session } from './door';
import { Me } from './Me';
import { Outbox } from './Outbox';
import { Pack } from './Pack';
import { Bar, Big, Network, SeenAs, Wait, Wrong } from './parts';
import { Pick } from './Pick';
import { SignIn } from './SignIn';
import { units, type Work } from './work';

const onHash = (fn: () => void) => {
  addEventListener('hashchange', fn);
  return () => removeEventListener('hashchange', fn);
};
const useHash = () => useSyncExternalStore(onHash, () => location.hash.replace(/^#\/?/, ''));
export const go = (to: string) => {
  location.hash = `#/${to}`;
};

export function Floor() {
  const [session, setSession] = useState<Session | null>();
  const [error, setError] = useState<unknown>();
  const look = useCallback(() => void whoIsHere().then((who) => (setError(undefined), setSession(who)), setError), []);
  useEffect(look, [look]);
  useEffect(() => onSignedOut(() => setSession(null)), []);
  useEffect(() => setZone(session?.time_zone), [session]);
  // Another tab began or ended it: the cookie is the browser's.
  useEffect(() => onSeen(look), [look]);
  if (error !== undefined) return <Wrong error={error} retry={look} />;
  if (session === undefined) return <Wait />;
  const screens = <Screens session={session} setSession={setSession} />;
  if (!session?.see_as) return screens;
  return (
    <div className="under-banner">
      <SeenAs role={session.see_as} user={session.see_as_name} onBack={() => beOneself().then(tellSeen).then(look)} />
      {screens}
    </div>
  );
}

function Screens({ session, setSession }: { session: Session | null; setSession: (session: Session | null) => void }) {
  const [place, setPlace] = useState<Place | null>();
  const [work, setWork] = useState<Work | null>();
  const hash = useHash();

  useEffect(() => {
    void kept<Place>('place').then((known) => setPlace(known ?? null));
  }, []);
  // What is in hand is somebody's: the next at this device begins without it.
  const mine = session ? `current ${session.user_id}` : undefined;
  useEffect(() => {
    if (mine) void kept<string>(mine).then(async (id) => setWork((id && (await keptWork<Work>(id))) || null));
    else setWork(undefined);
  }, [mine]);

  const hold = useCallback(
    (next: Work | null) => {
      setWork(next);
      if (mine) void keep(mine, next?.id);
      if (next) void keepWork({ ...next });
      go(next ? 'work' : '');
    },
    [mine],
  );

  if (place === undefined) return <Wait />;
  if (session === null)
    return (
      <SignIn
        onDone={(next) => {
          setSession(next);
          void drain();
        }}
      />
    );
  if (work === undefined) return <Wait />;
  if (hash === 'outbox') return <Outbox onBack={() => history.back()} />;
  if (hash === 'me')
    return (
      <Me
        session={session}
        place={place}
        onBack={() => go('')}
        onPlace={() => go('place')}
        onOut={async () => {
          await signOut(Boolean(session.see_as));
          setSession(null);
          go('');
        }}
      />
    );
  if (!place || hash === 'place')
    return (
      <Places
        session={session}
        onBack={place ? () => go('') : undefined}
        onPlace={(next) => {
          setPlace(next);
          void keep('place', next);
          go('');
        }}
      />
    );
  if (hash === 'choose') return <Choose place={place.code} onHome={() => go('')} onTake={hold} />;
  if (hash === 'count') return <Count place={place.code} onHome={() => go('')} />;
  if (hash === 'work' && work) {
    // Home without an end of the work keeps it in hand; an end has dropped it from the device.
    const home = () => void keptWork<Work>(work.id).then((still) => (still ? (setWork(still), go('')) : hold(null)));
    if (work.kind === 'pick')
      return <Pick key={work.id} first={work} onHome={home} onPack={() => hold({ ...work, kind: 'pack', lines: work.lines.map((line) => ({ ...line, done: 0 })) })} />;
    return <Pack key={work.id} first={work} onHome={home} />;
  }
  return <Home session={session} place={place} work={work} hold={hold} />;
}

function Home({ session, place, work, hold }: { session: Session; place: Place; work: Work | null; hold: (work: Work | null) => void }) {
  const { t } = useTranslation();
  const { online, waiting } = useOutbox();
  const [asking, setAsking] = useState<Kind>();
  const [none, setNone] = useState<Kind>();
  const [error, setError] = useState<unknown>();
  const [known, setKnown] = useState(work);

  useEffect(() => {
    if (!work) applyUpdate();
  }, [work]);
  useEffect(() => {
    if (work) void keptWork<Work>(work.id).then((still) => setKnown(still ?? null));
    return onSent(() => setError(undefined));
  }, [work]);

  const ask = async (kind: Kind) => {
    setAsking(kind);
    setNone(undefined);
    setError(undefined);
    try {
      // What waits goes first: the server must know what is done before it says what is next.
      await drain();
      const next = await nextTask(place.code, kind);
      if (next) hold(next);
      else setNone(kind);
    } catch (problem) {
      setError(problem);
    } finally {
      setAsking(undefined);
    }
  };
  const may = session.permissions.includes('fulfillment.work');
  const kinds: Kind[] = ['pick', 'pack', 'ship'];
  return (
    <main className="page-floor">
      <header className="bar">
        <a className="bar-who" href="#/me">
          <strong>{place.name}</strong>
          <span>{session.name}</span>
        </a>
        <Network />
      </header>
      <section className="middle">
        {known ? (
          <>
            <p className="kicker">{t('floor.home.in_hand')}</p>
            <p className="huge">{known.order}</p>
            <p className="muted">{t('floor.pick.progress', { done: units(known).done, all: units(known).all })}</p>
          </>
        ) : none ? (
          <p className="large" role="status">
            {t(`floor.home.none_${none}`)}
          </p>
        ) : error === undefined ? (
          <p className="large">{may ? t('floor.home.ask') : t('floor.home.may_not')}</p>
        ) : (
          <>
            <p className="large" role="alert">
              {t(`error.${asProblem(error).code}`, { defaultValue: t('error.other', { code: asProblem(error).code }) })}
            </p>
            {!online && <p className="muted">{t('floor.net.goes_on')}</p>}
          </>
        )}
        {!online && waiting > 0 && !known && <p className="muted">{t('floor.net.kept', { count: waiting })}</p>}
      </section>
      <footer className="thumb">
        {known ? (
          <>
            <Big kind="main" autoFocus onClick={() => hold(known)}>
              {t('floor.home.go_on')}
            </Big>
            <Big
              kind="plain"
              onClick={() => {
                void dropWork(known.id);
                setKnown(null);
                hold(null);
              }}
            >
              {t('floor.home.leave')}
            </Big>
          </>
        ) : (
          <>
            {may && (
              <Big kind="main" disabled={asking !== undefined} onClick={() => void ask('pick')}>
                {asking === 'pick' ? t('common.loading') : t('floor.home.pick')}
              </Big>
            )}
            {may && (
              <div className="pair">
                {kinds.slice(1).map((kind) => (
                  <Big key={kind} kind="plain" disabled={asking !== undefined} onClick={() => void ask(kind)}>
                    {asking === kind ? t('common.loading') : t(`floor.home.${kind}`)}
                  </Big>
                ))}
              </div>
            )}
            {may && (
              <Big kind="" disabled={asking !== undefined} onClick={() => go('choose')}>
                {t('floor.home.choose')}
              </Big>
            )}
            {session.permissions.includes('stock.adjust') && (
              <Big kind="" onClick={() => go('count')}>
                {t('floor.home.count')}
              </Big>
            )}
          </>
        )}
      </footer>
    </main>
  );
}

function Places({ session, onPlace, onBack }: { session: Session; onPlace: (place: Place) => void; onBack?: (() => void) | undefined }) {
  const { t } = useTranslation();
  const [all, setAll] = useState<Place[]>();
  const [error, setError] = useState<unknown>();
  const look = useCallback(() => void places(session).then((found) => (setError(undefined), setAll(found)), setError), [session]);
  useEffect(look, [look]);
  return (
    <main className="page-floor">
      <Bar title={t('floor.place.title')} {...(onBack ? { onBack } : {})} />
      <section className="middle top">
        {error !== undefined ? <Wrong error={error} retry={look} /> : !all ? <Wait /> : null}
        {all?.length === 0 && <p className="large">{t('floor.place.none')}</p>}
        <div className="stack">
          {all?.map((place) => (
            <Big key={place.code} kind="plain" onClick={() => onPlace({ code: place.code, name: place.name })}>
              <span className="two-lines">
                {place.name}
                <small className="code">{place.code}</small>
              </span>
            </Big>
          ))}
        </div>
      </section>
    </main>
  );
}
