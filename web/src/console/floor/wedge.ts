// Hand scanners are keyboards that type fast and end with Enter. People who type slowly are not scanners.
import { useEffect, useRef } from 'react';

const GAP_MS = 100;
const SHORTEST = 3;

/** Puts keys together; pure. `take` answers the code when Enter ends a fast burst. */
export class Burst {
  private text = '';
  private last = 0;
  take(key: string, at: number): string | undefined {
    if (at - this.last > GAP_MS) this.text = '';
    this.last = at;
    if (key === 'Enter') {
      const code = this.text;
      this.text = '';
      return code.length >= SHORTEST ? code : undefined;
    }
    if (key.length === 1) this.text += key;
    return undefined;
  }
}

/** `isCode`: where something else may be typed fast too, what of it is a code; the rest stays what was typed. */
export function useScanner(onCode: (code: string) => void, on = true, isCode: (text: string) => boolean = () => true) {
  const latest = useRef(onCode);
  const judge = useRef(isCode);
  useEffect(() => {
    latest.current = onCode;
    judge.current = isCode;
  });
  useEffect(() => {
    if (!on) return undefined;
    const burst = new Burst();
    const hear = (event: KeyboardEvent) => {
      if (event.ctrlKey && event.key === ']') {
        burst.take('\u001d', event.timeStamp);
        event.preventDefault();
        return;
      }
      const code = burst.take(event.key, event.timeStamp);
      if (code === undefined || !judge.current(code)) return;
      // The Enter of a scanner presses no button, and what it typed into a field is no input.
      event.preventDefault();
      event.stopPropagation();
      const field = event.target;
      if (field instanceof HTMLInputElement && field.value.endsWith(code)) {
        const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set;
        set?.call(field, field.value.slice(0, -code.length));
        field.dispatchEvent(new Event('input', { bubbles: true }));
      }
      latest.current(code);
    };
    addEventListener('keydown', hear, true);
    return () => removeEventListener('keydown', hear, true);
  }, [on]);
}
