import { join } from 'node:path';
import type { Files } from '../files/files.js';
import { journalMessages } from '../journal.messages.js';
import { codeOf, unlessAbsent } from './absence.js';
import {
  isCommandId,
  isCommandOf,
  readAnswer,
  readCommand,
  type Command,
  type CommandProgress,
  type CommandResult,
} from './command.js';

const SUFFIX = '.json';
/** Error codes of opening something other than a regular file. */
const NO_FILE = new Set(['EISDIR', 'ELOOP', 'EFTYPE', 'ENXIO']);

/** Where a command to the owner of a folder is put. */
export const commandPath = (folder: string, id: string): string => join(folder, 'inbox', id + SUFFIX);

/** Where its answer is. */
export const answerPath = (folder: string, id: string): string => join(folder, 'outbox', id + SUFFIX);

/** Commands to a running process, from the side of the process: files, written whole by whoever gives them. */
export class Inbox {
  /** Handed out, and not answered yet. */
  readonly #open = new Set<string>();

  constructor(
    private readonly files: Files,
    private readonly folderPath: string,
  ) {}

  /**
   * Commands that were not handed out yet, oldest first. What cannot be understood is answered with an error. Rejects where
   * the disk does not answer.
   */
  async take(): Promise<Command[]> {
    const names = (await unlessAbsent(this.files.list(join(this.folderPath, 'inbox')))) ?? [];
    const commands: Command[] = [];
    for (const name of names) {
      // Anything else is a file that is being written, or is none of ours.
      const id = name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : '';
      if (!isCommandId(id) || this.#open.has(id)) continue;
      const command = await this.#read(id);
      if (command !== undefined) commands.push(command);
    }
    for (const { id } of commands) this.#open.add(id);
    return commands.sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || (a.id < b.id ? -1 : 1));
  }

  /** Says how far a command is. */
  async progress(id: string, progress: CommandProgress): Promise<void> {
    await this.files.writeText(answerPath(this.folderPath, id), JSON.stringify({ progress }));
  }

  /** Says what came of a command, and then forgets it. */
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
      const code = codeOf(error) ?? '';
      // A folder, a link or a pipe is not a command.
      if (NO_FILE.has(code)) return undefined;
      if (code !== 'EACCES') throw error;
      await this.#answerAndLeave(id, {
        done: true,
        error: journalMessages.commandDenied(),
      });
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

  /** Not a command of ours: nobody else's file is removed. Answered once in each life. */
  async #answerAndLeave(id: string, result: CommandResult): Promise<void> {
    this.#open.add(id);
    await this.files.writeText(answerPath(this.folderPath, id), JSON.stringify(result));
  }

  async #remove(id: string): Promise<void> {
    await unlessAbsent(this.files.remove(commandPath(this.folderPath, id)));
    this.#open.delete(id);
  }
}
