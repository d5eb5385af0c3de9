// Parts of the floor: big, plain, for a gloved thumb in sunlight.
import { lazy, Suspense, useEffect, useRef, useState, type ButtonHTMLAttributes, type ReactNode } from 'react';
import { asProblem } from '../../shared/api/problem';
import { dateTime, day, duration, time } from '../../shared/format';
import { useTranslation } from '../../shared/i18n';
import { useOutbox } from '../../shared/offline/outbox';
import { signal, wakeSound, type Signal } from './feedback';
import { useScanner } from './wedge';

const Camera = lazy(() => import('./Camera'));

export function Big({ kind = '', children, ...rest }: { kind?: 'main' | 'good' | 'bad' | 'plain' | ''; children: ReactNode } & ButtonHTMLAttributes<HTMLButtonElement>) {
  return (
    <button type="button" className={`big ${kind}`} {...rest}>
      {children}
    </button>
  );
}

export interface Told {
  kind: Signal;
  word: string;
  detail?: string | undefined;
  n: number;
}

/** Right and wrong, at once: sound, vibration, a color over the screen, a word. */
export function useTell(): [Told | undefined, (kind: Signal, word: string, detail?: string) => void] {
  const [told, setTold] = useState<Told>();
  const count = useRef(0);
  useEffect(() => {
    if (!told) return undefined;
    const end = setTimeout(() => setTold(undefined), told.kind === 'wrong' ? 2600 : 1100);
    return () => clearTimeout(end);
  }, [told]);
  return [
    told,
    (kind, word, detail) => {
      signal(kind);
      setTold({ kind, word, detail, n: ++count.current });
    },
  ];
}

export function Tell({ told }: { told: Told | undefined }) {
  return (
    <div className="tell-place" role={told?.kind === 'wrong' ? 'alert' : 'status'} aria-live={told?.kind === 'wrong' ? 'assertive' : 'polite'}>
      {told && (
        <div key={told.n} className={`tell ${told.kind}`}>
          <svg viewBox="0 0 24 24" width="40" height="40" fill="none" stroke="currentColor" strokeWidth="3" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
            {told.kind === 'wrong' ? <path d="m6 6 12 12M18 6 6 18" /> : <path d="m4 12.5 5.5 5.5L20 6.5" />}
          </svg>
          <span>
            <strong>{told.word}</strong>
            {told.detail && <small>{told.detail}</small>}
          </span>
        </div>
      )}
    </div>
  );
}

/** Where scans come in: hand scanner always, camera on request, typing as the last way. */
export function ScanBar({ onCode, hint }: { onCode: (code: string) => void; hint: string }) {
  const { t } = useTranslation();
  const [way, setWay] = useState<'wedge' | 'camera' | 'typing'>('wedge');
  const [text, setText] = useState('');
  const got = (code: string) => {
    wakeSound();
    onCode(code);
  };
  useScanner(got);
  if (way === 'camera')
    return (
      <Suspense fallback={<p className="hint">{t('floor.camera.starts')}</p>}>
        <Camera onCode={got} onClose={() => setWay('wedge')} />
      </Suspense>
    );
  if (way === 'typing')
    return (
      <form
        className="typing"
        onSubmit={(event) => {
          event.preventDefault();
          if (!text.trim()) return;
          got(text.trim());
          setText('');
        }}
      >
        <label>
          <span>{t('floor.scan.type_label')}</span>
          <input autoFocus value={text} onChange={(event) => setText(event.target.value)} autoCapitalize="characters" autoComplete="off" spellCheck={false} enterKeyHint="done" />
        </label>
        <div className="pair">
          <Big kind="plain" onClick={() => setWay('wedge')}>
            {t('common.cancel')}
          </Big>
          <button type="submit" className="big main">
            {t('floor.scan.use')}
          </button>
        </div>
      </form>
    );
  return (
    <div className="scanbar">
      <p className="hint">
        <svg viewBox="0 0 24 24" width="28" height="28" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" aria-hidden="true">
          <path d="M3 8V5a1 1 0 0 1 1-1h3M17 4h3a1 1 0 0 1 1 1v3M21 16v3a1 1 0 0 1-1 1h-3M7 20H4a1 1 0 0 1-1-1v-3M7 8v8M10.5 8v8M14 8v8M17 8v8" />
        </svg>
        {hint}
      </p>
      <div className="pair">
        <Big kind="plain" onClick={() => { wakeSound(); setWay('camera'); }}>
          {t('floor.scan.camera')}
        </Big>
        <Big kind="plain" onClick={() => { wakeSound(); setWay('typing'); }}>
          {t('floor.scan.type')}
        </Big>
      </div>
    </div>
  );
}

export function Bar({ title, onBack, children }: { title: string; onBack?: () => void; children?: ReactNode }) {
  const { t } = useTranslation();
  return (
    <header className="bar">
      {onBack && (
        <button type="button" className="bar-back" onClick={onBack} aria-label={t('common.back')}>
          <svg viewBox="0 0 24 24" width="28" height="28" fill="none" stroke="currentColor" strokeWidth="2.5" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
            <path d="M15 5 8 12l7 7" />
          </svg>
        </button>
      )}
      <h1>{title}</h1>
      {children}
      <Network />
    </header>
  );
}

/** Whose eyes these are, over all that is seen. */
export function SeenAs({ role, user, onBack }: { role: string; user: string | undefined; onBack: () => Promise<unknown> }) {
  const { t } = useTranslation();
  const [going, setGoing] = useState(false);
  const [failed, setFailed] = useState(false);
  const back = () => {
    setGoing(true);
    setFailed(false);
    onBack().catch(() => setFailed(true)).finally(() => setGoing(false));
  };
  return (
    <div className="seen-as" role="status">
      <span>{failed ? t('floor.seen_as_failed') : t('floor.seen_as', { name: user ?? t(`enum.role.${role}`, { defaultValue: role }) })}</span>
      <Big kind="plain" disabled={going} onClick={back}>
        {t('floor.oneself')}
      </Big>
    </div>
  );
}

/** Whether there is a network, and what waits for it. */
export function Network() {
  const { t } = useTranslation();
  const { online, waiting, conflicts } = useOutbox();
  const words = conflicts ? t('floor.net.conflicts', { count: conflicts }) : waiting ? t('floor.net.waiting', { count: waiting }) : online ? t('floor.net.online') : t('floor.net.offline');
  const mark = conflicts ? 'bad' : online && !waiting ? 'good' : 'warn';
  return (
    <a className={`net ${mark}`} href="#/outbox">
      <span className="net-dot" aria-hidden="true" />
      <span>{words}</span>
    </a>
  );
}

/** When it has to leave: by the clock today, else with its day; what should have left says so. */
export function LeavesBy({ at, className = '' }: { at: string | undefined; className?: string }) {
  const { t } = useTranslation();
  const [now] = useState(Date.now);
  if (!at) return null;
  const left = new Date(at).getTime() - now;
  if (left < 0) return <span className={`bad-text ${className}`}>{t('floor.pick.late', { at: dateTime(at), late: duration(left) })}</span>;
  return <span className={`muted ${className}`}>{t('floor.pick.ship_by', { at: day(at) === day(now) ? time(at) : dateTime(at) })}</span>;
}

export function Steps({ done, all, label }: { done: number; all: number; label: string }) {
  return (
    <div className="steps" role="img" aria-label={label}>
      <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect width="100" height="6" rx="0" className="steps-all" />
        <rect width={all ? (100 * done) / all : 0} height="6" className="steps-done" />
      </svg>
      <span aria-hidden="true">{label}</span>
    </div>
  );
}

export function Wrong({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation();
  const problem = asProblem(error);
  return (
    <div className="trouble" role="alert">
      <h2>{t(`error.${problem.code}`, { defaultValue: t('error.other', { code: problem.code }) })}</h2>
      {problem.away && <p>{t('floor.net.goes_on')}</p>}
      {retry && (
        <Big kind="main" onClick={retry}>
          {t('common.retry')}
        </Big>
      )}
    </div>
  );
}

export function Wait() {
  const { t } = useTranslation();
  return (
    <p className="waiting" role="status">
      {t('common.loading')}
    </p>
  );
}

/** A number by thumb: minus, digits, plus. */
export function Counter({ value, onChange, max, label }: { value: number; onChange: (value: number) => void; max?: number; label: string }) {
  const { t } = useTranslation();
  const set = (next: number) => onChange(Math.max(0, max === undefined ? next : Math.min(max, next)));
  return (
    <div className="counter" role="group" aria-label={label}>
      <Big onClick={() => set(value - 1)} aria-label={t('floor.count.less')} disabled={value <= 0}>
        −
      </Big>
      <input inputMode="decimal" aria-label={label} value={String(value)} onFocus={(event) => event.target.select()} onChange={(event) => set(Number(event.target.value.replace(',', '.')) || 0)} />
      <Big onClick={() => set(value + 1)} aria-label={t('floor.count.more')} disabled={max !== undefined && value >= max}>
        +
      </Big>
    </div>
  );
}
