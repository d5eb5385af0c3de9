// Ids of the records that this tab wrote itself: news of others waits, one's own is shown at once.
const own = new Set<string>();
const KEPT_MAX = 1000;

export function noteOwn(answer: unknown) {
  const id = (answer as { id?: unknown } | null | undefined)?.id;
  if (typeof id !== 'string') return;
  own.delete(id);
  own.add(id);
  if (own.size > KEPT_MAX) for (const oldest of own) return void own.delete(oldest);
}

export function isOwn(id: string): boolean {
  return own.has(id);
}
