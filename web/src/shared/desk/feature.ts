// What a feature tells the office of itself. `routes.tsx` of a feature exports one of these; office/features.ts lists them.
import type { AnyRoute } from '@tanstack/react-router';
import type { ReactNode } from 'react';

interface NavEntry {
  /** Key of its text. */
  label: string;
  to: string;
  icon: ReactNode;
  /** Part of the navigation it stands in. */
  part: 'work' | 'goods' | 'people' | 'insight' | 'setup';
  /** Shown only to those who have one of these permissions; none = everybody. */
  needs?: readonly string[];
  /** "g o" */
  keys?: string;
  order: number;
}

interface PaletteAct {
  label: string;
  to?: string;
  run?: () => void;
  needs?: readonly string[];
  keys?: string;
}

/** A kind of records that the palette finds by what was typed. */
interface PaletteSource {
  id: string;
  label: string;
  needs?: readonly string[];
  find: (text: string, signal: AbortSignal) => Promise<{ id: string; title: string; detail?: string; to: string }[]>;
}

export interface Feature {
  room: string;
  routes: (parent: AnyRoute) => AnyRoute[];
  nav?: readonly NavEntry[];
  acts?: readonly PaletteAct[];
  sources?: readonly PaletteSource[];
}
