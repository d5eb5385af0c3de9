// The event stream: resumed after the last event, gathered for 250 ms, watched for silence. Without a stream it polls.
export interface LiveEvent {
  cursor: number;
  topic: string;
  subject_kind: string;
  subject: string;
  ref?: string;
  at: string;
  actor?: string;
  actor_name?: string;
}
export interface LiveMessage {
  events: LiveEvent[];
  /** The stream is silent or broken: what is shown may be old. */
  late: boolean;
}

const GATHER_MS = 250;
const SILENT_MS = 20_000;
const POLL_MS = 5_000;

export class EventPump {
  #source: EventSource | undefined;
  #cursor: string | undefined;
  #gathered: LiveEvent[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setInterval> | undefined;
  #heard = Date.now();
  #late = false;
  #polled = 0;
  readonly #tell: (message: LiveMessage) => void;

  constructor(tell: (message: LiveMessage) => void) {
    this.#tell = tell;
  }

  state(): LiveMessage {
    return { events: [], late: this.#late };
  }

  start() {
    if (this.#source) return;
    this.#open();
    this.#watch ??= setInterval(() => this.#look(), 1000);
  }

  stop() {
    this.#source?.close();
    this.#source = undefined;
    clearInterval(this.#watch);
    this.#watch = undefined;
  }

  #open() {
    this.#source?.close();
    const source = new EventSource(`/v1/events/stream?plain=true&after=${this.#cursor ?? 'latest'}`);
    this.#source = source;
    this.#heard = Date.now();
    source.onopen = () => this.#alive();
    source.onmessage = (event: MessageEvent<string>) => {
      this.#alive();
      if (event.lastEventId) this.#cursor = event.lastEventId;
      if (!event.data) return;
      this.#gathered.push(JSON.parse(event.data) as LiveEvent);
      if (this.#timer === undefined) this.#timer = setTimeout(() => this.#flush(), GATHER_MS);
    };
    source.addEventListener('ping', (event) => {
      this.#alive();
      if (event.lastEventId) this.#cursor = event.lastEventId;
    });
  }

  #alive() {
    this.#heard = Date.now();
    if (!this.#late) return;
    this.#late = false;
    this.#tell({ events: [], late: false });
  }

  #flush() {
    this.#timer = undefined;
    const events = this.#gathered;
    this.#gathered = [];
    if (events.length) this.#tell({ events, late: this.#late });
  }

  #look() {
    const now = Date.now();
    const silent = now - this.#heard > SILENT_MS;
    if (silent && !this.#late) {
      this.#late = true;
      this.#tell({ events: [], late: true });
    }
    if (this.#late && now - this.#polled > POLL_MS) {
      this.#polled = now;
      void this.#poll();
    }
  }

  async #poll() {
    try {
      if (this.#cursor === undefined) {
        this.#open();
        return;
      }
      const answer = await fetch(`/v1/events?after=${this.#cursor}&limit=200`, { credentials: 'same-origin' });
      if (!answer.ok) return;
      const { data } = (await answer.json()) as { data: LiveEvent[] };
      for (const event of data) {
        this.#cursor = String(event.cursor);
        this.#gathered.push(event);
      }
      this.#flush();
      if (this.#source?.readyState === EventSource.CLOSED) this.#open();
    } catch {
      // The server is away; asked again after POLL_MS.
    }
  }
}

