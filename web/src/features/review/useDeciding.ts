// Decisions: what is being decided, what may be, and the word that goes to the server.
import { useQueryClient } from '@tanstack/react-query';
import { App } from 'antd';
import { useState } from 'react';
import { sendPath } from '../../shared/api/client';
import { asProblem } from '../../shared/api/problem';
import { useMay } from '../../shared/api/session';
import { useTranslation } from '../../shared/i18n';
import { useProblemText } from '../../shared/ui';
import { readContext, type Context, type Hold } from './api';
import { nextAfter } from './clock';
import type { Act } from './Decision';
import type { Queue } from './useQueue';

export const keyOf = { approve: 'a', release: 'l', reject: 'r', ask: 'w', resume: 'w', claim: 'm', unclaim: 'm', assign: 's' } as const;
export type Verb = keyof typeof keyOf;

export function useDeciding(queue: Queue, context: Context | undefined, narrow: boolean) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { message } = App.useApp();
  const problemText = useProblemText();
  /** What is being decided, and about what: that stays, whatever happens to the queue meanwhile. */
  const [deciding, setDeciding] = useState<{ act: Act; of: Context }>();
  const [busy, setBusy] = useState(false);

  const done = (word: string) => {
    void message.success(t(word));
    queue.open(narrow ? undefined : nextAfter(queue.rows, queue.at ? queue.rows.indexOf(queue.at) : -1)?.id, true);
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
  const ask = (act: Act) => context && setDeciding({ act, of: context });
  /** Somebody was faster: what it is about now, for who looks again and still wants it. */
  const again = async (error: unknown) => {
    const found = asProblem(error).conflict && deciding ? await readContext(deciding.of.hold.id).catch(() => undefined) : undefined;
    if (found) setDeciding((old) => old && { ...old, of: found });
    return asProblem(error);
  };
  return { deciding, stop: () => setDeciding(undefined), busy, send, direct, ask, again };
}
export type Deciding = ReturnType<typeof useDeciding>;

/** What may be done with a hold here, and how each begins. */
export function useVerbs(hold: Hold | undefined, actions: readonly string[], me: string, { ask, direct }: Deciding) {
  const may = useMay();
  const decide = may('hold.release') && hold?.state === 'active';
  const mine = hold?.assigned_to === me;
  const can: Record<Verb, boolean> = {
    approve: decide && actions.includes('approve'),
    release: decide,
    reject: decide && actions.includes('reject'),
    ask: decide && !hold?.waiting_at,
    resume: decide && !!hold?.waiting_at,
    claim: decide && !mine,
    unclaim: decide && mine,
    assign: decide,
  };
  const run: Record<Verb, () => void> = {
    approve: () => ask('approve'),
    release: () => ask('release'),
    reject: () => ask('reject'),
    ask: () => ask('ask'),
    resume: () => ask('resume'),
    assign: () => ask('assign'),
    claim: () => (hold?.assigned_to ? ask('take_over') : void direct(`/v1/holds/${hold?.id}/claim`, {}, 'review.done.claim')),
    unclaim: () => void direct(`/v1/holds/${hold?.id}/unclaim`, {}, 'review.done.unclaim'),
  };
  const offered = (Object.keys(can) as Verb[]).filter((name) => can[name]);
  return { can, run, offered };
}
