import { Logger } from '@nestjs/common';
import { systemClock } from './clock.js';
import { traceOf } from './error-trace.js';
import { guarded } from './guarded.js';
import { logMessages } from './log.messages.js';
import { visibleText } from './visible-text.js';

/** The logger that this package needs. Nest's logger implements it. */
export interface LogSink {
  log(message: string): void;
  warn(message: string): void;
  /** @param stack of an internal error */
  error(message: string, stack?: string): void;
}

interface Kind {
  /** The end of the minute that its budget is for. */
  until: number;
  /** Lines that may still be logged in this minute. */
  left: number;
  skipped: number;
  readonly places: Set<string>;
}

/**
 * Nest's Logger with a budget per kind of line and minute. A kind is a constant, or a lane and a constant, never a client's text,
 * so no request can suppress another kind or fill the memory. Errors of the logger or of a message function never reach the
 * caller. A message is always one line without control characters.
 */
export class Log {
  /** The notices `internal_error` and `log_error`. Counted here, so that they depend on no other part. */
  readonly faults = { internal: 0, logger: 0 };
  readonly #kinds = new Map<string, Kind>();

  constructor(
    private readonly monotonic: () => number = () => systemClock.monotonic(),
    private readonly sink: LogSink = new Logger('nestjs-tracking'),
  ) {}

  info(message: string): void {
    this.#say('log', () => message);
  }

  warn(message: string): void {
    this.#say('warn', () => message);
  }

  error(message: string): void {
    this.#say('error', () => message);
  }

  /** Warns once per place, for at most ten places per minute. A place may contain a client's text. */
  warnOnce(kind: string, place: string, message: () => string): void {
    this.#once('warn', kind, place, message);
  }

  /** As {@link warnOnce}, for an error. A kind belongs to one of the two. */
  errorOnce(kind: string, place: string, message: () => string): void {
    this.#once('error', kind, place, message);
  }

  /**
   * Leaves a trace of an unforeseen error: counted, and logged once with its stack. Its message is omitted, because it may
   * contain values of an event or a secret. Never throws.
   *
   * @param doing the failed work, such as `settling a batch`. Logged once for each
   */
  internalError(doing: string, error: unknown): void {
    this.faults.internal++;
    const kind = this.#kindOf('internal_error');
    if (kind.places.has(doing) || !this.#mayLog(kind, PLACES_A_MINUTE)) return;
    kind.places.add(doing);
    const { name, stack } = traceOf(error);
    this.#say('error', () => logMessages.internalError(name, doing), kind, stack);
  }

  /** Does a step of our own that must not fail its caller. @returns whether it succeeded; otherwise it has left a trace */
  contain(doing: string, step: () => void): boolean {
    try {
      step();
      return true;
    } catch (error) {
      this.internalError(doing, error);
      return false;
    }
  }

  /** As {@link contain}, for a step that ends later. */
  async contained(doing: string, step: () => Promise<unknown>): Promise<boolean> {
    try {
      await step();
      return true;
    } catch (error) {
      this.internalError(doing, error);
      return false;
    }
  }

  #once(level: keyof LogSink, kind: string, place: string, message: () => string): void {
    const known = this.#kindOf(kind);
    const short = place.slice(0, MAX_PLACE_LENGTH);
    if (known.places.has(short) || !this.#mayLog(known, PLACES_A_MINUTE)) return;
    if (known.places.size >= MAX_PLACES) known.places.clear();
    known.places.add(short);
    const isLast = known.left === 0;
    this.#say(level, () => (isLast ? `${message()} ${logMessages.budgetSpent()}` : message()), known);
  }

  /** Logs at most one line of a kind a minute. A kind belongs to one level. */
  limited(level: 'info' | 'warn' | 'error', kind: string, message: () => string): void {
    const known = this.#kindOf(kind);
    if (this.#mayLog(known, 1)) this.#say(level === 'info' ? 'log' : level, message, known);
  }

  #kindOf(kind: string): Kind {
    const known = this.#kinds.get(kind);
    if (known !== undefined) return known;
    // Some kinds contain a lane or a path: few, but bounded too.
    const [oldest] = this.#kinds.size < MAX_KINDS ? [] : this.#kinds.keys();
    if (oldest !== undefined) this.#kinds.delete(oldest);
    const made: Kind = { until: -Infinity, left: 0, skipped: 0, places: new Set() };
    this.#kinds.set(kind, made);
    return made;
  }

  #mayLog(kind: Kind, budget: number): boolean {
    const now = this.monotonic();
    if (now >= kind.until) {
      kind.until = now + MINUTE_MS;
      kind.left = budget;
    }
    if (kind.left === 0) {
      kind.skipped++;
      return false;
    }
    kind.left--;
    return true;
  }

  #say(level: keyof LogSink, message: () => string, kind?: Kind, stack?: string): void {
    const skipped = kind?.skipped ?? 0;
    if (kind !== undefined) kind.skipped = 0;
    // The application's logger may throw, and so may an object of the application that the sentence is about.
    const isLogged = guarded(() => {
      const text = skipped === 0 ? message() : `${message()} ${logMessages.leftOut(skipped)}`;
      if (stack === undefined) this.sink[level](visibleText(text));
      else this.sink.error(visibleText(text), stack);
      return true;
    });
    if (isLogged === undefined) this.faults.logger++;
  }
}

const MINUTE_MS = 60_000;
const PLACES_A_MINUTE = 10;
/** Beyond these bounds older entries are forgotten, and may be logged again within the budget. */
const MAX_PLACES = 1_000;
const MAX_KINDS = 1_000;
/** Longer places differ only in a client's text. */
const MAX_PLACE_LENGTH = 200;
