import type { Schemas } from '../../shared/api/client';

export type Channel = Schemas['Channel'] & { id: string };
export const channelKinds = ['web', 'phone', 'email', 'store', 'marketplace', 'social', 'delivery_app', 'edi'] as const;
export const stockPolicies = ['refuse', 'backorder', 'hold'] as const;
export const paymentTerms = ['prepaid', 'cod', 'deposit', 'account'] as const;
export const rankings = ['cost', 'priority', 'distance', 'earliest'] as const;
export const failures = ['next', 'queue', 'refuse'] as const;
export const locationKinds = ['warehouse', 'store', '3pl', 'supplier', 'plant', 'kitchen'] as const;
