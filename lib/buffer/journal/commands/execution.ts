import { ignoreDiskError } from '../files/absence.js';
import type { CommandProgress } from '../ownership/command.js';
import type { JournalStore } from '../store/journal-store.js';
import type { Stranded } from '../store/stranded.js';
import type { GivingBack } from '../upkeep/giving-back.js';

/** The parts of a journal that commands work on. */
export interface CommandWork extends JournalStore {
  readonly stranded: Stranded;
  readonly givingBack: GivingBack;
  /** Whether the disk has no room for more events of a lane. */
  isFull(lane: string): boolean;
}

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

/** One command that is being carried out. It takes turns with the application, and ends when the journal is closed. */
export class Execution {
  #reportedAt: number;

  constructor(
    readonly work: CommandWork,
    /** The command's id. */
    readonly id: string,
    /** It may have been started before, perhaps by an earlier process. */
    readonly again: boolean,
    /** Whether the journal is being closed. */
    private readonly isStopped: () => boolean,
    private readonly onProgress: (progress: CommandProgress) => Promise<void>,
  ) {
    this.#reportedAt = work.clock.monotonic();
  }

  /** Lets other work run. @throws CommandInterrupted */
  async turn(): Promise<void> {
    await new Promise<void>((resolve) => this.work.clock.soon(resolve));
    this.#checkStopped();
  }

  /** @throws CommandInterrupted */
  async pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => this.work.clock.after(ms, resolve));
    this.#checkStopped();
  }

  /** Waits until all events that were added so far are on disk, however long that takes. @throws CommandInterrupted */
  async committed(): Promise<void> {
    while ((await this.work.writer.commit()) !== 'committed') await this.pause(DISK_RETRY_MS);
  }

  /** Waits until all adopted folders are read: before that they look empty. @throws CommandInterrupted */
  async untilRead(): Promise<void> {
    while (this.work.folders.all.some(({ isBusy }) => isBusy)) await this.pause(READING_MS);
  }

  /**
   * Reports the progress, at most once a second.
   *
   * @param total events that were examined
   */
  async progress(done: number, total: number): Promise<void> {
    const now = this.work.clock.monotonic();
    if (now - this.#reportedAt < PROGRESS_MS) return;
    this.#reportedAt = now;
    // A report that cannot be written does not stop the command.
    await this.onProgress({ done, total }).catch(ignoreDiskError);
  }

  #checkStopped(): void {
    if (this.isStopped()) throw new CommandInterrupted();
  }
}
