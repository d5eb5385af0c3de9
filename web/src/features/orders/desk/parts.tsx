// Small parts of the order desk.
import { useEffect, useState, type ReactNode } from 'react';
import type { DeskDraft } from './draft';

export const TYPING_MS = 250;
export type SetDraft = (change: (old: DeskDraft) => DeskDraft) => void;

export function useSettled<T>(value: T, ms: number): T {
  const [settled, set] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => set(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}

export function Labelled({ id, label, children }: { id: string; label: string; children: ReactNode }) {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children}
    </div>
  );
}
