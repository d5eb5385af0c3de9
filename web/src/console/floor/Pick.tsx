// Picking, one act a screen: go to the bin, scan the item until the line is whole, next. Nothing waits for the network.
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { intent } from '../../shared/api/client';
import { quantity } from '../../shared/format';
import { useTranslation } from '../../shared/i18n';
import { dropWork, keepWork } from '../../shared/offline/kept';
import { allSent, onSent, put } from '../../shared/offline/outbox';
import { CODE_MAX, codeFits, readCode } from '../../shared/offline/gs1';
import { recount } from './door';
import { Bar, Big, Counter, LeavesBy, ScanBar, Steps, Tell, useTell } from './parts';
import { arrived, counted, current, judge, left, loggedAs, units, type Work, type WorkLine } from './work';

const reasons = ['not_found', 'damaged', 'busy', 'no_staff'] as const;

export function Pick({ first, onHome, onPack }: { first: Work; onHome: () => void; onPack: () => void }) {
  const { t } = useTranslation();
  const [work, setWork] = useState(first);
  const [told, tell] = useTell();
  const [screen, setScreen] = useState<'line' | 'short' | 'by_hand'>('line');
  const line = current(work);
  const total = units(work);
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

  const short = (reason: string) => {
    void put({ key: intent(), kind: 'act', act: 'short', about: work.id, label: work.order, method: 'POST', path: `/v1/fulfillments/${work.id}/pick`, body: { scans: [], complete: true, reason } });
    void dropWork(work.id);
    onHome();
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

  const bar = (
    <Bar title={work.order} onBack={screen === 'line' ? onHome : () => setScreen('line')}>
      {work.tote !== undefined && <span className="tote">{t('floor.pick.tote', { n: work.tote })}</span>}
    </Bar>
  );
  const progress = <Steps done={total.done} all={total.all} label={t('floor.pick.progress', { done: quantity(total.done), all: quantity(total.all) })} />;

  if (whole)
    return (
      <main className="page-floor">
        {bar}
        {progress}
        <section className="middle">
          <p className="huge good">{t('floor.pick.done')}</p>
          {work.tote !== undefined && <p className="large">{t('floor.pick.into_tote', { n: work.tote })}</p>}
        </section>
        <footer className="thumb">
          <Big kind="main" autoFocus onClick={() => { void dropWork(work.id); onHome(); }}>
            {t('floor.pick.next_task')}
          </Big>
          <Big kind="plain" onClick={onPack}>
            {t('floor.pick.pack_now')}
          </Big>
        </footer>
        <Tell told={told} />
      </main>
    );

  if (screen === 'short')
    return (
      <main className="page-floor">
        {bar}
        <section className="middle left">
          <h2 className="large">{t('floor.short.title', { name: line.name })}</h2>
          <p>{t('floor.short.text', { found: quantity(line.done), asked: quantity(line.quantity) })}</p>
        </section>
        <footer className="thumb">
          {reasons.map((reason) => (
            <Big key={reason} kind={reason === 'not_found' ? 'bad' : 'plain'} onClick={() => short(reason)}>
              {t(`floor.short.${reason}`)}
            </Big>
          ))}
          <Big kind="" onClick={() => setScreen('line')}>
            {t('common.back')}
          </Big>
        </footer>
      </main>
    );

  if (screen === 'by_hand')
    return (
      <ByHand
        bar={bar}
        line={line}
        onTake={(n) => {
          setScreen('line');
          take(line, n, { sku: line.sku });
        }}
        onBack={() => setScreen('line')}
      />
    );

  if (line.bin && !line.there)
    return (
      <main className="page-floor">
        {bar}
        {progress}
        <section className="middle">
          <p className="kicker">{t('floor.pick.go_to')}</p>
          <p className="huge code">{line.bin}</p>
          <p className="muted">{line.name}</p>
        </section>
        <footer className="thumb">
          <ScanBar onCode={onBin} hint={t('floor.pick.scan_bin')} />
          <Big kind="main" onClick={() => change(arrived(work, line.line))}>
            {t('floor.pick.here')}
          </Big>
        </footer>
        <Tell told={told} />
      </main>
    );

  return (
    <main className="page-floor">
      {bar}
      {progress}
      <section className="middle">
        <p className="kicker">{line.bin ? t('floor.pick.at_bin', { bin: line.bin }) : t('floor.pick.find')}</p>
        <p className="large name">{line.name}</p>
        <p className="code">{line.sku}</p>
        {line.lot && <p className="code">{t('floor.pick.lot', { lot: line.lot })}</p>}
        <p className="ratio" aria-label={t('floor.pick.so_far', { done: quantity(line.done), all: quantity(line.quantity) })}>
          <b>{quantity(line.done)}</b>
          <span>{t('floor.pick.of', { n: quantity(line.quantity) })}</span>
        </p>
        <LeavesBy at={work.shipBy} />
      </section>
      <footer className="thumb">
        <ScanBar onCode={onItem} hint={t('floor.pick.scan_item')} />
        <div className="pair">
          <Big kind="bad" onClick={() => setScreen('short')}>
            {t('floor.pick.short')}
          </Big>
          <Big onClick={() => setScreen('by_hand')}>{t('floor.pick.by_hand')}</Big>
        </div>
      </footer>
      <Tell told={told} />
    </main>
  );
}

function ByHand({ bar, line, onTake, onBack }: { bar: ReactNode; line: WorkLine; onTake: (n: number) => void; onBack: () => void }) {
  const { t } = useTranslation();
  const [n, setN] = useState(left(line));
  return (
    <main className="page-floor">
      {bar}
      <section className="middle">
        <p className="large name">{line.name}</p>
        <p className="code">{line.sku}</p>
        <p>{t('floor.pick.how_many')}</p>
        <Counter value={n} onChange={setN} max={left(line)} label={t('floor.pick.how_many')} />
      </section>
      <footer className="thumb">
        <Big kind="main" disabled={n <= 0} onClick={() => onTake(n)}>
          {t('floor.pick.take', { n: quantity(n) })}
        </Big>
        <Big kind="plain" onClick={onBack}>
          {t('common.back')}
        </Big>
      </footer>
    </main>
  );
}
