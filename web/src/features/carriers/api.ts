import type { Schemas } from '../../shared/api/client';
import type { Works } from '../../shared/desk';

export type Carrier = Schemas['Carrier'] & { id: string };
export type Quote = Schemas['CarrierQuote'];
export const carrierKinds = ['table', 'manual'] as const;

export const works: Works = {
  field: 'active',
  tone: 'quiet',
  on: 'carriers.active',
  off: 'carriers.inactive',
  start: 'carriers.start',
  stop: 'carriers.stop',
  sure: 'carriers.stop_sure',
  text: 'carriers.stop_text',
};
