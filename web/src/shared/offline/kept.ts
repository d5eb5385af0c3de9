// What the floor keeps on the device: the outbox, the work in hand, and small things such as the chosen location.
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';

export interface Entry {
  seq?: number;
  /** scan_id of a scan, Idempotency-Key of an act: made here, once. */
  key: string;
  kind: 'scan' | 'act';
  /** Who did it: only they send it, whoever has the device now. */
  user: string;
  /** Fulfillment it belongs to; '' when to none. */
  about: string;
  /** What people call it: the order's number, the location. */
  label: string;
  /** Of an act: what the list calls it, `floor.outbox.act_<act>`. */
  act?: string;
  method?: string;
  path?: string;
  body: Record<string, unknown>;
  at: number;
  /** Why a scan was refused already here: it is sent to be logged, never counted, and nobody is asked about it. */
  wrong?: string;
  state: 'waiting' | 'conflict';
  code?: string;
}

interface Floor extends DBSchema {
  outbox: { key: number; value: Entry };
  work: { key: string; value: { id: string } & Record<string, unknown> };
  small: { key: string; value: unknown };
}

let opened: Promise<IDBPDatabase<Floor>> | undefined;
export function floorDb(): Promise<IDBPDatabase<Floor>> {
  opened ??= openDB<Floor>('ordo-floor', 1, {
    upgrade(db) {
      db.createObjectStore('outbox', { keyPath: 'seq', autoIncrement: true });
      db.createObjectStore('work', { keyPath: 'id' });
      db.createObjectStore('small');
    },
  });
  return opened;
}

export async function keep(name: string, value: unknown): Promise<void> {
  const db = await floorDb();
  if (value === undefined) await db.delete('small', name);
  else await db.put('small', value, name);
}
export async function kept<T>(name: string): Promise<T | undefined> {
  return (await (await floorDb()).get('small', name)) as T | undefined;
}
export async function keepWork<T extends { id: string }>(work: T): Promise<void> {
  await (await floorDb()).put('work', work as never);
}
export async function keptWork<T>(id: string): Promise<T | undefined> {
  return (await (await floorDb()).get('work', id)) as T | undefined;
}
export async function dropWork(id: string): Promise<void> {
  await (await floorDb()).delete('work', id);
}
