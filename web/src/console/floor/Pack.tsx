// Packing: each item is scanned into the box, what does not belong is refused; then the weight, the label, and out it goes.
import { useEffect, useRef, useState } from 'react';
import { intent } from '../../shared/api/client';
import { quantity } from '../../shared/format';
import { language, useTranslation } from '../../shared/i18n';
import { dropWork, keepWork } from '../../shared/offline/kept';
import { onSent, put, useOutbox } from '../../shared/offline/outbox';
import { CODE_MAX, readCode } from '../../shared/offline/gs1';
import { fulfillment, givesNoNumbers } from './door';
import { Bar, Big, ScanBar, Steps, Tell, useTell } from './parts';
import { useScanner } from './wedge';
import { counted, grams, HEAVY_G, isScan, judge, left, loggedAs, units, type Work } from './work';

export function Pack({ first, onHome }: { first: Work; onHome: () => void }) {
  const { t } = useTranslation();
  const [work, setWork] = useState(first);
  const [told, tell] = useTell();
  const [weight, setWeight] = useState('');
  const [wrongWeight, setWrongWeight] = useState(false);
  /** One asked about this weight already: pressed again, it is meant. */
  const [asked, setAsked] = useState<number>();
  const total = units(work);
  const whole = total.done >= total.all;

  // Scans may come faster than the screen is painted: each is judged on what the one before it left.
  const latest = useRef(first);
  const change = (next: Work) => {
    latest.current = next;
    setWork(next);
    void keepWork({ ...next });
  };
  const onItem = (code: string) => {
    const work = latest.current;
    const judged = judge(work, code);
    const body = { kind: 'pack', parcel: 1 };
    if (!judged.ok) {
      if (judged.why !== 'too_many') void put({ key: intent(), kind: 'scan', about: work.id, label: work.order, body: { ...body, code }, wrong: loggedAs(judged.why) });
      if (judged.why === 'too_long') return tell('wrong', t('floor.tell.too_long'), t('floor.tell.too_long_text', { n: CODE_MAX }));
      return tell('wrong', t(judged.why === 'wrong_sku' ? 'floor.tell.not_in_order' : `floor.tell.${judged.why}`), readCode(code).text);
    }
    void put({ key: intent(), kind: 'scan', about: work.id, label: work.order, body: { ...body, code, line: judged.line.line, quantity: judged.quantity } });
    const next = counted(work, judged.line.line, judged.quantity);
    change(next);
    const all = units(next);
    if (all.done >= all.all) tell('done', t('floor.tell.all_packed'));
    else tell('right', t('floor.tell.right'), judged.line.name);
  };
  // The box is full, and somebody scans on: that is no weight.
  useScanner(onItem, whole && work.kind === 'pack', (text) => isScan(latest.current, text));
  const byHand = () => {
    let next = work;
    for (const line of work.lines)
      if (left(line) > 0) {
        void put({ key: intent(), kind: 'scan', about: work.id, label: work.order, body: { kind: 'pack', parcel: 1, sku: line.sku, quantity: left(line) } });
        next = counted(next, line.line, left(line));
      }
    change(next);
    tell('done', t('floor.tell.all_packed'));
  };
  const pack = () => {
    const weight_g = weight.trim() ? grams(weight) : undefined;
    if (weight.trim() && weight_g === undefined) return setWrongWeight(true);
    if (weight_g !== undefined && weight_g > HEAVY_G && asked !== weight_g) return setAsked(weight_g);
    void put({
      key: intent(),
      kind: 'act',
      act: 'pack',
      about: work.id,
      label: work.order,
      method: 'POST',
      path: `/v1/fulfillments/${work.id}/pack`,
      body: { scanned: true, ...(weight_g ? { parcels: [{ weight_g }] } : {}) },
    });
    return change({ ...work, kind: 'ship' });
  };

  const heavy = asked !== undefined && grams(weight) === asked;
  const bar = <Bar title={t('floor.pack.title', { order: work.order })} onBack={onHome} />;
  if (work.kind === 'ship') return <Ship work={work} onHome={onHome} />;

  return (
    <main className="page-floor">
      {bar}
      <Steps done={total.done} all={total.all} label={t('floor.pack.progress', { done: quantity(total.done), all: quantity(total.all) })} />
      <section className="middle top">
        <ul className="items">
          {work.lines.map((line) => (
            <li key={line.line} className={left(line) ? '' : 'done'}>
              <span className="items-name">
                {line.name}
                <small className="code">{line.sku}</small>
              </span>
              <b aria-label={t('floor.pick.so_far', { done: quantity(line.done), all: quantity(line.quantity) })}>
                {t('floor.pack.ratio', { done: quantity(line.done), all: quantity(line.quantity) })}
              </b>
            </li>
          ))}
        </ul>
      </section>
      <footer className="thumb">
        {whole ? (
          <form
            className="typing"
            onSubmit={(event) => {
              event.preventDefault();
              pack();
            }}
          >
            <label>
              <span>{t('floor.pack.weight')}</span>
              <input
                autoFocus
                inputMode="decimal"
                autoComplete="off"
                value={weight}
                aria-invalid={wrongWeight}
                aria-describedby="weight-help"
                onChange={(event) => {
                  setWeight(event.target.value);
                  setWrongWeight(false);
                }}
              />
            </label>
            <p id="weight-help" className={wrongWeight || heavy ? 'bad-text' : 'muted'} role={wrongWeight || heavy ? 'alert' : undefined}>
              {wrongWeight ? t('floor.pack.weight_wrong') : heavy ? t('floor.pack.weight_heavy', { kg: quantity(asked / 1000), most: quantity(HEAVY_G / 1000) }) : t('floor.pack.weight_help')}
            </p>
            <button type="submit" className="big main">
              {t('floor.pack.close')}
            </button>
          </form>
        ) : (
          <>
            <ScanBar onCode={onItem} hint={t('floor.pack.scan')} />
            <Big onClick={byHand}>{t('floor.pack.by_hand')}</Big>
          </>
        )}
      </footer>
      <Tell told={told} />
    </main>
  );
}

/** Labels on, carrier scanned, gone. The label is the server's; without a network it comes later. */
export function Ship({ work, onHome }: { work: Work; onHome: () => void }) {
  const { t } = useTranslation();
  const [told, tell] = useTell();
  const { entries } = useOutbox();
  const [parcels, setParcels] = useState<{ id: string; n: number; number: string | undefined }[]>([]);
  const [gone, setGone] = useState(false);
  /** The carrier's own numbers, by parcel: people bring those of a carrier that gives none here. */
  const [numbers, setNumbers] = useState<string[]>([]);
  const [missing, setMissing] = useState(false);
  const [bring, setBring] = useState(false);
  useEffect(() => {
    let on = true;
    void givesNoNumbers(work.carrier).then((is) => on && setBring(is));
    return () => {
      on = false;
    };
  }, [work.carrier]);
  const fields = Math.max(1, parcels.length);
  const given = Array.from({ length: fields }, (_, i) => (numbers[i] ?? '').trim());
  const number = (i: number, text: string) => {
    setNumbers(Array.from({ length: fields }, (_, n) => (n === i ? text : (numbers[n] ?? ''))));
    setMissing(false);
  };
  useScanner((code) => number(Math.max(0, given.indexOf('')), code), bring && !gone);
  const waits = entries.some((entry) => entry.about === work.id);

  useEffect(() => {
    const look = () =>
      void fulfillment(work.id)
        .then((f) => setParcels((f.parcels ?? []).map((parcel, i) => ({ id: parcel.id ?? '', n: i + 1, number: parcel.tracking_number }))))
        .catch(() => undefined);
    if (!waits) look();
    return onSent((about) => about === work.id && look());
  }, [work.id, waits]);

  const ship = () => {
    const whole = given.every(Boolean);
    // Asked for once; pressed again without, it comes later: the office can enter it.
    if (bring && !whole && !missing) return setMissing(true);
    const body = !bring || !whole ? {} : fields > 1 ? { tracking_numbers: given } : { tracking_number: given[0] };
    void put({ key: intent(), kind: 'act', act: 'ship', about: work.id, label: work.order, method: 'POST', path: `/v1/fulfillments/${work.id}/ship`, body });
    void dropWork(work.id);
    setGone(true);
    return tell('done', t('floor.tell.shipped'));
  };
  return (
    <main className="page-floor">
      <Bar title={t('floor.ship.title', { order: work.order })} onBack={onHome} />
      <section className="middle">
        <p className={`huge ${gone ? 'good' : ''}`}>{gone ? t('floor.ship.gone') : t('floor.ship.ready')}</p>
        {work.carrier && <p className="large">{t('floor.ship.with', { carrier: work.carrier, service: work.service ?? '' })}</p>}
        <div className="links">
          {parcels.map((parcel) => (
            <a key={parcel.id} className="big plain" href={`/v1/parcels/${parcel.id}/label?format=pdf&language=${language()}`} target="_blank" rel="noreferrer">
              {parcel.number ? t('floor.ship.label_number', { n: parcel.n, number: parcel.number }) : t('floor.ship.label', { n: parcel.n })}
            </a>
          ))}
          {parcels.length > 0 && (
            <a className="big plain" href={`/v1/fulfillments/${work.id}/packing_slip?format=pdf`} target="_blank" rel="noreferrer">
              {t('floor.ship.slip')}
            </a>
          )}
        </div>
        {!parcels.length && <p className="muted">{t('floor.ship.label_later')}</p>}
      </section>
      <footer className="thumb">
        {gone ? (
          <Big kind="main" autoFocus onClick={onHome}>
            {t('floor.pick.next_task')}
          </Big>
        ) : (
          <form
            className="typing"
            onSubmit={(event) => {
              event.preventDefault();
              ship();
            }}
          >
            {bring &&
              given.map((_, i) => (
                <label key={i}>
                  <span>{fields > 1 ? t('floor.ship.number_of', { n: i + 1 }) : t('floor.ship.number')}</span>
                  <input value={numbers[i] ?? ''} maxLength={64} autoComplete="off" autoCapitalize="characters" spellCheck={false} aria-invalid={missing} aria-describedby="number-help" onChange={(event) => number(i, event.target.value)} />
                </label>
              ))}
            {bring && (
              <p id="number-help" className={missing ? 'bad-text' : 'muted'} role={missing ? 'alert' : undefined}>
                {t(missing ? 'floor.ship.number_missing' : 'floor.ship.number_help', { carrier: work.carrier ?? '' })}
              </p>
            )}
            <button type="submit" className="big main">
              {t('floor.ship.do')}
            </button>
          </form>
        )}
      </footer>
      <Tell told={told} />
    </main>
  );
}
