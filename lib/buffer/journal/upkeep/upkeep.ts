import type { Timer } from '../../../host/clock.js';
import { detached } from '../../../host/detached.js';
import type { Attempts } from './attempts.js';
import type { BackgroundTimers } from './background-timers.js';

const ROUND_MS = 1_000;

/** One part of a round. */
export interface UpkeepTask {
  readonly name: string;
  readonly run: () => Promise<unknown>;
  /** Skipped while this is true. */
  readonly isBlocked?: (() => boolean) | undefined;
}

/** Carries out its tasks one after the other, once a second. A task that fails does not stop the others. */
export class Upkeep {
  #timer: Timer | undefined;
  #round: Promise<void> | undefined;
  #stopped = false;

  constructor(
    private readonly tasks: readonly UpkeepTask[],
    private readonly attempts: Attempts,
    private readonly timers: BackgroundTimers,
  ) {}

  start(): void {
    if (this.#stopped) return;
    this.#round = detached(() => this.#goRound()).finally(() => {
      this.#round = undefined;
      if (!this.#stopped) this.#timer = this.timers.after(ROUND_MS, () => this.start());
    });
  }

  /** Resolves when the current round has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.timers.cancel(this.#timer);
    await this.#round;
  }

  async #goRound(): Promise<void> {
    for (const { name, run, isBlocked } of this.tasks) {
      if (isBlocked?.() !== true) await this.attempts.run(name, run);
    }
  }
}
