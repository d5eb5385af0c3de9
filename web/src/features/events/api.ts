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

/** What changed, by field, and the rest of an event's facts. */
export function readData(data: unknown): { changes: Change[]; facts: [string, unknown][] } {
  if (!data || typeof data !== 'object') return { changes: [], facts: [] };
  const { changes, ...rest } = data as Record<string, unknown>;
  return { changes: Array.isArray(changes) ? (changes as Change[]) : [], facts: Object.entries(rest) };
}

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
};

/** Where the subject of an event can be looked at; masters are found by id or code there. */
export function subjectLink(kind: string, id: string): string | undefined {
  return pages[kind]?.(id);
}

export function plain(value: unknown): string {
  if (value === undefined || value === null) return '—';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
