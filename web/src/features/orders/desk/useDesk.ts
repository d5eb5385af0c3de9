// The order that is being typed: kept over a reload, asked about as it changes, sent once.
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { App } from 'antd';
import { useEffect, useState } from 'react';
import { sendPath } from '../../../shared/api/client';
import { unsettled } from '../../../shared/api/intent';
import { keep } from '../../../shared/api/keep';
import { asProblem } from '../../../shared/api/problem';
import { useMay } from '../../../shared/api/session';
import { language, useTranslation } from '../../../shared/i18n';
import { orderKey, useMasters, type Order } from '../api';
import { emptyDraft, isEmpty, keepDraft, orderBody, placeOfFault, readDraft, readQuantity, type DeskDraft } from './draft';
import { mayPass, useQuote } from './quote';

interface Channel {
  code: string;
  name?: string;
  kind?: string;
  currency?: string;
  active?: boolean;
}

export function useDesk() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const client = useQueryClient();
  const may = useMay();
  const [draft, setDraft] = useState<DeskDraft>(readDraft);
  const [busy, setBusy] = useState<'place' | 'draft'>();
  const [wrong, setWrong] = useState<unknown>();
  const channels = useMasters<Channel>('channels', may('master.read'));
  const patch = (change: Partial<DeskDraft>) => setDraft((old) => ({ ...old, ...change }));
  useEffect(() => keepDraft(isEmpty(draft) ? undefined : draft), [draft]);

  const channelsOpen = channels.data?.data.filter(({ active }) => active !== false);
  useEffect(() => {
    if (draft.channel || !channelsOpen?.length) return;
    const phone = channelsOpen.find(({ kind, code }) => kind === 'phone' || code === 'phone') ?? channelsOpen[0];
    if (phone) patch({ channel: phone.code, currency: phone.currency ?? 'USD' });
  }, [channelsOpen, draft.channel]);

  const body = orderBody(draft, language());
  const { quote, told, refused, fresh } = useQuote(body);
  const currency = draft.currency ?? 'USD';
  const overrides = draft.lines.some((line) => line.unit_price !== undefined && !line.price_reason);
  const mistyped = draft.lines.some((line) => line.typed !== undefined && 'why' in readQuantity(line.typed, line.unit));
  const ready = fresh && !overrides && !mistyped;
  const stale = Boolean(told) && (mistyped || Boolean(refused));
  // It answers again: what was said of its absence is over.
  useEffect(() => {
    if (quote.dataUpdatedAt) setWrong((old: unknown) => (old !== undefined && mayPass(asProblem(old)) ? undefined : old));
  }, [quote.dataUpdatedAt]);
  const problem = wrong !== undefined || refused ? asProblem(wrong ?? refused) : undefined;
  const faults = (problem?.errors ?? []).map((entry) => ({ ...placeOfFault(entry.pointer), what: t(`error.${entry.code}`, { defaultValue: entry.detail }) }));
  const whereOf = ({ line, field }: { line?: number; field: string }) => {
    const named = t(`orders.desk.field.${field}`, { defaultValue: field.replaceAll('_', ' ') });
    const name = line === undefined ? undefined : draft.lines[line]?.name;
    return name === undefined ? named : t('orders.desk.problem_line', { line: name, field: named });
  };

  const send = async (asDraft: boolean) => {
    const full = orderBody(draft, language(), told?.totals.total);
    if (!full) return;
    setBusy(asDraft ? 'draft' : 'place');
    setWrong(undefined);
    try {
      const { payments: _paid, ...unpaid } = full;
      const order = await sendPath<Order>('POST', '/v1/orders', asDraft ? { ...unpaid, draft: true, ...(draft.keep_stock ? { hold_stock: true } : {}) } : full, undefined, `${draft.key}${asDraft ? '-draft' : ''}`);
      keepDraft(undefined);
      setDraft(emptyDraft());
      keep(client, orderKey(order.id), order);
      void client.invalidateQueries({ queryKey: ['orders'] });
      void message.success(t(asDraft ? 'orders.desk.drafted' : 'orders.desk.placed', { order: order.number ?? order.id }));
      // The form is done with: back leads to where one was before it.
      void navigate({ to: `/orders/${order.number ?? order.id}` as never, replace: true });
    } catch (error) {
      setWrong(error);
      // Refused: what is mended is another order. Where it may have been placed nevertheless, it keeps its name.
      const { status, code } = asProblem(error);
      if (!unsettled(status, code)) patch({ key: crypto.randomUUID() });
    } finally {
      setBusy(undefined);
    }
  };

  return { draft, setDraft, patch, channels: channelsOpen ?? [], currency, body, quote, told, refused, stale, ready, overrides, mistyped, problem, faults, whereOf, busy, send };
}
export type Desk = ReturnType<typeof useDesk>;
