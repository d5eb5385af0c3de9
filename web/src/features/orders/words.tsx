// Orders in words: promise, customer, what comes next.
import { date, day, duration, relative, time } from '../../shared/format';
import { useTranslation, type Translate } from '../../shared/i18n';
import { StatusTag, type Tone } from '../../shared/ui';
import type { Order, OrderRow } from './api';
import { firstAction, readPromise, type PromiseKind } from './reading';

const tones: Record<PromiseKind, Tone> = { none: 'quiet', late: 'bad', overdue: 'bad', today: 'warn', on_time: 'good', arriving: 'info', done: 'good' };
/** How long ago, in the largest unit only. */
function span(when: string | undefined): string {
  const ms = Date.now() - Date.parse(when ?? '');
  const unit = [86_400_000, 3_600_000, 60_000].find((size) => ms >= size) ?? 60_000;
  return duration(Math.max(1, Math.floor(ms / unit)) * unit);
}
/** Due today is a warning only when little of the day is left. */
const SOON_MS = 4 * 3_600_000;
const sameDay = (a: number, b: number) => date(a) === date(b);

function promiseText(order: OrderRow | Order, t: Translate): { text: string; tone: Tone; kind: PromiseKind } {
  const { kind, when, zone } = readPromise(order, Date.now(), sameDay);
  const words: Record<PromiseKind, () => string> = {
    none: () => '',
    late: () => t('orders.promise.late', { span: span(when) }),
    overdue: () => t('orders.promise.overdue', { span: span(when) }),
    today: () => t('orders.promise.today', { time: time(when) }),
    on_time: () => t('orders.promise.on_time', { day: day(when, zone) }),
    arriving: () => t('orders.promise.arriving', { day: day(when, zone) }),
    done: () => t('orders.promise.done'),
  };
  // What somebody stopped is not on its way to be in time.
  if ((kind === 'on_time' || kind === 'today') && order.holds?.some(({ state, line }) => state === 'active' && !line)) return { text: t('orders.promise.held', { day: day(when, zone) }), tone: 'warn', kind };
  const calm = kind === 'today' && Date.parse(when ?? '') - Date.now() > SOON_MS;
  return { text: words[kind](), tone: calm ? 'info' : tones[kind], kind };
}

export function PromiseTag({ order }: { order: OrderRow | Order }) {
  const { t } = useTranslation();
  const { text, tone } = promiseText(order, t);
  return text ? <StatusTag tone={tone}>{text}</StatusTag> : null;
}

export function customerName(order: OrderRow | Order): string {
  return order.customer?.name ?? order.shipping_address?.name ?? order.customer?.email ?? order.customer?.external_id ?? '';
}

export const orderTitle = (order: { number?: string; external_id?: string; id?: string }) => order.number ?? order.external_id ?? order.id ?? '';

export const ageOf = (order: OrderRow | Order) => relative(order.placed_at ?? order.created_at);

export function useNextText(): (order: OrderRow) => string {
  const { t } = useTranslation();
  return (order) => {
    const action = firstAction(order as never);
    return action ? t(`orders.act.${action}`) : '';
  };
}
