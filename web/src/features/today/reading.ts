// Today's answer, and where its numbers lead. Pure.
export interface Figure {
  code: string;
  count: number;
  /** The count stopped: there are more. */
  more?: boolean;
  path: string;
  query: string;
  type?: string;
  role?: string;
  status?: string;
}
export interface Hour {
  from: string;
  to: string;
  placed: number;
  shipped: number;
  placed_query: string;
  shipped_query: string;
}
export interface TodayAnswer {
  at: string;
  date: string;
  time_zone: string;
  attention: Figure[];
  holds: Figure[];
  counters: Figure[];
  backlog: Figure[];
  units?: number;
  money: { currency: string; orders: number; revenue: number; path: string; query: string }[];
  hours: Hour[];
}

/** The screens that show the lists of the API; they take the same filters. */
const screens: Record<string, string> = {
  '/v1/orders': '/orders',
  '/v1/holds': '/review',
  '/v1/stock': '/stock',
  '/v1/failed_work': '/jobs',
  '/v1/jobs': '/jobs/outside',
};

export interface Target {
  to: string;
  search: Record<string, string>;
}
export function target(path: string, query: string): Target | undefined {
  const to = screens[path];
  return to ? { to, search: Object.fromEntries(new URLSearchParams(query)) } : undefined;
}

export interface Flow {
  placed: number;
  shipped: number;
  busiest: Hour | undefined;
}
export function readFlow(hours: readonly Hour[]): Flow {
  let busiest: Hour | undefined;
  let placed = 0;
  let shipped = 0;
  for (const hour of hours) {
    placed += hour.placed;
    shipped += hour.shipped;
    if (hour.placed > (busiest?.placed ?? 0)) busiest = hour;
  }
  return { placed, shipped, busiest };
}

/** Steps of an axis: round numbers, at most five. */
export function ticks(most: number): number[] {
  if (most <= 0) return [0, 1];
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough) ?? 10 * power);
  const all: number[] = [];
  for (let at = 0; at < most + step; at += step) all.push(at);
  return all;
}
