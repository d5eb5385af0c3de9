// Counting stock, blind: what should be there is not shown, so nobody counts to fit.
import { useEffect, useState } from 'react';
import { intent } from '../../shared/api/client';
import { asProblem } from '../../shared/api/problem';
import { quantity } from '../../shared/format';
import { useTranslation } from '../../shared/i18n';
import { keep, kept } from '../../shared/offline/kept';
import { CODE_MAX, codeFits } from '../../shared/offline/gs1';
import { put } from '../../shared/offline/outbox';
import { resolve } from './door';
import { Bar, Big, Counter, ScanBar, Tell, useTell } from './parts';

interface Counted {
  sku: string;
  name: string;
  lot?: string | undefined;
  counted: number;
}
const same = (a: { sku: string; lot?: string | undefined }, b: { sku: string; lot?: string | undefined }) => a.sku === b.sku && a.lot === b.lot;

export function Count({ place, onHome }: { place: string; onHome: () => void }) {
  const { t } = useTranslation();
  const name = `count ${place}`;
  const [lines, setLines] = useState<Counted[]>([]);
  const [at, setAt] = useState<Counted>();
  const [told, tell] = useTell();
  useEffect(() => void kept<Counted[]>(name).then((known) => known && setLines(known)), [name]);

  const set = (next: Counted[]) => {
    setLines(next);
    void keep(name, next.length ? next : undefined);
  };
  const onCode = (code: string) => {
    if (!codeFits(code)) return tell('wrong', t('floor.tell.too_long'), t('floor.tell.too_long_text', { n: CODE_MAX }));
    return void resolve(code).then(
      (found) => {
        if (!found) return tell('wrong', t('floor.tell.unknown_code'), code);
        const had = lines.find((line) => same(line, found));
        setAt({ sku: found.sku, name: found.name, lot: found.lot, counted: (had?.counted ?? 0) + (found.count ?? 1) });
        return tell('right', t('floor.tell.right'), found.name);
      },
      (error: unknown) => tell('wrong', t(`error.${asProblem(error).code}`, { defaultValue: t('floor.tell.unknown_code') }), code),
    );
  };
  const send = () => {
    void put({
      key: intent(),
      kind: 'act',
      act: 'count',
      about: '',
      label: place,
      method: 'POST',
      path: '/v1/stock/adjustments',
      body: { location: place, reason: t('floor.count.reason'), lines: lines.map(({ sku, lot, counted }) => ({ sku, counted, ...(lot ? { lot } : {}) })) },
    });
    set([]);
    tell('done', t('floor.tell.counted'));
  };

  if (at)
    return (
      <main className="page-floor">
        <Bar title={t('floor.count.title')} onBack={() => setAt(undefined)} />
        <section className="middle">
          <p className="large name">{at.name}</p>
          <p className="code">{at.sku}</p>
          {at.lot && <p className="code">{t('floor.pick.lot', { lot: at.lot })}</p>}
          <p>{t('floor.count.how_many')}</p>
          <Counter value={at.counted} onChange={(counted) => setAt({ ...at, counted })} label={t('floor.count.how_many')} />
        </section>
        <footer className="thumb">
          <Big
            kind="main"
            onClick={() => {
              set([at, ...lines.filter((line) => !same(line, at))]);
              setAt(undefined);
            }}
          >
            {t('floor.count.keep')}
          </Big>
        </footer>
        <Tell told={told} />
      </main>
    );
  return (
    <main className="page-floor">
      <Bar title={t('floor.count.title')} onBack={onHome} />
      <section className="middle top">
        {lines.length ? (
          <ul className="items">
            {lines.map((line) => (
              <li key={`${line.sku} ${line.lot ?? ''}`}>
                <button type="button" className="items-open" onClick={() => setAt(line)}>
                  <span className="items-name">
                    {line.name}
                    <small className="code">{line.sku}</small>
                  </span>
                  <b>{quantity(line.counted)}</b>
                </button>
              </li>
            ))}
          </ul>
        ) : (
          <p className="muted center">{t('floor.count.blind')}</p>
        )}
      </section>
      <footer className="thumb">
        <ScanBar onCode={onCode} hint={t('floor.count.scan')} />
        <Big kind="main" disabled={!lines.length} onClick={send}>
          {t('floor.count.send', { count: lines.length })}
        </Big>
      </footer>
      <Tell told={told} />
    </main>
  );
}
