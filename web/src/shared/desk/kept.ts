import { useState } from 'react';

/** State that this browser remembers. */
export function useKept<T>(name: string, first: T): [T, (value: T) => void] {
  const key = `ordo.${name}`;
  const [value, set] = useState<T>(() => {
    try {
      const text = localStorage.getItem(key);
      return text === null ? first : (JSON.parse(text) as T);
    } catch {
      return first;
    }
  });
  const keep = (next: T) => {
    set(next);
    try {
      localStorage.setItem(key, JSON.stringify(next));
    } catch {
      // Nothing is kept then.
    }
  };
  return [value, keep];
}
