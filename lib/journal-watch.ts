import type { WrittenPlace } from './buffer/event-buffer.js';
import type { LifecycleStream } from './event/lifecycle.js';
import type { Clock, Timer } from './host/clock.js';
import { detached } from './host/detached.js';
import type { Log } from './host/log.js';
import { optionMessages } from './options.messages.js';

type State = 'failing' | 'open';

const MINUTE_MS = 60_000;

/**
 * Logs that the journal's disk rejects writes, and that it accepts them again. A disk that alternates is logged once a minute,
 * and the last line always gives the current state.
 */
export class JournalWatch {
  #state: State = 'open';
  #cause: string | undefined;
  #where: WrittenPlace | undefined;
  /** What the log was told last. */
  #told: State = 'open';
  /** Monotonic time before which it is not told of a failure again. */
  #quietUntil = -Infinity;
  #later: Timer | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly lifecycle: LifecycleStream,
  ) {}

  changed(state: State, cause: string | undefined, where?: WrittenPlace): void {
    this.#state = state;
    this.#cause = cause;
    this.#where = where;
    if (this.lifecycle.observed) {
      const type = state === 'failing' ? 'journal_failing' : 'journal_open';
      this.lifecycle.emit({ type, at: this.clock.now(), ...(cause !== undefined && { cause }) });
    }
    this.#tell();
  }

  get isFailing(): boolean {
    return this.#state === 'failing';
  }

  end(): void {
    this.#later?.cancel();
  }

  #tell(): void {
    this.#later?.cancel();
    if (this.#state === this.#told) return;
    if (this.#state === 'open') {
      this.log.info(optionMessages.journalOpen());
    } else {
      const now = this.clock.monotonic();
      if (now < this.#quietUntil) {
        this.#later = detached(() => this.clock.after(this.#quietUntil - now, () => this.#tell()));
        this.#later.hold(false);
        return;
      }
      this.#quietUntil = now + MINUTE_MS;
      this.log.error(optionMessages.journalFailing(this.#cause, this.#where));
    }
    this.#told = this.#state;
  }
}
