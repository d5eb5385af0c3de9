import type { Schemas } from '../../shared/api/client';

export type Product = Omit<Schemas['Product'], 'attributes' | 'name' | 'options' | 'images' | 'parent_sku'> & { id: string; name?: Record<string, string>; attributes?: Record<string, unknown> | null; options?: Record<string, string> | null; images?: string[] | null; parent_sku?: string | null };
export const productKinds = ['stocked', 'service', 'digital', 'bundle', 'made', 'menu_item'] as const;
