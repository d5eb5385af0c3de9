// How it is paid, what it comes to, and the word that makes it an order.
import { Button, Checkbox, Input, Select } from 'antd';
import { PriceInput } from '../../../shared/desk/fields';
import { Panel } from '../../../shared/desk/record';
import { dateTime, money, weekday } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { StatusTag, useProblemText } from '../../../shared/ui';
import { promiseZone } from '../reading';
import type { DeskDraft } from './draft';
import { mayPass, type Quote } from './quote';
import type { Desk } from './useDesk';

export function Money({ desk: { draft, patch, told, currency } }: { desk: Desk }) {
  const { t } = useTranslation();
  return (
    <Panel title={t('orders.desk.money')}>
      <div className="col wide-gap">
        <div className="field">
          <label htmlFor="desk-shipping">{t('orders.desk.shipping')}</label>
          <PriceInput id="desk-shipping" currency={currency} {...(draft.shipping === undefined ? {} : { value: draft.shipping })} onChange={(value) => patch({ shipping: typeof value === 'number' ? value : undefined })} />
        </div>
        <div className="two">
          <div className="field">
            <label htmlFor="desk-paid">{t('orders.desk.payment')}</label>
            <Select
              id="desk-paid"
              allowClear
              placeholder={t('orders.desk.unpaid')}
              value={draft.paid}
              options={(['cash', 'card', 'bank'] as const).map((value) => ({ value, label: t(`orders.pay.by_${value}`) }))}
              onChange={(paid?: DeskDraft['paid']) => patch({ paid })}
            />
          </div>
          <div className="field">
            <label htmlFor="desk-terms">{t('orders.desk.terms')}</label>
            <Select
              id="desk-terms"
              allowClear
              placeholder={told ? t(`enum.payment_terms.${told.payment_terms}`) : t('orders.desk.terms_channel')}
              value={draft.terms}
              options={(['prepaid', 'cod', 'deposit', 'account'] as const).map((value) => ({ value, label: t(`enum.payment_terms.${value}`) }))}
              onChange={(terms?: DeskDraft['terms']) => patch({ terms })}
            />
          </div>
        </div>
        {draft.paid && (
          <div className="field">
            <label htmlFor="desk-reference">{t('orders.pay.reference')}</label>
            <Input id="desk-reference" value={draft.reference ?? ''} onChange={(event) => patch({ reference: event.target.value })} />
          </div>
        )}
        <div className="field">
          <label htmlFor="desk-notes">{t('orders.notes')}</label>
          <Input.TextArea id="desk-notes" rows={2} value={draft.notes ?? ''} onChange={(event) => patch({ notes: event.target.value })} />
        </div>
      </div>
    </Panel>
  );
}

export function Sum({ desk }: { desk: Desk }) {
  const { t } = useTranslation();
  const { draft, patch, body, told, stale, ready, overrides, mistyped, busy, send, currency } = desk;
  return (
    <section className="panel desk-sum" aria-label={t('orders.desk.sum')}>
      <div className="panel-body col" aria-live="polite">
        <Ledger told={mistyped || overrides ? undefined : told} stale={stale} currency={currency} />
        {told?.promise.ship_by && (
          <p className="desk-promise">
            <StatusTag tone="good">{t('orders.desk.ships', { when: dateTime(told.promise.ship_by) })}</StatusTag>
            {told.promise.deliver_by && <StatusTag tone="info">{t('orders.desk.arrives', { when: weekday(told.promise.deliver_by, promiseZone(told.promise, told.promise.deliver_by)) })}</StatusTag>}
          </p>
        )}
        {told && told.complete === false && <p className="warned">{t(told.would_refuse ? 'orders.desk.refuses' : 'orders.desk.incomplete')}</p>}
        {told?.holds?.map((hold, i) => (
          <p key={i} className="warned">
            {t('orders.desk.held', { type: t(`enum.hold_type.${hold.type}`, { defaultValue: hold.type }) })}
          </p>
        ))}
        <Trouble desk={desk} />
        {mistyped && <p className="warned">{t('orders.desk.quantity_needed')}</p>}
        {overrides && <p className="warned">{t('orders.desk.reason_needed')}</p>}
        <Button type="primary" size="large" block disabled={!ready} loading={busy === 'place'} onClick={() => void send(false)}>
          {draft.paid && told ? t('orders.desk.place_paid', { total: money(told.totals.total, currency) }) : t('orders.desk.place')}
        </Button>
        <Button block disabled={!body || mistyped} loading={busy === 'draft'} onClick={() => void send(true)}>
          {t('orders.desk.save_draft')}
        </Button>
        {told && (
          <Checkbox checked={draft.keep_stock ?? false} onChange={(event) => patch({ keep_stock: event.target.checked })}>
            {t('orders.desk.keep_stock', { n: told.keep_minutes })}
          </Checkbox>
        )}
      </div>
    </section>
  );
}

function Ledger({ told, stale, currency }: { told: Quote | undefined; stale: boolean; currency: string }) {
  const { t } = useTranslation();
  return (
    <dl className={stale ? 'ledger stale' : 'ledger'}>
      {told &&
        (
          [
            ['subtotal', told.totals.subtotal],
            ['discount', -told.totals.discount],
            ['charges', told.totals.charges],
            [told.totals.subtotal - told.totals.discount + told.totals.charges === told.totals.total ? 'tax_included' : 'tax', told.totals.tax],
          ] as [string, number][]
        )
          .filter(([name, value]) => value !== 0 || name === 'subtotal')
          .map(([name, value]) => (
            <div key={name}>
              <dt>{t(`orders.sum.${name}`)}</dt>
              <dd className="num">{money(value, currency)}</dd>
            </div>
          ))}
      <div className="total">
        <dt>{t('orders.sum.total')}</dt>
        <dd className="num">{told ? money(told.totals.total, currency) : '–'}</dd>
      </div>
    </dl>
  );
}

/** Why it is refused, and where. */
function Trouble({ desk: { problem, faults, whereOf, refused, quote } }: { desk: Desk }) {
  const { t } = useTranslation();
  const problemText = useProblemText();
  if (!problem) return null;
  return (
    <div role="alert" className="problem">
      <p>{problemText(problem)}</p>
      {faults.length > 0 && (
        <ul>
          {faults.map((one, i) => (
            <li key={i}>{t('orders.desk.problem', { where: whereOf(one), what: one.what })}</li>
          ))}
        </ul>
      )}
      {refused && mayPass(refused) && (
        <Button size="small" loading={quote.isFetching} onClick={() => void quote.refetch()}>
          {t('common.retry')}
        </Button>
      )}
    </div>
  );
}
