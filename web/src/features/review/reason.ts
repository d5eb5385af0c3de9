// Why an order is held, in the reader's language: put into words from what the rule saw. What people wrote stays as it is.
import { language, useTranslation } from '../../shared/i18n';
import { money, percent, price, quantity } from '../../shared/format';

interface HoldWords {
  type?: string | undefined;
  reason?: string | undefined;
  evidence?: unknown;
}
interface Seen {
  rule?: string;
  currency?: string;
  total?: number;
  expected_total?: number;
  amount?: number;
  authorized?: number;
  due?: number;
  payment_terms?: string;
  deviation?: string;
  orders?: number;
  window_minutes?: number;
  minutes?: number;
  similarity?: string;
  order?: string;
  number?: string;
  country?: string;
  missing?: string[];
  lines?: { sku: string; missing?: number; asked?: number; unit_price?: string; catalog_price?: string }[];
}

export type Translate = (key: string, values?: Record<string, unknown>) => string;

const SHOWN = 3;

function list(of: string[], t: Translate): string {
  const some = of.length > SHOWN + 1 ? [...of.slice(0, SHOWN), t('review.why.more', { count: of.length - SHOWN })] : of;
  return new Intl.ListFormat(language(), { type: 'conjunction' }).format(some);
}

const sentences: Record<string, (seen: Seen, t: Translate) => string | undefined> = {
  stock_short: ({ lines }, t) =>
    lines?.length ? t('review.why.stock_short', { what: list(lines.map((line) => t('review.why.units', { n: quantity(line.missing), sku: line.sku })), t) }) : undefined,
  payment_mismatch: ({ due = 0, total = 0, authorized = 0, currency = '', payment_terms = '' }, t) =>
    due < 0
      ? t('review.why.overpaid', { amount: money(-due, currency) })
      : t('review.why.underpaid', { have: money(total - due + authorized, currency), total: money(total, currency), terms: t(`enum.payment_terms.${payment_terms}`, { defaultValue: payment_terms }) }),
  total_mismatch: ({ total, expected_total, currency = '' }, t) => t('review.why.total_mismatch', { total: money(total, currency), expected: money(expected_total, currency) }),
  amount_outlier: ({ total, amount, currency = '' }, t) => t('review.why.amount_outlier', { total: money(total, currency), limit: money(amount, currency) }),
  price_deviation: ({ lines, deviation, currency = '' }, t) =>
    lines?.length
      ? t('review.why.price_deviation', {
          what: list(lines.map((line) => t('review.why.price', { sku: line.sku, price: price(line.unit_price, currency), catalog: price(line.catalog_price, currency) })), t),
          limit: percent(Number(deviation ?? 0)),
        })
      : undefined,
  blocked_customer: (_, t) => t('review.why.blocked_customer'),
  velocity: ({ orders, window_minutes }, t) => t('review.why.velocity', { orders, minutes: window_minutes }),
  address: ({ missing = [], country }, t) => {
    if (!missing.length) return country ? t('review.why.country', { country }) : t('review.why.no_address');
    return t('review.why.address', { parts: list(missing.map((part) => t(`address.${part}`, { defaultValue: part })), t) });
  },
  probable_duplicate: ({ number, order, minutes, similarity }, t) => t('review.why.probable_duplicate', { order: number ?? order, minutes, same: percent(Number(similarity ?? 0), 0) }),
};

export function holdReason(hold: HoldWords, t: Translate): string {
  const seen = (hold.evidence ?? {}) as Seen;
  return (seen.rule && hold.type && sentences[hold.type]?.(seen, t)) || (hold.reason ?? '');
}

export function useHoldReason(): (hold: HoldWords) => string {
  const { t } = useTranslation();
  return (hold) => holdReason(hold, t as Translate);
}
