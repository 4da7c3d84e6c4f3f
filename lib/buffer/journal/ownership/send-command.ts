import type { Clock } from '../../../host/clock.js';
import type { Files } from '../files/files.js';
import { unlessAbsent } from '../files/absence.js';
import {
  readAnswer,
  type Answer,
  type Command,
  type CommandProgress,
  type CommandResult,
} from './command.js';
import { answerPath, commandPath } from './inbox.js';

const POLL_MS = 100;

export interface SendOptions {
  /** Milliseconds without an answer or progress after which the command is withdrawn. */
  readonly timeoutMs: number;
  readonly onProgress?: ((progress: CommandProgress) => void) | undefined;
}

/** The owner did not answer. It may have started the command; otherwise the command is withdrawn. */
export class CommandTimeoutError extends Error {
  override readonly name = 'CommandTimeoutError';
}

/** Sends a command to the owner of a folder. Resolves to its result. */
export async function sendCommand(
  files: Files,
  clock: Clock,
  folderPath: string,
  command: Command,
  { timeoutMs, onProgress }: SendOptions,
): Promise<CommandResult> {
  await files.writeText(commandPath(folderPath, command.id), JSON.stringify(command));
  const outbox = answerPath(folderPath, command.id);
  let signAt = clock.monotonic();
  let sign: string | undefined;
  for (;;) {
    const text = await unlessAbsent(files.readText(outbox));
    if (text !== undefined && text !== sign) {
      sign = text;
      signAt = clock.monotonic();
      const answer: Answer | undefined = readAnswer(text);
      if (answer !== undefined && 'done' in answer) {
        await unlessAbsent(files.remove(outbox));
        // An owner that cannot read it leaves it there.
        await unlessAbsent(files.remove(commandPath(folderPath, command.id)));
        return answer;
      }
      if (answer !== undefined) onProgress?.(answer.progress);
    }
    if (clock.monotonic() - signAt >= timeoutMs) break;
    await new Promise<void>((resolve) => clock.after(Math.min(POLL_MS, timeoutMs), resolve));
  }
  await unlessAbsent(files.remove(commandPath(folderPath, command.id)));
  await unlessAbsent(files.remove(outbox));
  throw new CommandTimeoutError('The application gave no answer in time.');
}
