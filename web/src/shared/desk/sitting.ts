import { useEffect } from 'react';
import { intents } from '../api/intent';

/** A dialog is one intent: pressed again after a lost answer it does the same thing once; leaving it gives that up. */
export function useSitting() {
  useEffect(() => intents.sitting(), []);
}
