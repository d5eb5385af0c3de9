import { useSyncExternalStore } from 'react';

const query = matchMedia('(max-width: 760px)');
const subscribe = (fn: () => void) => {
  query.addEventListener('change', fn);
  return () => query.removeEventListener('change', fn);
};
/** True on a phone. */
export const useNarrow = () => useSyncExternalStore(subscribe, () => query.matches);
