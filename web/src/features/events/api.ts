import type { Schemas } from '../../shared/api/client';

export type Entry = Schemas['Event'] & { id: string };

export interface Change {
  pointer: string;
  before?: unknown;
  after?: unknown;
}

export interface Failure {
  id: string;
  version: number;
  job: string;
  subject: string;
  state: 'waiting' | 'dead' | 'done' | 'dropped';
  code: string;
  reason: string;
  attempts: number;
  created_at: string;
  updated_at: string;
  next_at: string;
}

export interface Job {
  name: string;
  mine?: boolean;
  every_ms: number;
  runs: number;
  failures: number;
  last_at?: string;
  last_ms?: number;
  failed_at?: string;
  error?: string;
}

export interface Proof {
  verified_to: number;
  last: number;
  complete: boolean;
  intact: boolean;
  broken_at?: number;
  at: string;
}

/** Fields that say nothing to people: who reads them sees the event itself. */
const silent = new Set(['/version', '/id', '/created_at', '/updated_at']);
const changesOf = (data: unknown): Change[] => {
  const { changes } = (data ?? {}) as { changes?: unknown };
  return Array.isArray(changes) ? (changes as Change[]) : [];
};

/** What changed, by field, and the rest of an event's facts. Personal values lie apart and are put in their places where one may see them. */
export function readData(data: unknown, personal?: unknown): { changes: Change[]; facts: [string, unknown][] } {
  if (!data || typeof data !== 'object') return { changes: [], facts: [] };
  const { changes: _, ...rest } = data as Record<string, unknown>;
  const shown = new Map(changesOf(personal).map((change) => [change.pointer, change]));
  const changes = changesOf(data).map((change) => shown.get(change.pointer) ?? change);
  return { changes: changes.filter(({ pointer }) => !silent.has(pointer)), facts: Object.entries(rest) };
}

/** Neither side is told: it changed, and what it is only some may see. */
export const isHidden = ({ before, after }: Change) => (before ?? null) === null && (after ?? null) === null;

const pages: Record<string, (id: string) => string> = {
  order: (id) => `/orders/${id}`,
  fulfillment: (id) => `/fulfillments/${id}`,
  customer: (id) => `/customers/${id}`,
  user: (id) => `/users?peek=${id}`,
  api_key: (id) => `/api-keys?peek=${id}`,
  product: (id) => `/products/${id}`,
  location: (id) => `/locations/${id}`,
  channel: (id) => `/channels/${id}`,
  carrier: (id) => `/carriers/${id}`,
  import: (id) => `/imports/${id}`,
  review_rule: () => '/settings/rules',
  setting: () => '/settings',
  number_series: () => '/settings/series',
  tax_rate: () => '/settings/tax',
  failure: () => '/jobs/failed',
};

/** Where the subject of an event can be looked at; masters are found by id or code there. */
export function subjectLink(kind: string, id: string): string | undefined {
  return pages[kind]?.(id);
}
