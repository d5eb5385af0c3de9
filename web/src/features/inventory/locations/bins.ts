// Where products lie: what was typed against what is stored. Pure.
export interface Bin {
  sku: string;
  bin: string;
  walk?: number | null;
}
export interface Typed {
  bin?: string;
  walk?: string;
}

/** Requests take so many at once. */
export const BINS_MAX = 1000;

/** The place in the walk as it was typed; undefined = no whole number. */
export function parseWalk(text: string): number | undefined {
  return /^\d{1,9}$/.test(text.trim()) ? Number(text) : undefined;
}

/** What has to be sent; `faulty` are the SKUs that cannot be. */
export function changesOf(stored: readonly Bin[], typed: Readonly<Record<string, Typed>>): { bins: Bin[]; faulty: string[] } {
  const before = new Map(stored.map((one) => [one.sku, one]));
  const bins: Bin[] = [];
  const faulty: string[] = [];
  for (const [sku, { bin, walk }] of Object.entries(typed)) {
    const was = before.get(sku);
    const name = (bin ?? was?.bin ?? '').trim();
    const place = walk === undefined || walk.trim() === '' ? (was?.walk ?? 0) : parseWalk(walk);
    if (!name && !was && !walk) continue;
    if (!name || place === undefined) faulty.push(sku);
    else if (!was || was.bin !== name || (was.walk ?? 0) !== place) bins.push({ sku, bin: name, walk: place });
  }
  return { bins, faulty };
}
