import type { Notice, TellNotice } from './notices.js';
import type { Log } from '../host/log.js';

/** Counts notices, and logs each once per place. */
export class Notices {
  readonly #counts: Partial<Record<Notice, number>> = {};

  constructor(private readonly log: Log) {}

  readonly tell: TellNotice = (notice, about, message) => {
    this.count(notice);
    this.log.warnOnce(notice, about, message);
  };

  count(notice: Notice): void {
    this.#counts[notice] = (this.#counts[notice] ?? 0) + 1;
  }

  /** All counts, with those of errors in this package and in the application's logger. */
  all(): Partial<Record<Notice, number>> {
    const { internal, logger } = this.log.faults;
    return {
      ...this.#counts,
      ...(internal > 0 && { internal_error: internal }),
      ...(logger > 0 && { log_error: logger }),
    };
  }
}
