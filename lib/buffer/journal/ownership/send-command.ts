import type { Clock } from '../../../host/clock.js';
import type { Files } from '../files/files.js';
import { unlessAbsent } from './absence.js';
import {
  readAnswer,
  type Answer,
  type Command,
  type CommandProgress,
  type CommandResult,
} from './command.js';
import { answerPath, commandPath } from './inbox.js';

/** How often the answer is looked for. */
const POLL_MS = 100;

/** How long to wait, and whom to tell meanwhile. */
export interface SendOptions {
  /** Milliseconds without any sign from the owner after which it is given up. */
  readonly timeoutMs: number;
  readonly onProgress?: ((progress: CommandProgress) => void) | undefined;
}

/** The owner gave no sign. Whether it began is not known; what it has not begun is withdrawn. */
export class CommandTimeoutError extends Error {
  override readonly name = 'CommandTimeoutError';
}

/** Gives a command to the owner of a folder and waits for what comes of it. */
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
