import { TrackingConfigError } from '../config/tracking-config.error.js';
import { epochMs, type EventTime } from '../event/event-time.js';
import { type Clock, systemClock, type Timer } from '../host/clock.js';
import { firstOf, rest } from './real-time.js';
import { testingMessages } from './testing.messages.js';

/** 2026-01-01T00:00:00Z. */
const START = Date.UTC(2026, 0, 1);
/** Far from zero, and from the wall clock, so that a mistake between them shows. */
const MONOTONIC_START = 1_000_000;

interface Armed {
  readonly at: number;
  readonly fn: () => void;
}

/**
 * A clock that advances only when a test advances it. Give it to `overrideTracking({ clock })` or
 * `TrackingTestingModule.forRoot()`: events get their times from it, and batches, retries and deadlines depend on it.
 * It does not keep the process alive.
 */
export class TestClock implements Clock {
  #wall: number;
  #monotonic = MONOTONIC_START;
  #soon = 0;
  readonly #timers = new Set<Armed>();

  /**
   * @param start what the wall clock says at first: a `Date`, epoch milliseconds, or RFC 3339 text; default 2026-01-01T00:00:00Z
   * @throws TrackingConfigError for anything else
   */
  constructor(start: EventTime = START) {
    this.#wall = epochMs(start);
    if (Number.isNaN(this.#wall)) {
      const wants = 'a valid Date, epoch milliseconds, or RFC 3339 text';
      throw new TrackingConfigError('start', testingMessages.badOption('new TestClock()', 'start', wants));
    }
  }

  /** The wall clock, in epoch milliseconds. */
  now(): number {
    return this.#wall;
  }

  /** Milliseconds that have passed, counted from an arbitrary number. */
  monotonic(): number {
    return this.#monotonic;
  }

  after(delayMs: number, fn: () => void): Timer {
    if (Number.isNaN(delayMs)) throw new RangeError('a timer was set to NaN milliseconds');
    const timer: Armed = { at: this.#monotonic + Math.max(0, delayMs), fn };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer), hold: () => undefined };
  }

  /** Runs `fn` in the next turn of the event loop, without time passing. */
  soon(fn: () => void): void {
    this.#soon++;
    systemClock.soon(() => {
      this.#soon--;
      fn();
    });
  }

  /** Callbacks that run in the next turn of the event loop. */
  get soonPending(): number {
    return this.#soon;
  }

  /** The monotonic time at which the next timer is due; undefined when none is set. */
  get nextAt(): number | undefined {
    return firstOf(this.#timers)?.at;
  }

  /**
   * Advances the time by some milliseconds. Timers run at their times, in order, and callbacks and promises of each
   * settle before the next one runs. `advance(0)` runs everything that is due now.
   */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms;
    for (;;) {
      await rest(() => this.#soon > 0);
      const next = this.nextAt;
      if (next === undefined || next > end) break;
      this.advanceTo(next);
    }
    this.advanceTo(end);
    await rest(() => this.#soon > 0);
  }

  /** Moves to a monotonic time and runs what is due by then, in order, without a turn for anything else. */
  advanceTo(moment: number): void {
    for (;;) {
      const due = firstOf(this.#timers, moment);
      if (due === undefined) break;
      this.#pass(due.at);
      this.#timers.delete(due);
      due.fn();
    }
    this.#pass(moment);
  }

  /** Sets the wall clock forward or back, as an operator or NTP does; no time passes. */
  jump(ms: number): void {
    this.#wall += ms;
  }

  #pass(moment: number): void {
    const ms = Math.max(0, moment - this.#monotonic);
    this.#monotonic += ms;
    this.#wall += ms;
  }
}
