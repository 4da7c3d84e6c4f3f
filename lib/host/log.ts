import { Logger } from '@nestjs/common';

/** What this package needs of a logger; Nest's is one. */
export interface LogSink {
  log(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/**
 * Nest's Logger with two manners: a sentence is said once per key, or at most once a minute with a count of what was left
 * out. A logger that throws never reaches the caller, and neither does a sentence that cannot be made. Whatever a sentence
 * names, it stays one line and steers no terminal: names of events are whatever the application made them of.
 */
export class Log {
  readonly #said = new Set<string>();
  readonly #limited = new Map<string, { until: number; skipped: number }>();

  constructor(
    private readonly monotonic: () => number = () => performance.now(),
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

  /** Warns the first time that `key` is given. The number of keys is bounded; past it nothing more is said. */
  warnOnce(key: string, message: () => string): void {
    if (this.#said.has(key) || this.#said.size >= MAX_KEYS) return;
    this.#said.add(key);
    this.#say('warn', message);
  }

  /** Says an error at most once a minute per key, with the number of times it was left out. */
  errorLimited(key: string, message: () => string): void {
    this.#sayLimited('error', key, message);
  }

  /** As {@link errorLimited}, for good news. A key belongs to one of the two. */
  infoLimited(key: string, message: () => string): void {
    this.#sayLimited('log', key, message);
  }

  #sayLimited(level: keyof LogSink, key: string, message: () => string): void {
    const now = this.monotonic();
    const last = this.#limited.get(key);
    if (last !== undefined && now < last.until) {
      last.skipped++;
      return;
    }
    if (last === undefined && this.#limited.size >= MAX_KEYS) return;
    this.#limited.set(key, { until: now + LIMIT_MS, skipped: 0 });
    const skipped = last?.skipped ?? 0;
    this.#say(level, () => `${message()}${skipped === 0 ? '' : ` (${skipped} more like it since)`}`);
  }

  #say(level: keyof LogSink, message: () => string): void {
    try {
      this.sink[level](message().replace(CONTROLS, ' '));
    } catch {
      // The application's logger is broken, or what the sentence is about throws when looked at.
    }
  }
}

/** Control characters, and what else ends a line. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;
const MAX_KEYS = 1_000;
const LIMIT_MS = 60_000;
