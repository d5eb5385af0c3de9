// What happens outside: the words and parts that the list of jobs and the deliveries of a webhook share.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation, type Translate } from '../../shared/i18n';
import { dateTime, integer } from '../../shared/format';
import './attempts.css';
import { InEnglish, StatusTag, type Tone } from '../../shared/ui';

export interface Attempt {
  n: number;
  begun_at: string;
  took_ms?: number;
  outcome: 'done' | 'retry' | 'dead' | 'lost';
  code?: string;
  reason?: string;
  status?: number;
  answer?: string;
}

export interface OutsideJob {
  id: string;
  version: number;
  kind: string;
  subject: string;
  target: string;
  data: { topic?: string } & Record<string, unknown>;
  state: 'queued' | 'running' | 'retrying' | 'done' | 'dead' | 'dropped';
  due_at: string;
  attempts: number;
  runs: number;
  code?: string;
  reason?: string;
  status?: number;
  created_at: string;
  updated_at: string;
  tried?: Attempt[];
}

export const outsideStates = ['queued', 'running', 'retrying', 'done', 'dead', 'dropped'] as const;
const tones: Record<OutsideJob['state'], Tone> = { queued: 'info', running: 'info', retrying: 'warn', done: 'good', dead: 'bad', dropped: 'quiet' };
const outcomes: Record<Attempt['outcome'], Tone> = { done: 'good', retry: 'warn', dead: 'bad', lost: 'warn' };

/** "The receiver answered 500" of `http_500`. */
export function outsideWhy(t: Translate, { code, status }: { code?: string | undefined; status?: number | undefined }): string {
  if (!code) return '';
  if (code.startsWith('http_')) return t('hooks.outside.code.http', { status: status ?? code.slice(5) });
  return t(`hooks.outside.code.${code}`, { defaultValue: t(`error.${code}`, { defaultValue: t('error.other', { code }) }) });
}

export function OutsideState({ job }: { job: OutsideJob }) {
  const { t } = useTranslation();
  return <StatusTag tone={tones[job.state]}>{t(`hooks.outside.state.${job.state}`)}</StatusTag>;
}

const LOOK_MS = 3_000;

/** Attempts are no events, so no news tells of them: while a list of them is looked at, it is read again now and then. */
export function useLooking(resource: string) {
  const client = useQueryClient();
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) void client.invalidateQueries({ queryKey: [resource] });
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [client, resource]);
}

/** Every attempt with what the other side said. */
export function Attempts({ of }: { of: readonly Attempt[] }) {
  const { t } = useTranslation();
  if (!of.length) return <p className="muted">{t('hooks.outside.untried')}</p>;
  return (
    <ol className="col" style={{ gap: 12, margin: 0, paddingInlineStart: 0, listStyle: 'none' }}>
      {of.map((one) => (
        <li key={one.n} className="col" style={{ gap: 4 }}>
          <div className="row wrap">
            <strong className="grow">{dateTime(one.begun_at)}</strong>
            <StatusTag tone={outcomes[one.outcome]}>{t(`hooks.outside.outcome.${one.outcome}`)}</StatusTag>
          </div>
          <div className="muted">
            {one.took_ms === undefined ? '' : t('hooks.outside.took', { ms: integer(one.took_ms) })} {outsideWhy(t, one)}
          </div>
          {one.reason && <InEnglish text={one.reason} />}
          {one.answer && <pre className="payload">{one.answer}</pre>}
        </li>
      ))}
    </ol>
  );
}
