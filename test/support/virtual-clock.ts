import type { Clock, Timer } from '../../lib/host/clock.js';

interface VirtualTimer {
  readonly at: number;
  readonly delayMs: number;
  readonly fn: () => void;
  holds: boolean;
}

/** Far from zero, so that nothing mistakes the beginning for "never". */
const BEGINNING = 1_000_000;

/**
 * Time that passes only when a test says so, while sockets are real: an outage of ten minutes takes as long as its requests
 * do, and no busy machine can change what happens in it.
 */
export class VirtualClock implements Clock {
  #elapsed = BEGINNING;
  #soon = 0;
  readonly #timers = new Set<VirtualTimer>();

  /** @param epoch wall clock at the beginning */
  constructor(private epoch = Date.UTC(2026, 10, 2, 9)) {}

  /** The wall clock is set to another time; no time passes. */
  jump(ms: number): void {
    this.epoch += ms;
  }

  now(): number {
    return this.epoch + this.#elapsed - BEGINNING;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  after(delayMs: number, fn: () => void): Timer {
    const timer: VirtualTimer = { at: this.#elapsed + Math.max(0, delayMs), delayMs, fn, holds: true };
    this.#timers.add(timer);
    return {
      cancel: () => void this.#timers.delete(timer),
      hold: (holds) => void (timer.holds = holds),
    };
  }

  soon(fn: () => void): void {
    this.#soon++;
    setImmediate(() => {
      this.#soon--;
      fn();
    });
  }

  /** Callbacks that the next turn of the event loop owes. */
  get soonPending(): number {
    return this.#soon;
  }

  /** Timers that are set; with `delayMs`: those that were set for exactly so long. */
  count(delayMs?: number): number {
    if (delayMs === undefined) return this.#timers.size;
    let count = 0;
    for (const timer of this.#timers) if (timer.delayMs === delayMs) count++;
    return count;
  }

  /** Timers that would keep the process alive. */
  get holding(): number {
    return [...this.#timers].filter(({ holds }) => holds).length;
  }

  /** When the next timer is due; undefined when none is set. */
  get nextAt(): number | undefined {
    let next: number | undefined;
    for (const { at } of this.#timers) if (next === undefined || at < next) next = at;
    return next;
  }

  /** Moves to a moment and runs what is due by then, in its order. */
  advanceTo(moment: number): void {
    for (let due = this.#firstDue(moment); due !== undefined; due = this.#firstDue(moment)) {
      this.#elapsed = Math.max(this.#elapsed, due.at);
      this.#timers.delete(due);
      due.fn();
    }
    this.#elapsed = Math.max(this.#elapsed, moment);
  }

  #firstDue(by: number): VirtualTimer | undefined {
    let first: VirtualTimer | undefined;
    for (const timer of this.#timers) {
      if (timer.at <= by && (first === undefined || timer.at < first.at)) first = timer;
    }
    return first;
  }
}
