import type { WrittenPlace } from '../buffer/event-buffer.js';
import type { LifecycleStream } from './lifecycle.js';
import type { Clock, Timer } from '../host/clock.js';
import { detached } from '../host/detached.js';
import type { Log } from '../host/log.js';
import { observeMessages } from './observe.messages.js';

type State = 'failing' | 'open';

const MINUTE_MS = 60_000;

/**
 * Logs when the journal's disk rejects writes, and when it accepts them again. A disk that alternates is logged once a minute,
 * and the last line always has the current state.
 */
export class JournalWatch {
  #state: State = 'open';
  #cause: string | undefined;
  #where: WrittenPlace | undefined;
  /** The state that was logged last. */
  #logged: State = 'open';
  /** Monotonic time before which no failure is logged again. */
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
    this.#log();
  }

  get isFailing(): boolean {
    return this.#state === 'failing';
  }

  end(): void {
    this.#later?.cancel();
  }

  #log(): void {
    this.#later?.cancel();
    if (this.#state === this.#logged) return;
    if (this.#state === 'open') {
      this.log.info(observeMessages.journalOpen());
    } else {
      const now = this.clock.monotonic();
      if (now < this.#quietUntil) {
        this.#later = detached(() => this.clock.after(this.#quietUntil - now, () => this.#log()));
        this.#later.hold(false);
        return;
      }
      this.#quietUntil = now + MINUTE_MS;
      this.log.error(observeMessages.journalFailing(this.#cause, this.#where));
    }
    this.#logged = this.#state;
  }
}
