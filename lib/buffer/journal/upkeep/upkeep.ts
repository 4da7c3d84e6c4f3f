import type { Timer } from '../../../host/clock.js';
import { detached } from '../../../host/detached.js';
import { diskCodeOf } from '../files/absence.js';
import { journalMessages } from '../journal.messages.js';
import { deniedOf } from '../ownership/denied.js';
import type { Environment } from '../store/environment.js';
import type { BackgroundTimers } from './background-timers.js';

/** How long a task may fail before it is logged. */
const PATIENCE_MS = 2_000;

/** Runs one task of the upkeep at a time, and contains its errors. Logs a failure of the disk that lasts. */
export class TaskRunner {
  /** Monotonic time of the first failure in a row, by task. */
  readonly #failingSince = new Map<string, number>();

  constructor(
    private readonly environment: Omit<Environment, 'setup'>,
    /** Whether the writer has logged this error code already. */
    private readonly isLogged: (code: string) => boolean,
  ) {}

  /** Never rejects. */
  async run(task: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
      this.#failingSince.delete(task);
    } catch (error) {
      const code = diskCodeOf(error);
      if (code === undefined) this.environment.log.internalError(`the journal's upkeep: ${task}`, error);
      else await this.#failed(task, code, error);
    }
  }

  async #failed(task: string, code: string, error: unknown): Promise<void> {
    const { files, clock, log, options } = this.environment;
    const { directory } = options;
    const now = clock.monotonic();
    const since = this.#failingSince.get(task) ?? now;
    this.#failingSince.set(task, since);
    if (this.isLogged(code) || now - since < PATIENCE_MS) return;
    const denied = await deniedOf(files, directory, error);
    log.limited('error', `upkeep ${code}`, () =>
      denied?.uid === undefined
        ? journalMessages.upkeep(code, directory)
        : journalMessages.denied(denied, files.user()),
    );
  }
}

const ROUND_MS = 1_000;

/** One part of a round. */
export interface UpkeepTask {
  readonly name: string;
  readonly run: () => Promise<unknown>;
  /** Skipped while this is true. */
  readonly isBlocked?: (() => boolean) | undefined;
}

/** Has the list of tasks, and runs them one after the other, once a second. A task that fails does not stop the others. */
export class Upkeep {
  #timer: Timer | undefined;
  #round: Promise<void> | undefined;
  #stopped = false;

  constructor(
    private readonly tasks: readonly UpkeepTask[],
    private readonly runner: TaskRunner,
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
      if (isBlocked?.() !== true) await this.runner.run(name, run);
    }
  }
}
