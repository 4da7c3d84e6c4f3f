import type { Clock } from '../../../host/clock.js';
import type { Log } from '../../../host/log.js';
import type { Files } from '../files/files.js';
import { journalMessages } from '../journal.messages.js';
import { diskCodeOf } from '../files/absence.js';
import { deniedOf } from '../ownership/denied.js';

/** How long a task may fail before it is logged. */
const PATIENCE_MS = 2_000;

export interface AttemptsSetup {
  readonly files: Files;
  /** The journal's root. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether the writer has logged this error code already. */
  readonly isLogged: (code: string) => boolean;
}

/** Carries out the tasks of the upkeep. A failure of the disk that lasts is logged, and the task is attempted again. */
export class Attempts {
  /** Monotonic time of the first failure in a row, by task. */
  readonly #failingSince = new Map<string, number>();

  constructor(private readonly setup: AttemptsSetup) {}

  /** Never rejects. */
  async run(task: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
      this.#failingSince.delete(task);
    } catch (error) {
      const code = diskCodeOf(error);
      if (code === undefined) this.setup.log.internalError(`the journal's upkeep: ${task}`, error);
      else await this.#failed(task, code, error);
    }
  }

  async #failed(task: string, code: string, error: unknown): Promise<void> {
    const { files, directory, clock, log, isLogged } = this.setup;
    const now = clock.monotonic();
    const since = this.#failingSince.get(task) ?? now;
    this.#failingSince.set(task, since);
    if (isLogged(code) || now - since < PATIENCE_MS) return;
    const denied = await deniedOf(files, directory, error);
    log.limited('error', `upkeep ${code}`, () =>
      denied?.uid === undefined
        ? journalMessages.upkeep(code, directory)
        : journalMessages.denied(denied, files.user()),
    );
  }
}
