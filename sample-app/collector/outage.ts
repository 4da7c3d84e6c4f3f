import type { ServerResponse } from 'node:http';

/**
 * How the collector fails: `down` closes every connection, `hang` never answers, `status` answers with a status of your
 * choice.
 */
export interface OutageOptions {
  readonly mode: 'none' | 'down' | 'hang' | 'status';
  /** For `status`; default 503. */
  readonly status?: number | undefined;
  /** Value of a `Retry-After` header, for `status`. */
  readonly retryAfter?: string | undefined;
  /** Ends after so many seconds; default: never. */
  readonly seconds?: number | undefined;
}

const MODES = ['none', 'down', 'hang', 'status'];

/** Reads the options of an outage; returns a sentence where they are invalid. */
export function readOutage(json: string): OutageOptions | string {
  let wanted: unknown;
  try {
    wanted = JSON.parse(json);
  } catch {
    return 'The body is not JSON.';
  }
  const { mode, status, retryAfter, seconds } = (wanted ?? {}) as Record<string, unknown>;
  if (!MODES.includes(mode as string)) return `mode must be one of ${MODES.join(', ')}.`;
  if (
    status !== undefined &&
    !(Number.isInteger(status) && (status as number) >= 300 && (status as number) <= 599)
  ) {
    return 'status must be a whole number from 300 to 599.';
  }
  if (seconds !== undefined && !(typeof seconds === 'number' && seconds > 0 && seconds <= 86_400)) {
    return 'seconds must be a number above 0 and at most 86,400.';
  }
  if (retryAfter !== undefined && typeof retryAfter !== 'string') return 'retryAfter must be a string.';
  return { mode, status, retryAfter, seconds } as OutageOptions;
}

/** The current outage, if any. Requests that fail by it are not counted as received. */
export class Outage {
  /** Requests that have failed by outages so far. */
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
    // Requests that hang are not answered: their connections close, as from a host that was restarted.
    for (const response of this.#hanging) response.destroy();
    this.#hanging.clear();
    if (options.seconds !== undefined && options.mode !== 'none') {
      this.#timer = setTimeout(() => this.set({ mode: 'none' }), options.seconds * 1_000).unref();
    }
  }

  /** Fails a request; false where there is no outage. */
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
