// Parts of a screen that are loaded when nothing else is to be done: whoever asks for such a dialog finds it there, and what is
// typed right after goes into its field.
import { useEffect } from 'react';

const AFTER_MS = 800;

/** Loads each once the screen stands and the browser has nothing to do. `loads` is a constant of its module. */
export function useSoon(loads: readonly (() => Promise<unknown>)[]): void {
  useEffect(() => {
    const all = () => void Promise.allSettled(loads.map((load) => load()));
    let idle: number | undefined;
    const timer = setTimeout(() => {
      if ('requestIdleCallback' in window) idle = requestIdleCallback(all);
      else all();
    }, AFTER_MS);
    return () => {
      clearTimeout(timer);
      if (idle !== undefined) cancelIdleCallback(idle);
    };
  }, [loads]);
}
