/** Why a request was refused (RFC 9457), as the server says it; `network` and `malformed_answer` are ours. */
export interface ProblemEntry {
  pointer: string;
  code: string;
  detail: string;
  sku?: string;
  asked?: number;
  available?: number;
}

export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly requestId: string | undefined;
  readonly errors: ProblemEntry[];
  readonly retryAfterS: number | undefined;
  /** The other record this is about. */
  readonly id: string | undefined;

  constructor(body: Partial<Record<string, unknown>>, status: number, retryAfter?: string | null) {
    super(String(body.detail ?? body.title ?? status));
    this.name = 'Problem';
    this.status = status;
    this.code = typeof body.code === 'string' ? body.code : status === 0 ? 'network' : 'malformed_answer';
    this.requestId = typeof body.request_id === 'string' ? body.request_id : undefined;
    this.errors = Array.isArray(body.errors) ? (body.errors as ProblemEntry[]) : [];
    this.id = typeof body.id === 'string' ? body.id : undefined;
    this.retryAfterS = retryAfter ? Number(retryAfter) || undefined : undefined;
  }

  /** The server could not be asked: what was meant may be tried again as it is. */
  get away(): boolean {
    return this.status === 0;
  }
  /** Somebody was faster: the record has another version now. */
  get conflict(): boolean {
    return this.status === 412;
  }
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof TypeError) return new Problem({}, 0);
  return new Problem({ detail: String(error), code: 'unexpected' }, -1);
}
