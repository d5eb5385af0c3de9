// Picking, one act a screen: go to the bin, scan the item until the line is whole, next. Nothing waits for the network.
import { useState, type ReactNode } from 'react';
import { quantity } from '../../shared/format';
import { useTranslation } from '../../shared/i18n';
import { dropWork } from '../../shared/offline/kept';
import { Bar, Big, Counter, LeavesBy, ScanBar, Steps, Tell } from './parts';
import { usePick, type Picking } from './usePick';
import { left, units, type Work, type WorkLine } from './work';

const reasons = ['not_found', 'damaged', 'busy', 'no_staff'] as const;

export function Pick({ first, onHome, onPack }: { first: Work; onHome: () => void; onPack: () => void }) {
  const { t } = useTranslation();
  const pick = usePick(first);
  const { work, line } = pick;
  const [screen, setScreen] = useState<'line' | 'short' | 'by_hand'>('line');
  const total = units(work);
  const bar = (
    <Bar title={work.order} onBack={screen === 'line' ? onHome : () => setScreen('line')}>
      {work.tote !== undefined && <span className="tote">{t('floor.pick.tote', { n: work.tote })}</span>}
    </Bar>
  );
  const progress = <Steps done={total.done} all={total.all} label={t('floor.pick.progress', { done: quantity(total.done), all: quantity(total.all) })} />;

  if (!line) return <Whole pick={pick} bar={bar} progress={progress} onHome={onHome} onPack={onPack} />;
  if (screen === 'short')
    return (
      <Short
        bar={bar}
        line={line}
        onBack={() => setScreen('line')}
        onShort={(reason) => {
          pick.short(reason);
          onHome();
        }}
      />
    );
  if (screen === 'by_hand')
    return (
      <ByHand
        bar={bar}
        line={line}
        onTake={(n) => {
          setScreen('line');
          pick.take(line, n, { sku: line.sku });
        }}
        onBack={() => setScreen('line')}
      />
    );
  return <AtLine pick={pick} line={line} bar={bar} progress={progress} onShort={() => setScreen('short')} onByHand={() => setScreen('by_hand')} />;
}

interface Shown {
  pick: Picking;
  bar: ReactNode;
  progress: ReactNode;
}

function Whole({ pick: { work, told }, bar, progress, onHome, onPack }: Shown & { onHome: () => void; onPack: () => void }) {
  const { t } = useTranslation();
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
}

function Short({ bar, line, onShort, onBack }: { bar: ReactNode; line: WorkLine; onShort: (reason: string) => void; onBack: () => void }) {
  const { t } = useTranslation();
  return (
    <main className="page-floor">
      {bar}
      <section className="middle left">
        <h2 className="large">{t('floor.short.title', { name: line.name })}</h2>
        <p>{t('floor.short.text', { found: quantity(line.done), asked: quantity(line.quantity) })}</p>
      </section>
      <footer className="thumb">
        {reasons.map((reason) => (
          <Big key={reason} kind={reason === 'not_found' ? 'bad' : 'plain'} onClick={() => onShort(reason)}>
            {t(`floor.short.${reason}`)}
          </Big>
        ))}
        <Big kind="" onClick={onBack}>
          {t('common.back')}
        </Big>
      </footer>
    </main>
  );
}

/** The bin, then what lies in it: one screen, so that a camera that is open stays open. */
function AtLine({ pick: { work, told, onItem, onBin, arrive }, line, bar, progress, onShort, onByHand }: Shown & { line: WorkLine; onShort: () => void; onByHand: () => void }) {
  const { t } = useTranslation();
  const goes = Boolean(line.bin && !line.there);
  return (
    <main className="page-floor">
      {bar}
      {progress}
      <section className="middle">{goes ? <Bin line={line} /> : <Item line={line} shipBy={work.shipBy} />}</section>
      <footer className="thumb">
        <ScanBar onCode={goes ? onBin : onItem} hint={t(goes ? 'floor.pick.scan_bin' : 'floor.pick.scan_item')} />
        {goes ? (
          <Big kind="main" onClick={() => arrive(line)}>
            {t('floor.pick.here')}
          </Big>
        ) : (
          <div className="pair">
            <Big kind="bad" onClick={onShort}>
              {t('floor.pick.short')}
            </Big>
            <Big onClick={onByHand}>{t('floor.pick.by_hand')}</Big>
          </div>
        )}
      </footer>
      <Tell told={told} />
    </main>
  );
}

function Bin({ line }: { line: WorkLine }) {
  const { t } = useTranslation();
  return (
    <>
      <p className="kicker">{t('floor.pick.go_to')}</p>
      <p className="huge code">{line.bin}</p>
      <p className="muted">{line.name}</p>
    </>
  );
}

function Item({ line, shipBy }: { line: WorkLine; shipBy: string | undefined }) {
  const { t } = useTranslation();
  return (
    <>
      <p className="kicker">{line.bin ? t('floor.pick.at_bin', { bin: line.bin }) : t('floor.pick.find')}</p>
      <p className="large name">{line.name}</p>
      <p className="code">{line.sku}</p>
      {line.lot && <p className="code">{t('floor.pick.lot', { lot: line.lot })}</p>}
      <p className="ratio" aria-label={t('floor.pick.so_far', { done: quantity(line.done), all: quantity(line.quantity) })}>
        <b>{quantity(line.done)}</b>
        <span>{t('floor.pick.of', { n: quantity(line.quantity) })}</span>
      </p>
      <LeavesBy at={shipBy} />
    </>
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
