import type { Clock, Timer } from '../../../../lib/host/clock.js';
import type { ManualClock } from '../../../support/manual-clock.js';

/** The clock of one process. It pauses while the process is stopped, and ends with the process. */
export class LifeClock implements Clock {
  readonly #timers = new Map<Timer, number>();
  #deferred: (() => void)[] = [];
  #state: 'runs' | 'stopped' | 'dead' = 'runs';

  constructor(private readonly time: ManualClock) {}

  now(): number {
    return this.time.now();
  }

  monotonic(): number {
    return this.time.monotonic();
  }

  after(delayMs: number, fn: () => void): Timer {
    const timer = this.time.after(delayMs, () => {
      this.#timers.delete(timer);
      this.#call(fn);
    });
    this.#timers.set(timer, this.time.monotonic() + Math.max(0, delayMs));
    return {
      cancel: () => {
        this.#timers.delete(timer);
        timer.cancel();
        this.#deferred = this.#deferred.filter((each) => each !== fn);
      },
      hold: (holds) => timer.hold(holds),
    };
  }

  soon(fn: () => void): void {
    this.time.soon(() => this.#call(fn));
  }

  /** When the next timer is due; Infinity if none is set. */
  get nextAt(): number {
    return Math.min(Infinity, ...this.#timers.values());
  }

  /** The process is stopped, as by SIGSTOP: timers that become due run when it continues. */
  stop(): void {
    this.#state = 'stopped';
  }

  goOn(): void {
    this.#state = 'runs';
    for (const fn of this.#deferred.splice(0)) fn();
  }

  /** The process is dead. */
  end(): void {
    this.#state = 'dead';
    for (const timer of this.#timers.keys()) timer.cancel();
    this.#timers.clear();
    this.#deferred = [];
  }

  #call(fn: () => void): void {
    if (this.#state === 'stopped') this.#deferred.push(fn);
    else if (this.#state === 'runs') fn();
  }
}
