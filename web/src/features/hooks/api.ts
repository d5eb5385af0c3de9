import type { OutsideJob } from './attempts';

export interface Webhook {
  id: string;
  version: number;
  url: string;
  description?: string;
  topics: string[];
  channels: string[];
  active: boolean;
  personal: boolean;
  /** Only in the answer that made it. */
  secret?: string;
  before_until?: string;
  created_at: string;
  health?: { waiting: number; retrying: number; dead: number; failing: boolean; oldest_at?: string; delivered_at?: string };
}

export interface Delivery {
  job: OutsideJob;
  webhook_id?: string;
  payload?: unknown;
}

/** What a topic list may hold: everything, a family, one topic. */
export function topicChoices(topics: readonly string[]): string[] {
  const told = topics.filter((topic) => !/^(job|webhook)\./.test(topic));
  const families = [...new Set(told.map((topic) => `${topic.split('.')[0]}.*`))];
  return ['*', ...families, ...told];
}

/** The name of an address without what may be secret in it. */
export function shortUrl(url: string): string {
  try {
    const { host, pathname } = new URL(url);
    return pathname === '/' ? host : `${host}${pathname}`;
  } catch {
    return url;
  }
}
