// Keys. A component says what it offers while it is mounted: `useKeys('orders', [{keys: 'j', label: 'keys.next', run}])`.
// Sequences are written "g o". Nothing is heard while somebody types, under a dialog or an open menu, or when keys are off.
import { useEffect, useRef } from 'react';

interface KeyAct {
  /** "j", "g o", "mod+k", "?" ; mod is Ctrl or Cmd. */
  keys: string;
  /** Key of its text in the catalogs, for the help page. */
  label: string;
  run: () => void;
  /** Works while typing too (only for those with mod). */
  always?: boolean;
}

interface Layer {
  group: string;
  acts: () => readonly KeyAct[];
}

const layers: Layer[] = [];
let on = true;
let prefix = '';
let prefixTimer: ReturnType<typeof setTimeout> | undefined;

export function setKeysOn(value: boolean) {
  on = value;
}

const ticked = (target: HTMLElement) => target instanceof HTMLInputElement && /^(checkbox|radio)$/.test(target.type);
function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !ticked(target)) || target.getAttribute('role') === 'combobox';
}
/** Space presses what has the focus, where that can be pressed. */
const pressed = (target: EventTarget | null) => target instanceof HTMLElement && (ticked(target) || target.closest('button, a[href], summary, [role="button"], [role="menuitem"], [role="tab"], [role="switch"]') !== null);

function name(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.ctrlKey || event.metaKey) return `mod+${key}`;
  if (event.shiftKey && event.key.length > 1) return `shift+${key}`;
  return event.key.length === 1 && event.shiftKey && /[a-z]/i.test(event.key) ? `shift+${key}` : key;
}

function find(keys: string): KeyAct | undefined {
  for (let i = layers.length - 1; i >= 0; i--) {
    const act = layers[i]?.acts().find((one) => one.keys === keys);
    if (act) return act;
  }
  return undefined;
}

function begins(keys: string): boolean {
  return layers.some((layer) => layer.acts().some((act) => act.keys.startsWith(`${keys} `)));
}

const OVER = '[role="dialog"][aria-modal="true"], .ant-dropdown, .ant-popover';
/** Something lies over the page: its keys are meant, Escape first of all. */
const covered = () => [...document.querySelectorAll(OVER)].some((one) => one.checkVisibility());

function onKey(event: KeyboardEvent) {
  if (event.defaultPrevented || event.isComposing || event.altKey || covered()) return;
  const key = name(event);
  const busy = typing(event.target) || (key === ' ' && pressed(event.target));
  const sequence = prefix ? `${prefix} ${key}` : key;
  const act = find(sequence) ?? find(key);
  if (act && (act.always || (on && !busy))) {
    event.preventDefault();
    prefix = '';
    act.run();
    return;
  }
  if (on && !busy && !event.ctrlKey && !event.metaKey && begins(key)) {
    prefix = key;
    clearTimeout(prefixTimer);
    prefixTimer = setTimeout(() => (prefix = ''), 1200);
  } else prefix = '';
}

let listening = false;

export function useKeys(group: string, acts: readonly KeyAct[], enabled = true) {
  const latest = useRef(acts);
  latest.current = acts;
  useEffect(() => {
    if (!enabled) return undefined;
    if (!listening) {
      document.addEventListener('keydown', onKey);
      listening = true;
    }
    const layer: Layer = { group, acts: () => latest.current };
    layers.push(layer);
    return () => {
      layers.splice(layers.indexOf(layer), 1);
    };
  }, [group, enabled]);
}

/** What can be pressed now, by group, for the help page and menus. */
export function keysNow(): { group: string; acts: readonly KeyAct[] }[] {
  return layers.map(({ group, acts }) => ({ group, acts: acts() }));
}

const mac = typeof navigator !== 'undefined' && /Mac|iP/.test(navigator.platform);
/** A key as it stands on the keyboard: `mod+k` is Ctrl K, ⌘K on a Mac. */
export function keyName(key: string): string {
  const plain = key.replace('mod+', '').replace('shift+', '');
  const name = plain === 'Escape' ? 'Esc' : key.includes('mod+') ? plain.toUpperCase().replace('ENTER', 'Enter') : plain;
  return `${key.includes('mod+') ? (mac ? '⌘' : 'Ctrl ') : ''}${key.includes('shift+') ? '⇧' : ''}${name}`;
}
