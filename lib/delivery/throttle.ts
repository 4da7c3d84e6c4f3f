import type { Clock } from '../host/clock.js';
import { AttemptLimit } from './attempt-limit.js';
import type { RetryPolicy } from './lane-destination.js';
import { Parking } from './parking.js';

/**
 * A failing lane's first pause, as a part of `retry.minDelayMs`, so that the lane recovers fast from a short outage. Failed
 * batches have their own backoff.
 */
const FIRST_PAUSE = 1 / 16;

/** When a lane may begin an attempt, and how many may be in flight. All times are monotonic milliseconds. */
export class Throttle {
  readonly attempts: AttemptLimit;
  readonly parking: Parking;
  /** The end of `Retry-After`. */
  #heldUntil = 0;
  /** The end of a failing lane's pause. */
  #pausedUntil = 0;

  constructor(
    concurrency: number,
    private readonly retry: RetryPolicy,
    private readonly clock: Clock,
    private readonly random: () => number,
    /** Gets the end of `Retry-After` by the wall clock. */
    private readonly onRetryAfter: (until: number) => void,
  ) {
    this.attempts = new AttemptLimit(concurrency);
    this.parking = new Parking(clock, (failures) => this.pauseMs(failures));
  }

  /** The time before which no attempt may begin; 0 if one may begin now. */
  get blockedUntil(): number {
    const pausedUntil = this.attempts.failing ? this.#pausedUntil : 0;
    const until = Math.max(this.#heldUntil, this.parking.probeAt, pausedUntil);
    return until > this.clock.monotonic() ? until : 0;
  }

  /** Whether the platform rejects everything now; a flush does not wait for that to change. */
  get isRefusing(): boolean {
    return this.parking.isParked || this.isHeld;
  }

  /** Whether the time of a `Retry-After` is still running. */
  get isHeld(): boolean {
    return this.#heldUntil > this.clock.monotonic();
  }

  /** The pause after a number of failures. */
  pauseMs(failures: number): number {
    return backoffMs(failures, this.retry, this.random);
  }

  /** `Retry-After` holds the whole lane. */
  hold(ms: number): void {
    const until = this.clock.monotonic() + ms;
    if (until <= this.#heldUntil) return;
    this.#heldUntil = until;
    this.onRetryAfter(this.clock.now() + ms);
  }

  /** The pause of an earlier process, by the wall clock, which may have been set since. */
  holdAgain(until: number): void {
    const ms = Math.min(until - this.clock.now(), this.retry.maxRetryAfterMs);
    this.#heldUntil = Math.max(this.#heldUntil, this.clock.monotonic() + ms);
  }

  /** An attempt has ended: a failing lane pauses, also after a refusal, because nothing succeeded. */
  pauseIfFailing(): void {
    if (!this.attempts.failing) return;
    const minDelayMs = this.retry.minDelayMs * FIRST_PAUSE;
    const pauseMs = backoffMs(this.attempts.failedRounds, { ...this.retry, minDelayMs }, this.random);
    this.#pausedUntil = this.clock.monotonic() + pauseMs;
  }

  /** Ends a failing lane's pause. A time that the platform asked for is still respected. */
  hurry(): void {
    this.#pausedUntil = 0;
  }
}

/**
 * The pause after the nth failure in a row (n from 1): the first limit doubled n-1 times, at most the second limit, then a random
 * time in its upper half, so that many processes do not retry at the same moment.
 */
export function backoffMs(
  failures: number,
  limits: Pick<RetryPolicy, 'minDelayMs' | 'maxDelayMs'>,
  random: () => number,
): number {
  const ceiling = Math.min(limits.minDelayMs * 2 ** Math.min(failures - 1, 50), limits.maxDelayMs);
  return ceiling / 2 + (ceiling / 2) * random();
}
