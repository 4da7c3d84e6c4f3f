import type { Clock, Timer } from '../../../host/clock.js';
import { deadline } from '../../../host/deadline.js';
import { detached } from '../../../host/detached.js';

/** A write that takes longer counts as failing until it ends. */
const STALL_MS = 2_000;
const STALLED = 'ETIMEDOUT';
const MIN_RETRY_MS = 250;
const MAX_RETRY_MS = 5_000;

/** Whether the disk rejects writes, and when the next attempt is due. */
export class DiskState {
  #cause: string | undefined;
  #retryTimer: Timer | undefined;
  #retryMs = MIN_RETRY_MS;

  constructor(
    private readonly clock: Clock,
    /** An attempt failed, or takes too long. */
    private readonly onFailure: (cause: string, isFirst: boolean) => void,
  ) {}

  /** Why the disk rejects writes; undefined while it accepts them. */
  get cause(): string | undefined {
    return this.#cause;
  }

  get isStalled(): boolean {
    return this.#cause === STALLED;
  }

  /** Whether the next attempt is not due yet. */
  get isPausing(): boolean {
    return this.#retryTimer !== undefined;
  }

  /** Waits for the disk. If it takes too long, it counts as failing until it answers. */
  async watch<T>(answer: Promise<T>): Promise<T> {
    const timer = detached(() => deadline(this.clock, STALL_MS, () => this.fail(STALLED)));
    try {
      return await answer;
    } finally {
      timer.cancel();
    }
  }

  fail(cause: string): void {
    const isFirst = this.#cause === undefined;
    this.#cause = cause;
    this.onFailure(cause, isFirst);
  }

  /** The disk accepts writes. Returns whether it rejected them before. */
  recover(): boolean {
    const wasFailing = this.#cause !== undefined;
    this.#cause = undefined;
    this.#retryMs = MIN_RETRY_MS;
    return wasFailing;
  }

  retryLater(retry: () => void): void {
    this.endPause();
    this.#retryTimer = detached(() =>
      this.clock.after(this.#retryMs, () => {
        this.#retryTimer = undefined;
        retry();
      }),
    );
    // Lanes with pending events keep the process alive themselves.
    this.#retryTimer.hold(false);
    this.#retryMs = Math.min(this.#retryMs * 2, MAX_RETRY_MS);
  }

  endPause(): void {
    this.#retryTimer?.cancel();
    this.#retryTimer = undefined;
  }
}
