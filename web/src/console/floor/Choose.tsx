// What to pack, chosen: the paper in the tote is scanned, or its order is tapped in the list.
import { useCallback, useEffect, useState } from 'react';
import { asProblem } from '../../shared/api/problem';
import { useTranslation } from '../../shared/i18n';
import { CODE_MAX, codeFits } from '../../shared/offline/gs1';
import { drain } from '../../shared/offline/outbox';
import { readyBy, readyToPack, take, type Ready } from './door';
import { Bar, Big, LeavesBy, ScanBar, Tell, useTell, Wait, Wrong } from './parts';
import type { Work } from './work';

export function Choose({ place, onHome, onTake }: { place: string; onHome: () => void; onTake: (work: Work) => void }) {
  const { t } = useTranslation();
  const [all, setAll] = useState<Ready[]>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const [told, tell] = useTell();

  // What waits goes first: what was picked here a moment ago is to be packed too.
  const look = useCallback(
    () =>
      void drain()
        .then(() => readyToPack(place))
        .then((found) => (setError(undefined), setAll(found)), setError),
    [place],
  );
  useEffect(look, [look]);

  const refused = (problem: unknown) => {
    const { code } = asProblem(problem);
    tell('wrong', t(`floor.outbox.why_${code}`, { defaultValue: t(`error.${code}`, { defaultValue: t('error.other', { code }) }) }));
    look();
  };
  const choose = async (find: () => Promise<Ready | undefined>, code: string) => {
    if (busy) return;
    if (!codeFits(code)) return tell('wrong', t('floor.tell.too_long'), t('floor.tell.too_long_text', { n: CODE_MAX }));
    setBusy(true);
    try {
      const one = await find();
      if (one) onTake(await take(one.id, 'pack'));
      else tell('wrong', t('floor.choose.not_here'), code);
    } catch (problem) {
      refused(problem);
    } finally {
      setBusy(false);
    }
  };

  return (
    <main className="page-floor">
      <Bar title={t('floor.choose.title')} onBack={onHome} />
      <section className="middle top">
        {error !== undefined ? <Wrong error={error} retry={look} /> : !all ? <Wait /> : null}
        {all?.length === 0 && <p className="large">{t('floor.home.none_pack')}</p>}
        <div className="stack">
          {all?.map((one) => (
            <Big key={one.id} kind="plain" disabled={busy} onClick={() => void choose(() => Promise.resolve(one), one.order_number)}>
              <span className="two-lines">
                {one.order_number}
                <small>
                  <LeavesBy at={one.ship_by} />
                </small>
              </span>
            </Big>
          ))}
        </div>
      </section>
      <footer className="thumb">
        <ScanBar onCode={(code) => void choose(() => readyBy(code, all ?? []), code)} hint={t('floor.choose.scan')} />
      </footer>
      <Tell told={told} />
    </main>
  );
}
