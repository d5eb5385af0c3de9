// One verb for many orders: what would happen, the job that does it, and what became of each.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { readPath, sendPath } from '../../../shared/api/client';
import { useMay, useSession } from '../../../shared/api/session';
import type { Page } from '../../../shared/desk';
import { useTranslation } from '../../../shared/i18n';
import { printAddress, type Query } from '../../../shared/views';
import type { OrderRow } from '../api';

export type BulkVerbName = 'hold' | 'release' | 'source' | 'tag' | 'assign' | 'cancel' | 'approve';
export interface BulkAsk {
  verb: BulkVerbName;
  rows: OrderRow[];
  /** The list's own query when all that match are meant. */
  query: Query | undefined;
  done: () => void;
}
interface Job {
  id: string;
  state: 'running' | 'cancelled' | 'done';
  total: number;
  done: number;
  failed: number;
  cancelled: number;
}
interface Preview {
  total: number;
  tried: number;
  fine: number;
  refused: number;
  holds?: { type: string; count: number }[];
  refusals: { order: string; code: string; detail?: string }[];
}
interface Row {
  n: number;
  asked: string;
  status: string;
  code?: string;
  detail?: string;
}

const POLL_MS = 1000;
const ROWS_MAX = 200;
export const withReason: readonly BulkVerbName[] = ['hold', 'release', 'approve', 'cancel'];
const notFilters = new Set(['expand', 'sort', 'limit', 'cursor', 'format', 'count']);

function choose({ rows, query }: BulkAsk) {
  if (!query) return { orders: rows.map((row) => row.id) };
  return { filter: printAddress(Object.fromEntries(Object.entries(query).filter(([name]) => !notFilters.has(name)))).replace(/^\?/, '') };
}

/** What the verb needs beside the orders. */
export interface BulkWords {
  reason?: string;
  tags?: string[];
  user?: string;
}

function argsOf(ask: BulkAsk, values: BulkWords) {
  if (ask.verb === 'tag') return { tags: values.tags ?? [] };
  if (ask.verb === 'assign') return values.user ? { user: values.user } : {};
  if (withReason.includes(ask.verb)) return values.reason ? { reason: values.reason } : {};
  return {};
}

export function useBulk(ask: BulkAsk) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const may = useMay();
  const { user_id } = useSession();
  const [jobId, setJobId] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<unknown>();
  const chosen = choose(ask);

  const sample = { reason: '-', tags: ['-'], ...(user_id ? { user: user_id } : {}) };
  const preview = useQuery({
    queryKey: ['bulk_preview', ask.verb, chosen],
    staleTime: Infinity,
    enabled: !jobId,
    gcTime: 0,
    queryFn: ({ signal }) => sendPath<Preview>('POST', '/v1/bulk', { verb: ask.verb, args: argsOf(ask, sample), ...chosen, preview: true }, signal),
  });
  const job = useQuery<Job>({
    queryKey: ['bulk', jobId],
    enabled: Boolean(jobId),
    refetchInterval: (query) => (query.state.data?.state === 'running' ? POLL_MS : false),
    queryFn: ({ signal }) => readPath<Job>(`/v1/bulk/${jobId}`, {}, signal),
  });
  const ended = job.data && job.data.state !== 'running';
  // A result per row; those that were refused are told first, however many were done.
  const rowsOf = (status: string) => ({
    queryKey: ['bulk', jobId, status, job.data?.done, job.data?.failed, ended],
    enabled: Boolean(ended),
    queryFn: ({ signal }: { signal: AbortSignal }) => readPath<Page<Row>>(`/v1/bulk/${jobId}/rows`, { status, limit: ROWS_MAX }, signal),
  });
  const failed = useQuery(rowsOf('failed'));
  const done = useQuery(rowsOf('done'));
  // Taken back is what this job did: only orders that nothing else held, or a release would end that too.
  const [undone, setUndone] = useState<'running' | 'done'>();
  const free = new Set(ask.rows.filter((row) => !row.holds?.some(({ state }) => state === 'active')).map((row) => row.id));
  const back = ask.verb === 'hold' && !ask.query && may('hold.release') ? (done.data?.data ?? []).map(({ asked }) => asked).filter((id) => free.has(id)) : [];
  const undo = async () => {
    setUndone('running');
    setWrong(undefined);
    try {
      const made = await sendPath<Job>('POST', '/v1/bulk', { verb: 'release', args: { reason: t('orders.bulk.undo_reason') }, orders: back });
      setJobId(made.id);
      setUndone('done');
    } catch (error) {
      setWrong(error);
      setUndone(undefined);
    }
  };

  const begin = async (values: BulkWords) => {
    setBusy(true);
    setWrong(undefined);
    try {
      const made = await sendPath<Job>('POST', '/v1/bulk', { verb: ask.verb, args: argsOf(ask, values), ...chosen });
      setJobId(made.id);
    } catch (error) {
      setWrong(error);
    } finally {
      setBusy(false);
    }
  };
  const tell = async (what: 'cancel' | 'retry') => {
    setBusy(true);
    try {
      await sendPath('POST', `/v1/bulk/${jobId}/${what}`, {});
      await client.invalidateQueries({ queryKey: ['bulk', jobId] });
    } catch (error) {
      setWrong(error);
    } finally {
      setBusy(false);
    }
  };
  /** The dialog is left: what runs goes on without it. */
  const left = () => {
    if (!jobId) return;
    ask.done();
    void client.invalidateQueries({ queryKey: ['orders'] });
  };
  return { jobId, busy, wrong, preview, job: job.data, ended, failed: failed.data?.data ?? [], done: done.data?.data ?? [], back, undo, undone, begin, tell, left };
}
export type Bulk = ReturnType<typeof useBulk>;
