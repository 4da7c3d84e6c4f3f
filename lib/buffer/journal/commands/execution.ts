import type { Clock } from '../../../host/clock.js';
import type { CommandProgress } from '../ownership/command.js';
import type { GroupWriter } from '../store/group-writer.js';
import { CommandInterrupted } from './refused.js';

const PROGRESS_MS = 1_000;
const DISK_RETRY_MS = 1_000;

/** What an execution works with. */
export interface ExecutionSetup {
  readonly clock: Clock;
  readonly writer: GroupWriter;
  /** The command's id. */
  readonly id: string;
  /** It may have been begun before, by us or by an earlier life. */
  readonly again: boolean;
  /** The journal is being closed. */
  isStopped(): boolean;
  onProgress(progress: CommandProgress): Promise<void>;
}

/** One command on its way: it takes turns with the application, and ends where the journal does. */
export class Execution {
  readonly #setup: ExecutionSetup;
  #toldAt: number;

  constructor(setup: ExecutionSetup) {
    this.#setup = setup;
    this.#toldAt = setup.clock.monotonic();
  }

  get id(): string {
    return this.#setup.id;
  }

  get again(): boolean {
    return this.#setup.again;
  }

  /** Lets everybody else have a turn. @throws CommandInterrupted */
  async turn(): Promise<void> {
    await new Promise<void>((resolve) => this.#setup.clock.soon(resolve));
    this.#goOn();
  }

  /** @throws CommandInterrupted */
  async pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => this.#setup.clock.after(ms, resolve));
    this.#goOn();
  }

  /** Waits until everything that was added so far is on the disk, however long that takes. @throws CommandInterrupted */
  async committed(): Promise<void> {
    while ((await this.#setup.writer.commit()) !== 'committed') await this.pause(DISK_RETRY_MS);
  }

  /**
   * Says how far it is, at most once a second.
   *
   * @param total what was looked at for it
   */
  async progress(done: number, total: number): Promise<void> {
    const { clock } = this.#setup;
    const now = clock.monotonic();
    if (now - this.#toldAt < PROGRESS_MS) return;
    this.#toldAt = now;
    // Nobody may be there to hear it any more.
    await this.#setup.onProgress({ done, total }).catch(() => undefined);
  }

  #goOn(): void {
    if (this.#setup.isStopped()) throw new CommandInterrupted();
  }
}
