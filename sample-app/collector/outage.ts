import type { ServerResponse } from 'node:http';

/**
 * How the collector fails, on request: `down` cuts every connection, `hang` takes requests and never answers, `status`
 * answers with a status of choice.
 */
export interface OutageOptions {
  readonly mode: 'none' | 'down' | 'hang' | 'status';
  /** For `status`; default 503. */
  readonly status?: number | undefined;
  /** Value of a `Retry-After` header, for `status`. */
  readonly retryAfter?: string | undefined;
  /** Ends by itself after so many seconds; default: when told to. */
  readonly seconds?: number | undefined;
}

const MODES = ['none', 'down', 'hang', 'status'];

/** Reads what a client asks for; a sentence when it cannot be done. */
export function readOutage(json: string): OutageOptions | string {
  let wanted: unknown;
  try {
    wanted = JSON.parse(json);
  } catch {
    return 'The body is not JSON.';
  }
  const { mode, status, retryAfter, seconds } = (wanted ?? {}) as Record<string, unknown>;
  if (!MODES.includes(mode as string)) return `mode is one of ${MODES.join(', ')}.`;
  if (
    status !== undefined &&
    !(Number.isInteger(status) && (status as number) >= 300 && (status as number) <= 599)
  ) {
    return 'status is a whole number from 300 to 599.';
  }
  if (seconds !== undefined && !(typeof seconds === 'number' && seconds > 0 && seconds <= 86_400)) {
    return 'seconds is a number above 0, at most a day.';
  }
  if (retryAfter !== undefined && typeof retryAfter !== 'string') return 'retryAfter is a text.';
  return { mode, status, retryAfter, seconds } as OutageOptions;
}

/** The outage under way, if any. Requests that it touches are not counted as received. */
export class Outage {
  /** Requests that an outage has swallowed so far. */
  failed = 0;
  #options: OutageOptions = { mode: 'none' };
  #timer: NodeJS.Timeout | undefined;
  readonly #hanging = new Set<ServerResponse>();

  get mode(): OutageOptions['mode'] {
    return this.#options.mode;
  }

  set(options: OutageOptions): void {
    clearTimeout(this.#timer);
    this.#options = options;
    // What hung stays unanswered: the one who waits gets a closed connection, as from a host that was restarted.
    for (const response of this.#hanging) response.destroy();
    this.#hanging.clear();
    if (options.seconds !== undefined && options.mode !== 'none') {
      this.#timer = setTimeout(() => this.set({ mode: 'none' }), options.seconds * 1_000).unref();
    }
  }

  /** Treats a request as the outage has it; false when there is none. */
  strike(response: ServerResponse): boolean {
    const { mode, status = 503, retryAfter } = this.#options;
    if (mode === 'none') return false;
    this.failed++;
    if (mode === 'down') response.destroy();
    else if (mode === 'status') {
      response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter }).end();
    } else {
      this.#hanging.add(response);
      response.once('close', () => this.#hanging.delete(response));
    }
    return true;
  }
}
