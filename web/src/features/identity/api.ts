import type { Schemas } from '../../shared/api/client';

export interface User extends Omit<Schemas['User'], 'id' | 'locations' | 'channels'> {
  id: string;
  /** Bound to these; empty = everything. */
  locations?: string[];
  channels?: string[];
  badge?: string;
}

export interface ApiKey extends Omit<Schemas['ApiKey'], 'id' | 'locations' | 'channels'> {
  id: string;
  name: string;
  scope: string;
  locations?: string[];
  channels?: string[];
}

export interface Role {
  code: string;
  name: string;
  doc?: string;
  scope: string;
}

export interface Permission {
  name: string;
  doc?: string;
}

/** The scope of a role holds a permission: "*" all, "order.*" a family. */
export function grants(scope: string, permission: string): boolean {
  return scope.split(/\s+/).some((one) => one === '*' || one === permission || (one.endsWith('.*') && permission.startsWith(one.slice(0, -1))));
}

/** Permissions by their family, in the server's order. */
export function families(permissions: readonly Permission[]): [string, Permission[]][] {
  const all = new Map<string, Permission[]>();
  for (const permission of permissions) {
    const family = permission.name.split('.')[0] ?? '';
    all.set(family, [...(all.get(family) ?? []), permission]);
  }
  return [...all];
}

/** A scope as short as can be said: whole families as `order.*`, everything as `*`. */
export function scopeOf(chosen: readonly string[], permissions: readonly Permission[]): string {
  const ticked = new Set(chosen);
  if (permissions.length > 0 && permissions.every(({ name }) => ticked.has(name))) return '*';
  return families(permissions)
    .flatMap(([family, members]) => {
      const some = members.filter(({ name }) => ticked.has(name));
      return members.length > 1 && some.length === members.length ? [`${family}.*`] : some.map(({ name }) => name);
    })
    .join(' ');
}
