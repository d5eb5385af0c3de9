// What a person means to do once. A write that was not answered for certain may have happened: sent again as it was, it goes
// under the same key, and the server answers what it answered then. Anything else (another content, after success, after a
// refusal, after the dialog was left) is another intent and gets a key of its own.
const KEPT_MS = 30 * 60_000;

interface Open {
  key: string;
  n: number;
  at: number;
}

export class Intents {
  readonly #open = new Map<string, Open>();
  readonly #draw: () => string;
  readonly #now: () => number;
  #n = 0;

  constructor(draw: () => string = () => crypto.randomUUID(), now: () => number = Date.now) {
    this.#draw = draw;
    this.#now = now;
  }

  /** The key of this write, by what is sent where. */
  key(what: string): string {
    const known = this.#open.get(what);
    if (known && this.#now() - known.at < KEPT_MS) return known.key;
    const made = { key: this.#draw(), n: this.#n++, at: this.#now() };
    this.#open.set(what, made);
    return made.key;
  }

  /** It is known what became of it: done or refused. */
  end(what: string) {
    this.#open.delete(what);
  }

  /** From now until what is returned is called: then what began meanwhile is given up. */
  sitting(): () => void {
    const from = this.#n;
    return () => {
      for (const [what, { n }] of this.#open) if (n >= from) this.#open.delete(what);
    };
  }

  clear() {
    this.#open.clear();
  }
}

export const intents = new Intents();

/** Whether the work may have been done, or may still be: no answer, one of something in between, or not yet. */
export function unsettled(status: number, code?: string): boolean {
  return status === 0 || status === 408 || status === 425 || status === 429 || status >= 500 || code === 'idempotency_in_progress';
}
