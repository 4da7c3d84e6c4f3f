import { join } from 'node:path';
import type { Files } from '../files/files.js';
import { journalMessages } from '../journal.messages.js';
import { codeOf, isNotAFile, unlessAbsent } from '../files/absence.js';
import {
  answerPath,
  commandPath,
  isCommandId,
  isCommandOf,
  readAnswer,
  readCommand,
  type Command,
  type CommandProgress,
  type CommandResult,
} from './command.js';

const SUFFIX = '.json';

/** Commands to a running process, as the process receives them: files that the command line writes whole. */
export class Inbox {
  /** Returned by {@link take}, and not answered yet. */
  readonly #open = new Set<string>();

  constructor(
    private readonly files: Files,
    private readonly folderPath: string,
  ) {}

  /**
   * Commands that were not returned yet, oldest first. A command that cannot be understood is answered with an error. Rejects if
   * the disk fails.
   */
  async take(): Promise<Command[]> {
    const names = (await unlessAbsent(this.files.list(join(this.folderPath, 'inbox')))) ?? [];
    const commands: Command[] = [];
    for (const name of names) {
      // Other names are files that are being written, or unknown.
      const id = name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : '';
      if (!isCommandId(id) || this.#open.has(id)) continue;
      const command = await this.#read(id);
      if (command !== undefined) commands.push(command);
    }
    for (const { id } of commands) this.#open.add(id);
    return commands.sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || (a.id < b.id ? -1 : 1));
  }

  async progress(id: string, progress: CommandProgress): Promise<void> {
    await this.files.writeText(answerPath(this.folderPath, id), JSON.stringify({ progress }));
  }

  /** Answers a command, and removes it. */
  async answer(id: string, result: CommandResult): Promise<void> {
    await this.files.writeText(answerPath(this.folderPath, id), JSON.stringify(result));
    await this.#remove(id);
  }

  async #read(id: string): Promise<Command | undefined> {
    // Answered, and then the process died.
    const answered = await unlessAbsent(this.files.readText(answerPath(this.folderPath, id)));
    const answer = answered === undefined ? undefined : readAnswer(answered);
    if (answer !== undefined && 'done' in answer) {
      await this.#remove(id);
      return undefined;
    }
    let text: string | undefined;
    try {
      text = await unlessAbsent(this.files.readText(commandPath(this.folderPath, id)));
    } catch (error) {
      if (isNotAFile(error)) return undefined;
      if (codeOf(error) !== 'EACCES') throw error;
      await this.#answerAndLeave(id, { done: true, error: journalMessages.commandDenied() });
      return undefined;
    }
    if (text === undefined) return undefined;
    const command = readCommand(text, id);
    if (command !== undefined) return command;
    const refusal: CommandResult = { done: true, error: journalMessages.commandNotUnderstood() };
    if (isCommandOf(text, id)) await this.answer(id, refusal);
    else await this.#answerAndLeave(id, refusal);
    return undefined;
  }

  /** An unknown file stays. It is answered once by each process. */
  async #answerAndLeave(id: string, result: CommandResult): Promise<void> {
    this.#open.add(id);
    await this.files.writeText(answerPath(this.folderPath, id), JSON.stringify(result));
  }

  async #remove(id: string): Promise<void> {
    await unlessAbsent(this.files.remove(commandPath(this.folderPath, id)));
    this.#open.delete(id);
  }
}
