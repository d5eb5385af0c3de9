// The work of a picker: each scan is judged here at once, kept on the device, and told to the server.
import { useEffect, useRef, useState } from 'react';
import { intent } from '../../shared/api/client';
import { quantity } from '../../shared/format';
import { useTranslation } from '../../shared/i18n';
import { CODE_MAX, codeFits, readCode } from '../../shared/offline/gs1';
import { dropWork, keepWork } from '../../shared/offline/kept';
import { allSent, onSent, put } from '../../shared/offline/outbox';
import { recount } from './door';
import { useTell } from './parts';
import { arrived, counted, current, judge, left, loggedAs, type Work, type WorkLine } from './work';

export function usePick(first: Work) {
  const { t } = useTranslation();
  const [work, setWork] = useState(first);
  const [told, tell] = useTell();
  const line = current(work);
  const whole = !line;

  // Scans may come faster than the screen is painted: each is judged on what the one before it left.
  const latest = useRef(first);
  const change = (next: Work) => {
    latest.current = next;
    setWork(next);
    // What is whole is in nobody's hands: a page that opens again does not offer it.
    void (current(next) ? keepWork({ ...next }) : dropWork(next.id));
  };
  // The server is told what was asked: it counts nothing else, and nothing that was refused here.
  const scan = (body: Record<string, unknown>, wrong?: string) =>
    void put({ key: intent(), kind: 'scan', about: work.id, label: work.order, body: { kind: 'pick', ...body }, ...(wrong ? { wrong } : {}) });

  const take = (at: WorkLine, n: number, body: Record<string, unknown>) => {
    const work = latest.current;
    scan({ ...body, line: at.line, quantity: n, ...(at.bin ? { bin: at.bin } : {}) });
    const next = counted(work, at.line, n);
    change(next);
    const rest = next.lines.find((one) => one.line === at.line);
    const over = !current(next);
    if (over) tell('done', t('floor.tell.all_picked'));
    else if (rest && left(rest) === 0) tell('done', t('floor.tell.line_done'), at.name);
    else tell('right', t('floor.tell.right'), t('floor.pick.so_far', { done: quantity(rest?.done ?? 0), all: quantity(at.quantity) }));
  };

  const onItem = (code: string) => {
    const work = latest.current;
    const line = current(work);
    if (!line) return;
    const judged = judge(work, code, line);
    if (judged.ok) return take(line, judged.quantity, { code, ...(judged.lot ? { lot: judged.lot } : {}) });
    // Too many of the right thing is no wrong thing: nothing is sent to be logged.
    if (judged.why !== 'too_many') scan({ code, line: line.line }, loggedAs(judged.why));
    const detail = judged.why === 'wrong_sku' ? t('floor.tell.wanted', { what: line.sku, got: readCode(code).text }) : judged.why === 'too_long' ? t('floor.tell.too_long_text', { n: CODE_MAX }) : undefined;
    tell('wrong', t(`floor.tell.${judged.why}`), detail);
  };
  const onBin = (code: string) => {
    if (!line) return;
    if (line.bin && readCode(code).text.toLowerCase() === line.bin.toLowerCase()) {
      tell('right', t('floor.tell.right'), line.bin);
      return change(arrived(work, line.line));
    }
    // Whoever scans the right item has found its bin.
    if (judge(work, code, line).ok || !codeFits(code)) return onItem(code);
    scan({ code, line: line.line }, 'wrong_bin');
    tell('wrong', t('floor.tell.wrong_bin'), t('floor.tell.wanted', { what: line.bin ?? '', got: code }));
  };

  /** The rest is not there: it is told with its reason, and the work leaves these hands. */
  const short = (reason: string) => {
    void put({ key: intent(), kind: 'act', act: 'short', about: work.id, label: work.order, method: 'POST', path: `/v1/fulfillments/${work.id}/pick`, body: { scans: [], complete: true, reason } });
    void dropWork(work.id);
  };

  // When all is sent the server's counts are the truth: what it refused is asked for again.
  useEffect(
    () =>
      onSent((about) => {
        const before = latest.current;
        if (about !== before.id || !allSent(about)) return;
        void recount(before).then(
          (next) => next && latest.current === before && allSent(about) && change(next),
          () => undefined,
        );
      }),
    [],
  );
  useEffect(() => {
    if (whole) void dropWork(first.id);
  }, [whole, first.id]);

  const arrive = (at: WorkLine) => change(arrived(latest.current, at.line));
  return { work, line, told, take, onItem, onBin, arrive, short };
}
export type Picking = ReturnType<typeof usePick>;
