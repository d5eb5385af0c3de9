// What a form changed of a record, as a PATCH says it: only fields that differ, null for what was emptied.

/** Nothing typed and nothing there are the same; empty parts of nested values fall away. */
export function settled(value: unknown): unknown {
  if (value === undefined || value === null || value === '') return null;
  if (Array.isArray(value)) return value.map(settled);
  if (typeof value !== 'object') return value;
  const parts = Object.entries(value)
    .map(([name, part]) => [name, settled(part)] as const)
    .filter(([, part]) => part !== null);
  return parts.length ? Object.fromEntries(parts.sort(([a], [b]) => (a < b ? -1 : 1))) : null;
}

const print = (value: unknown) => {
  const text = JSON.stringify(settled(value));
  return text === '[]' ? 'null' : text;
};

export const same = (a: unknown, b: unknown) => print(a) === print(b);

export function difference<T extends object>(before: T, now: Partial<T>, names: readonly string[]): Record<string, unknown> {
  const changed: Record<string, unknown> = {};
  for (const name of names) {
    const value = now[name as keyof T];
    if (same(before[name as keyof T], value)) continue;
    changed[name] = Array.isArray(value) ? value.map(settled) : settled(value);
  }
  return changed;
}
