import type { Schemas } from '../../shared/api/client';

export type Product = Omit<Schemas['Product'], 'attributes' | 'name'> & { id: string; name?: Record<string, string>; attributes?: Record<string, unknown> | null };
export const productKinds = ['stocked', 'service', 'digital', 'bundle', 'made', 'menu_item'] as const;
