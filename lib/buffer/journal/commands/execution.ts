import type { Clock } from '../../../host/clock.js';
import { ignoreDiskError } from '../files/absence.js';
import type { CommandProgress } from '../ownership/command.js';
import type { Folders } from '../store/folders.js';
import type { GroupWriter } from '../store/group-writer.js';

/** A command cannot be carried out. The message is the answer to the user. */
export class CommandRefused extends Error {
  override readonly name = 'CommandRefused';
}

/** The journal is closed while a command runs. The next owner of the folder finds the command again. */
export class CommandInterrupted extends Error {
  override readonly name = 'CommandInterrupted';
}

const PROGRESS_MS = 1_000;
const DISK_RETRY_MS = 1_000;
const READING_MS = 100;

export interface ExecutionSetup {
  readonly clock: Clock;
  readonly writer: GroupWriter;
  /** The command's id. */
  readonly id: string;
  /** It may have been started before, perhaps by an earlier process. */
  readonly again: boolean;
  /** The journal is being closed. */
  isStopped(): boolean;
  onProgress(progress: CommandProgress): Promise<void>;
}

/** One command that is being carried out. It takes turns with the application, and ends when the journal is closed. */
export class Execution {
  readonly #setup: ExecutionSetup;
  #reportedAt: number;

  constructor(setup: ExecutionSetup) {
    this.#setup = setup;
    this.#reportedAt = setup.clock.monotonic();
  }

  get id(): string {
    return this.#setup.id;
  }

  get again(): boolean {
    return this.#setup.again;
  }

  /** Lets other work run. @throws CommandInterrupted */
  async turn(): Promise<void> {
    await new Promise<void>((resolve) => this.#setup.clock.soon(resolve));
    this.#checkStopped();
  }

  /** @throws CommandInterrupted */
  async pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => this.#setup.clock.after(ms, resolve));
    this.#checkStopped();
  }

  /** Waits until all events that were added so far are on disk, however long that takes. @throws CommandInterrupted */
  async committed(): Promise<void> {
    while ((await this.#setup.writer.commit()) !== 'committed') await this.pause(DISK_RETRY_MS);
  }

  /** Waits until all adopted folders are read: before that they look empty. @throws CommandInterrupted */
  async untilRead(folders: Folders): Promise<void> {
    while (folders.all.some(({ isBusy }) => isBusy)) await this.pause(READING_MS);
  }

  /**
   * Reports the progress, at most once a second.
   *
   * @param total events that were examined
   */
  async progress(done: number, total: number): Promise<void> {
    const { clock } = this.#setup;
    const now = clock.monotonic();
    if (now - this.#reportedAt < PROGRESS_MS) return;
    this.#reportedAt = now;
    // A report that cannot be written does not stop the command.
    await this.#setup.onProgress({ done, total }).catch(ignoreDiskError);
  }

  #checkStopped(): void {
    if (this.#setup.isStopped()) throw new CommandInterrupted();
  }
}
