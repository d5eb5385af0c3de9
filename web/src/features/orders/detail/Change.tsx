// An order that was placed is changed in place; what it would do stands beside it before anything is done.
import { useQuery } from '@tanstack/react-query';
import { Alert, App, Button, Checkbox, Form, Input, InputNumber, Modal } from 'antd';
import { useId, useRef, useState } from 'react';
import { readPath, sendPath } from '../../../shared/api/client';
import { asProblem } from '../../../shared/api/problem';
import { useMay } from '../../../shared/api/session';
import { AddressFields, addressLines } from '../../../shared/desk/AddressInput';
import { ConflictTable } from '../../../shared/desk/Conflict';
import { PriceInput, SkuSelect } from '../../../shared/desk/fields';
import { money, quantity } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { useProblemText } from '../../../shared/ui';
import { readOrder, useKeepOrder, type Address, type Order } from '../api';
import { Labelled } from '../desk/parts';
import { orderTitle } from '../words';
import { Preview } from './ChangePreview';
import { changeBody, clashes, editedOf, rebase, useChangePreview, type ChangeSet, type Clash, type Edited, type EditedLine } from './changing';

function useFree(sku: string | undefined) {
  const { data } = useQuery({
    queryKey: ['stock', 'free', sku],
    enabled: Boolean(sku),
    queryFn: ({ signal }) => readPath<{ data: { available: number }[] }>('/v1/stock', { sku: sku as string, limit: 200 }, signal),
  });
  return data?.data.reduce((sum, row) => sum + Math.max(0, row.available), 0);
}

export function ChangeDialog({ order: opened, onClose }: { order: Order; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const may = useMay();
  const keep = useKeepOrder();
  const problemText = useProblemText();
  const [order, setOrder] = useState(opened);
  const was = useRef(editedOf(opened));
  const [edited, setEdited] = useState(was.current);
  const [met, setMet] = useState<{ order: Order; clashes: Clash[] }>();
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string>();
  const body = changeBody(was.current, edited);
  const preview = useChangePreview(order, body);
  const told = body ? preview.data : undefined;
  const refused = told?.preview?.refusals?.length ?? 0;
  const patch = (change: Partial<Edited>) => setEdited((old) => ({ ...old, ...change }));
  const patchLine = (key: string, change: Partial<EditedLine>) => setEdited((old) => ({ ...old, lines: old.lines.map((line) => (line.key === key ? { ...line, ...change } : line)) }));

  const take = (now: Order, mine: boolean) => {
    const theirs = editedOf(now);
    setEdited((old) => rebase(was.current, theirs, old, mine));
    was.current = theirs;
    setOrder(now);
    setMet(undefined);
  };
  /** Somebody was faster: nothing typed is lost, and what both have changed is asked. */
  const others = async () => {
    const now = await readOrder(order.id);
    keep(now);
    const both = clashes(was.current, editedOf(now), edited);
    if (both.length) setMet({ order: now, clashes: both });
    else {
      take(now, true);
      setTrouble(t('orders.change.moved'));
    }
  };
  const confirm = async () => {
    if (!body || !told || busy) return;
    setBusy(true);
    setTrouble(undefined);
    try {
      const set = await sendPath<ChangeSet>('POST', `/v1/orders/${order.id}/changes`, body, undefined, undefined, order.version);
      if (set.preview_hash !== told.preview_hash) {
        await sendPath('POST', `/v1/changes/${set.id}/cancel`, {});
        await preview.refetch();
        setTrouble(t('orders.change.moved'));
        return;
      }
      await sendPath('POST', `/v1/changes/${set.id}/confirm`, { preview_hash: set.preview_hash });
      keep(await readOrder(order.id));
      void message.success(t('common.done'));
      onClose();
    } catch (error) {
      const problem = asProblem(error);
      if (problem.conflict || problem.code === 'preview_changed') await others().catch((failed) => setTrouble(problemText(failed)));
      else setTrouble(problemText(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Modal
      open
      width={980}
      title={`${t('orders.change.confirm')} ${orderTitle(order)}`}
      onCancel={onClose}
      okText={t('orders.change.confirm')}
      okButtonProps={{ disabled: !body || !preview.fresh || refused > 0, loading: busy }}
      onOk={() => void confirm()}
    >
      {trouble && <Alert type="warning" showIcon title={trouble} style={{ marginBottom: 12 }} />}
      <div className="change-columns">
        <div>
          <ul className="change-lines">
            {edited.lines.map((line) => (
              <LineRow key={line.key} line={line} currency={order.currency} mayPrice={may('order.price')} onChange={(change) => patchLine(line.key, change)} onRemove={line.line === undefined ? () => patch({ lines: edited.lines.filter((one) => one !== line) }) : undefined} />
            ))}
          </ul>
          <AddLine onAdd={(sku) => patch({ lines: [...edited.lines, { key: `new-${edited.lines.length}-${sku}`, sku, name: sku, quantity: 1 }] })} />
          <More edited={edited} patch={patch} />
        </div>
        <section aria-label={t('orders.change.preview')} aria-live="polite" aria-busy={Boolean(body) && !preview.fresh}>
          {body ? (
            told?.preview && <Preview preview={told.preview} currency={order.currency} />
          ) : (
            <p className="muted">{t('orders.change.nothing')}</p>
          )}
          {body && preview.isError && <Alert type="error" title={problemText(preview.error)} />}
          {told?.preview && told.preview.money.give_back + (told.preview.refunds?.length ?? 0) > 0 && may('payment.refund') && (
            <Checkbox checked={edited.refund} onChange={(event) => patch({ refund: event.target.checked })}>
              {t('orders.change.refund')}
            </Checkbox>
          )}
        </section>
      </div>
      {met && <Conflict met={met} currency={order.currency} onMine={() => take(met.order, true)} onTheirs={() => take(met.order, false)} onBack={() => setMet(undefined)} />}
    </Modal>
  );
}

function LineRow({ line, currency, mayPrice, onChange, onRemove }: { line: EditedLine; currency: string; mayPrice: boolean; onChange: (change: Partial<EditedLine>) => void; onRemove: (() => void) | undefined }) {
  const { t } = useTranslation();
  const free = useFree(line.line === undefined ? line.sku : undefined);
  return (
    <li className="change-line">
      <div className="grow">
        <div>{line.name}</div>
        <div className="small muted">
          <span className="mono">{line.sku}</span>
          {free !== undefined && <> · {t('orders.change.free', { n: quantity(free) })}</>}
        </div>
      </div>
      <InputNumber aria-label={t('orders.desk.quantity_of', { what: line.name })} min={0} value={line.quantity} onChange={(value) => onChange({ quantity: Math.round((value ?? 0) * 1e6) / 1e6 })} style={{ width: 90 }} />
      {mayPrice && <PriceInput aria-label={t('orders.desk.price_of', { what: line.name })} currency={currency} fine value={line.unit_price ?? null} onChange={(value) => onChange({ unit_price: value ?? undefined })} />}
      {onRemove && (
        <Button type="text" onClick={onRemove} aria-label={t('orders.change.remove', { what: line.name })}>
          ×
        </Button>
      )}
    </li>
  );
}

function AddLine({ onAdd }: { onAdd: (sku: string) => void }) {
  const { t } = useTranslation();
  const id = useId();
  const [round, setRound] = useState(0);
  return (
    <Labelled id={id} label={t('orders.change.add')}>
      <SkuSelect
        key={round}
        id={id}
        onChange={(sku) => {
          if (!sku) return;
          onAdd(sku);
          setRound(round + 1);
        }}
      />
    </Labelled>
  );
}

function More({ edited, patch }: { edited: Edited; patch: (change: Partial<Edited>) => void }) {
  const { t } = useTranslation();
  const id = useId();
  const [address, setAddress] = useState(false);
  return (
    <>
      {address ? (
        <Form layout="vertical" component={false} initialValues={{ address: edited.address ?? {} }} onValuesChange={(_, all: { address: Address }) => patch({ address: Object.fromEntries(Object.entries({ ...edited.address, ...all.address }).filter(([, value]) => value)) as unknown as Address })}>
          <AddressFields at={['address']} />
        </Form>
      ) : (
        <div className="row">
          <span className="grow">{edited.address ? addressLines(edited.address).join(', ') : t('orders.change.no_address')}</span>
          <Button onClick={() => setAddress(true)}>{t('orders.change.address')}</Button>
        </div>
      )}
      <div className="two">
        <Labelled id={`${id}-m`} label={t('orders.change.method')}>
          <Input id={`${id}-m`} maxLength={40} value={edited.method} onChange={(event) => patch({ method: event.target.value })} />
        </Labelled>
        <Labelled id={`${id}-p`} label={t('orders.change.price_reason')}>
          <Input id={`${id}-p`} maxLength={200} value={edited.price_reason} onChange={(event) => patch({ price_reason: event.target.value })} />
        </Labelled>
        <Labelled id={`${id}-f`} label={t('orders.change.from')}>
          <Input id={`${id}-f`} type="date" value={edited.from ?? ''} onChange={(event) => patch({ from: event.target.value || undefined })} />
        </Labelled>
        <Labelled id={`${id}-t`} label={t('orders.change.to')}>
          <Input id={`${id}-t`} type="date" value={edited.to ?? ''} onChange={(event) => patch({ to: event.target.value || undefined })} />
        </Labelled>
      </div>
      <Labelled id={`${id}-r`} label={t('common.reason')}>
        <Input id={`${id}-r`} maxLength={500} value={edited.reason} onChange={(event) => patch({ reason: event.target.value })} />
      </Labelled>
    </>
  );
}

function Conflict({ met, currency, onMine, onTheirs, onBack }: { met: { clashes: Clash[] }; currency: string; onMine: () => void; onTheirs: () => void; onBack: () => void }) {
  const { t } = useTranslation();
  const said = (clash: Clash, value: unknown) => {
    if (clash.field === 'quantity') return quantity(Number(value));
    if (clash.field === 'unit_price') return typeof value === 'number' ? money(value, currency) : String(value);
    if (clash.field === 'address') return value ? addressLines(value as Address).join(', ') : '—';
    if (clash.field === 'window') return Object.values((value ?? {}) as object).filter(Boolean).join(' – ') || '—';
    return String(value ?? '—');
  };
  const rows = met.clashes.map((clash) => ({
    name: clash.field + (clash.name ?? ''),
    label: [clash.name, t(clash.field === 'method' ? 'orders.change.method' : `orders.change.field.${clash.field}`)].filter(Boolean).join(' · '),
    mine: said(clash, clash.mine),
    theirs: said(clash, clash.theirs),
  }));
  return <ConflictTable rows={rows} onMine={onMine} onTheirs={onTheirs} onBack={onBack} />;
}
