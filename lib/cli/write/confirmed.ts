import { CliError } from '../cli-error.js';
import { needsYes, notConfirmed } from '../cli.messages.js';
import type { Terminal } from '../terminal.js';

/** Asks before something that cannot be taken back. @throws CliError where nobody agrees, or nobody is there to */
export async function confirmed(
  terminal: Terminal,
  question: string,
  command: string,
  yes: boolean | undefined,
): Promise<void> {
  if (yes === true) return;
  if (!terminal.canAsk) throw new CliError(needsYes(command));
  if (!(await terminal.agrees(question))) throw new CliError(notConfirmed());
}
