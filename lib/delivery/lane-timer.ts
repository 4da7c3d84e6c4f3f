import type { Clock, Timer } from '../host/clock.js';
import { detached } from '../host/detached.js';

/** A lane's only timer, and its wake-up in the next turn of the event loop. */
export class LaneTimer {
  #timer: Timer | undefined;
  #at = Infinity;
  #holds = false;
  #soon = false;
  #cancelled = false;

  constructor(
    private readonly clock: Clock,
    private readonly pump: () => void,
  ) {}

  /** The monotonic time of the next wake-up; Infinity when none is set. */
  get at(): number {
    return this.#at;
  }

  /** Whether the pump already runs in the next turn. */
  get soon(): boolean {
    return this.#soon;
  }

  pumpSoon(): void {
    if (this.#soon || this.#cancelled) return;
    this.#soon = true;
    detached(() =>
      this.clock.soon(() => {
        this.#soon = false;
        if (!this.#cancelled) this.pump();
      }),
    );
  }

  /**
   * Wakes the lane at a monotonic time, and replaces an earlier wake-up; Infinity: never.
   *
   * @param holds whether to keep the process alive until then
   */
  wakeAt(at: number, holds: boolean): void {
    if (this.#cancelled || (at === this.#at && holds === this.#holds)) return;
    this.#timer?.cancel();
    this.#at = at;
    this.#holds = holds;
    this.#timer = undefined;
    if (at === Infinity) return;
    const timer = detached(() => this.clock.after(at - this.clock.monotonic(), () => this.#wake()));
    timer.hold(holds);
    this.#timer = timer;
  }

  cancel(): void {
    this.#cancelled = true;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #wake(): void {
    this.#timer = undefined;
    this.#at = Infinity;
    this.pump();
  }
}
