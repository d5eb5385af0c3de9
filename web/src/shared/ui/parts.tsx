// Small parts that every shell uses; no antd here.
import type { ReactNode } from 'react';
import { asProblem } from '../api/problem';
import { quantity } from '../format';
import { useTranslation } from '../i18n';

export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'accent' | 'quiet';

const marks: Record<Tone, ReactNode> = {
  good: <path d="M2.5 6.5 5 9l4.5-5.5" />,
  warn: <path d="M6 2.5v4.2M6 9.2v.3" />,
  bad: <path d="m3.2 3.2 5.6 5.6m0-5.6L3.2 8.8" />,
  info: <path d="M6 5.5v4M6 2.8v.3" />,
  accent: <path d="M3 6h6M6.5 3.5 9 6 6.5 8.5" />,
  quiet: <circle cx="6" cy="6" r="1.6" />,
};

/** A status in words with a sign and a color; the color is never alone. */
export function StatusTag({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={`tag tag-${tone}`}>
      <svg width="12" height="12" viewBox="0 0 12 12" fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
        {marks[tone]}
      </svg>
      {children}
    </span>
  );
}

/** Colors of the states of domain.md; what is not named is quiet. */
const tones: Record<string, Record<string, Tone>> = {
  order_state: { draft: 'quiet', placed: 'warn', open: 'accent', closed: 'good', cancelled: 'quiet', expired: 'quiet' },
  payment_status: { unpaid: 'warn', pending: 'info', authorized: 'info', partially_paid: 'warn', paid: 'good', partially_refunded: 'info', refunded: 'quiet', overpaid: 'bad', disputed: 'bad' },
  fulfillment_status: { unallocated: 'quiet', backordered: 'warn', partially_allocated: 'warn', allocated: 'accent', released: 'accent', partially_shipped: 'info', shipped: 'info', ready_for_pickup: 'info', partially_delivered: 'info', delivered: 'good', cancelled: 'quiet' },
  return_status: { none: 'quiet', requested: 'warn', in_progress: 'info', partially_returned: 'info', returned: 'quiet' },
  fulfillment_state: { scheduled: 'quiet', open: 'accent', picking: 'info', picked: 'info', packed: 'info', shipped: 'good', ready_for_pickup: 'info', handed_over: 'good', not_collected: 'bad', closed: 'good', cancelled: 'quiet', rejected: 'bad' },
  hold_state: { active: 'warn', released: 'quiet', expired: 'quiet', waiting: 'info' },
  tracking_status: { pre_transit: 'quiet', in_transit: 'info', out_for_delivery: 'info', delivered: 'good', failure: 'bad', return_to_sender: 'bad', available_for_pickup: 'info' },
  payment_state: { pending: 'info', authorized: 'info', captured: 'good', failed: 'bad', voided: 'quiet', refunded: 'quiet' },
};

/** A value of one of the domain's enums, in words: `<EnumTag of="order_state" value="open" />` (texts `enum.order_state.open`).
 * `quiet`: it asks nobody for anything any more. */
export function EnumTag({ of, value, quiet }: { of: string; value: string | null | undefined; quiet?: boolean }) {
  const { t } = useTranslation();
  if (!value) return null;
  return <StatusTag tone={(!quiet && tones[of]?.[value]) || 'quiet'}>{t(`enum.${of}.${value}`, { defaultValue: value })}</StatusTag>;
}

export function Bones({ rows = 8 }: { rows?: number }) {
  const { t } = useTranslation();
  return (
    <div className="bones" role="status" aria-label={t('common.loading')}>
      {Array.from({ length: rows }, (_, i) => (
        <div key={i} className="bone" style={{ width: `${100 - ((i * 17) % 38)}%` }} />
      ))}
    </div>
  );
}

/** Nothing here yet: says what would be and how to begin. */
export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="state">
      <svg width="56" height="56" viewBox="0 0 56 56" fill="none" stroke="var(--line-strong)" strokeWidth="2" aria-hidden="true">
        <rect x="10" y="16" width="36" height="28" rx="4" />
        <path d="M10 26h10l3 5h10l3-5h10M20 10h16" strokeLinecap="round" strokeLinejoin="round" />
      </svg>
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {action}
    </div>
  );
}

/** The sentence for a problem in the user's language. */
export function useProblemText(): (error: unknown) => string {
  const { t } = useTranslation();
  return (error) => {
    const problem = asProblem(error);
    const [first] = problem.errors;
    if (first?.code === 'see_as') return t('error.see_as');
    if (first?.sku && first.available !== undefined) return t('error.only_available', { n: quantity(first.available), sku: first.sku });
    // What stands in the address has no field that could be marked.
    if (problem.code === 'invalid' && first?.pointer.startsWith('/query/')) return t('error.in_address', { name: first.pointer.slice('/query/'.length), what: t(`error.${first.code}`, { defaultValue: first.detail }) });
    return t(`error.${problem.code}`, { defaultValue: t('error.other', { code: problem.code }) });
  };
}

/** What went wrong, with the request's id to copy, and a way to try again. */
export function Trouble({ error, retry }: { error: unknown; retry?: (() => void) | undefined }) {
  const { t } = useTranslation();
  const text = useProblemText();
  const problem = asProblem(error);
  return (
    <div className="state" role="alert">
      <h2>{text(error)}</h2>
      {problem.requestId && (
        <p>
          {t('error.request')} <code className="mono">{problem.requestId}</code>
        </p>
      )}
      {retry && (
        <button type="button" className="btn" onClick={retry}>
          {t('common.retry')}
        </button>
      )}
    </div>
  );
}

interface Asked<T> {
  isPending: boolean;
  isError: boolean;
  error: unknown;
  data: T | undefined;
  refetch: () => unknown;
}

/** What a question is answered: bones until then, and what went wrong with a way to ask again. */
export function Loaded<T>({ of, rows, children }: { of: Asked<T>; rows?: number; children: (data: T) => ReactNode }) {
  if (of.isPending) return <Bones {...(rows ? { rows } : {})} />;
  if (of.isError || of.data === undefined) return <Trouble error={of.error} retry={() => void of.refetch()} />;
  return <>{children(of.data)}</>;
}

/** The server's own sentence, which is English: for who asks for it, beside words of the reader's language. */
export function InEnglish({ text }: { text: string | undefined }) {
  const { t } = useTranslation();
  if (!text) return null;
  return (
    <details className="in-english">
      <summary>{t('common.in_english')}</summary>
      <span lang="en">{text}</span>
    </details>
  );
}

/** A line of figures as a small picture; the caller says in words what it shows. */
export function Spark({ values, width = 96, height = 28, label }: { values: readonly number[]; width?: number; height?: number; label: string }) {
  const max = Math.max(...values, 0);
  const min = Math.min(...values, 0);
  const x = (i: number) => (values.length < 2 ? width / 2 : (i * width) / (values.length - 1));
  const y = (v: number) => (max === min ? height / 2 : height - 2 - ((v - min) * (height - 4)) / (max - min));
  const line = values.map((v, i) => `${i ? 'L' : 'M'}${x(i).toFixed(1)} ${y(v).toFixed(1)}`).join('');
  return (
    <svg className="spark" width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      <path d={`${line}L${width} ${height}L0 ${height}Z`} fill="var(--accent-soft)" />
      <path d={line} fill="none" stroke="var(--accent)" strokeWidth="1.6" strokeLinejoin="round" />
    </svg>
  );
}
