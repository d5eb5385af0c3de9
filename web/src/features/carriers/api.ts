import type { Schemas } from '../../shared/api/client';

export type Carrier = Schemas['Carrier'] & { id: string };
export type Quote = Schemas['CarrierQuote'];
export const carrierKinds = ['table', 'manual'] as const;
