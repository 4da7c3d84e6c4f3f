import type { Reason } from '../event/reasons.js';
import type { Clock } from '../host/clock.js';
import { AttemptWindow } from './attempt-window.js';
import { backoffMs } from './backoff.js';
import type { RetryPolicy } from './lane-destination.js';
import { Parking } from './parking.js';

/**
 * A failing lane's first pause, as a part of `retry.minDelayMs`: the lane recovers from a short outage just as fast. Failed
 * batches have their own backoff.
 */
const FIRST_PAUSE = 1 / 16;

/** When a lane may begin an attempt, and how many may be under way. All times are monotonic milliseconds. */
export class LanePace {
  readonly window: AttemptWindow;
  /** Set while the platform would take nothing. */
  parking: Parking | undefined;
  /** `Retry-After`'s time. */
  #heldUntil = 0;
  /** The end of a failing lane's pause. */
  #pausedUntil = 0;

  constructor(
    concurrency: number,
    private readonly retry: RetryPolicy,
    private readonly clock: Clock,
    private readonly random: () => number,
    /** Told the wall clock's time at which `Retry-After` ends. */
    private readonly onHold: (until: number) => void = () => undefined,
  ) {
    this.window = new AttemptWindow(concurrency);
  }

  /** The time before which no attempt may begin; 0 if one may begin now. */
  get standsUntil(): number {
    const until = Math.max(
      this.#heldUntil,
      this.parking?.probeAt ?? 0,
      this.window.failing ? this.#pausedUntil : 0,
    );
    return until > this.clock.monotonic() ? until : 0;
  }

  /** Whether the platform has said that it takes nothing now; a flush does not wait for that to change. */
  get isRefusing(): boolean {
    return this.parking !== undefined || this.isHeld;
  }

  /** Whether the time of a `Retry-After` is not over. */
  get isHeld(): boolean {
    return this.#heldUntil > this.clock.monotonic();
  }

  /** How long to wait after so many failures. */
  pauseMs(failures: number): number {
    return backoffMs(failures, this.retry, this.random);
  }

  /** `Retry-After` holds the whole lane. */
  hold(ms: number): void {
    const until = this.clock.monotonic() + ms;
    if (until <= this.#heldUntil) return;
    this.#heldUntil = until;
    this.onHold(this.clock.now() + ms);
  }

  /** What an earlier life was told, by the wall clock, which may have been set since. */
  holdAgain(until: number): void {
    const ms = Math.min(until - this.clock.now(), this.retry.maxRetryAfterMs);
    this.#heldUntil = Math.max(this.#heldUntil, this.clock.monotonic() + ms);
  }

  /** An attempt has ended: a lane that fails then pauses, also after a refusal, because nothing got through. */
  pauseIfFailing(): void {
    if (!this.window.failing) return;
    const minDelayMs = this.retry.minDelayMs * FIRST_PAUSE;
    const pauseMs = backoffMs(this.window.failedRounds, { ...this.retry, minDelayMs }, this.random);
    this.#pausedUntil = this.clock.monotonic() + pauseMs;
  }

  /** Cuts a failing lane's pause short. What the platform asked for still holds. */
  hurry(): void {
    this.#pausedUntil = 0;
  }

  /** @param since attempts begun so far */
  park(reason: Reason, since: number): void {
    this.parking = new Parking(reason, since, this.clock.monotonic() + this.pauseMs(1));
  }

  /** A probe has ended and the lane is still parked. */
  probeFailed(parking: Parking): void {
    parking.rounds++;
    parking.probeAt = this.clock.monotonic() + this.pauseMs(parking.rounds + 1);
  }
}
