import { detached } from '../../../host/detached.js';
import { diskCodeOf } from '../files/absence.js';
import type { Command, CommandKind, CommandProgress, CommandResult } from '../ownership/command.js';
import { Inbox } from '../ownership/inbox.js';
import { readPayload, type CommandCounts, type CommandPayloads } from '../query/command-payloads.js';
import type { JournalFolder } from '../store/segment.js';
import { journalMessages } from '../journal.messages.js';
import { commandMessages } from './commands.messages.js';
import { deadDrop, deadRetry } from './dead-letters.js';
import { erase } from './erase.js';
import { CommandInterrupted, CommandRefused, Execution, type CommandWork } from './execution.js';
import { importEvents } from './import-events.js';
import { move } from './move.js';
import { replay } from './replay.js';

/** Results that are remembered: a command that is given again is answered, and not carried out again. */
const MAX_RESULTS = 100;

const WORK: {
  readonly [K in CommandKind]: (execution: Execution, payload: CommandPayloads[K]) => Promise<CommandCounts>;
} = { replay, 'dead.retry': deadRetry, 'dead.drop': deadDrop, erase, move, import: importEvents };

interface Given {
  readonly inbox: Inbox;
  readonly command: Command;
  /** It is in an adopted folder, whose owner may have started it. */
  readonly isFound: boolean;
}

/** Carries out commands of the command line, one after the other. The next owner of the folder repeats an interrupted command. */
export class Commands {
  readonly #inboxes = new WeakMap<JournalFolder, Inbox>();
  readonly #queue: Given[] = [];
  /** By the id of a command that this process has carried out. */
  readonly #results = new Map<string, CommandResult>();
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(private readonly work: CommandWork) {}

  /** Takes new commands from the inboxes, and starts them. Rejects if the disk fails. */
  async tend(): Promise<void> {
    const { folders } = this.work;
    for (const folder of folders.all) {
      const isFound = folder !== folders.own;
      const inbox = this.#inboxOf(folder);
      const commands = await inbox.take();
      this.#queue.push(...commands.map((command) => ({ inbox, command, isFound })));
    }
    if (this.#queue.length === 0 || this.#stopped) return;
    this.#running ??= detached(() => this.#runAll()).finally(() => (this.#running = undefined));
  }

  /** The current command ends as soon as it can, without an answer. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  /**
   * Carries out one command. Rejects only if the journal is closed before the end.
   *
   * @param again it may have been started before
   */
  async run(
    command: Command,
    again: boolean,
    onProgress: (progress: CommandProgress) => Promise<void>,
  ): Promise<CommandResult> {
    const { id, kind, payload } = command;
    const execution = new Execution(this.work, id, again, () => this.#stopped, onProgress);
    try {
      await execution.untilRead();
      const read = readPayload(kind, payload);
      if (read === undefined) return { done: true, error: journalMessages.commandNotUnderstood() };
      return { done: true, value: await WORK[kind](execution, read as never) };
    } catch (error) {
      if (error instanceof CommandInterrupted) throw error;
      if (error instanceof CommandRefused) return { done: true, error: error.message };
      const code = diskCodeOf(error);
      if (code === undefined) this.work.log.internalError(`carrying out '${kind}'`, error);
      // Not the error's own message: it may name a person.
      return { done: true, error: commandMessages.failed(code ?? 'ERROR') };
    }
  }

  async #runAll(): Promise<void> {
    for (let given = this.#queue.shift(); given !== undefined; given = this.#queue.shift()) {
      const { inbox, command, isFound } = given;
      try {
        const result =
          (isFound ? undefined : this.#results.get(command.id)) ??
          (await this.run(command, isFound, (progress) => inbox.progress(command.id, progress)));
        this.#remember(command.id, result);
        await inbox.answer(command.id, result);
      } catch (error) {
        if (error instanceof CommandInterrupted) return;
        // If the disk rejects the answer, the command line asks again, and completed work is not done twice.
        if (diskCodeOf(error) === undefined)
          this.work.log.internalError(`answering '${command.kind}'`, error);
      }
    }
  }

  #remember(id: string, result: CommandResult): void {
    this.#results.set(id, result);
    const [oldest] = this.#results.keys();
    if (this.#results.size > MAX_RESULTS) this.#results.delete(oldest!);
  }

  #inboxOf(folder: JournalFolder): Inbox {
    let inbox = this.#inboxes.get(folder);
    if (inbox === undefined) this.#inboxes.set(folder, (inbox = new Inbox(this.work.files, folder.path)));
    return inbox;
  }
}
