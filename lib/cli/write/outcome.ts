import type { CommandCounts } from '../../buffer/journal/query/command-payloads.js';
import { eventsOf } from '../../event/counted.js';
import { cliMessages } from '../cli.messages.js';
import { count } from '../output/quantities.js';
import { safeText } from '../output/safe-text.js';
import { EXIT, type Session } from '../session.js';
import type { Given } from './give-command.js';

/** Asks before a change that cannot be undone. @throws Error if the user declines, or cannot be asked */
export async function confirmed(
  { terminal }: Session,
  question: string,
  command: string,
  yes: boolean | undefined,
): Promise<void> {
  if (yes === true) return;
  if (!terminal.canAsk) throw new Error(cliMessages.needsYes(command));
  if (!(await terminal.agrees(question))) throw new Error(cliMessages.notConfirmed());
}

/** Reports the result of a command; ends with 2 if an application did not carry it out. */
export async function tellGiven(session: Session, verb: string, given: Given): Promise<void> {
  const { terminal, json, exit } = session;
  const { id, events, lanes, owners, problems } = given;
  if (json) await terminal.writeJson({ command: id, events, destinations: lanes, owners, problems });
  else {
    await terminal.write(`${eventsOf(events)} ${verb}${lanesText(lanes)}\n`);
    if (owners === 0 && events > 0 && verb !== 'erased') terminal.tell(cliMessages.whenStarted());
  }
  for (const problem of problems) terminal.tell(safeText(problem));
  if (problems.length > 0) exit(EXIT.failed);
}

/** Reports what a command would do, for `--dry-run`. `further`: members for `--json` alone. */
export async function tellDryRun(
  { terminal, json }: Session,
  { events, lanes }: CommandCounts,
  text: string,
  further: object = {},
): Promise<void> {
  if (json) await terminal.writeJson({ dryRun: true, events, destinations: lanes, ...further });
  else await terminal.write(`${safeText(text)}\n`);
}

/** ` (kissmetrics 12, webhook 3)` */
export function lanesText(lanes: Readonly<Record<string, number>>): string {
  const parts = Object.entries(lanes).map(([lane, events]) => `${lane} ${count(events)}`);
  return parts.length === 0 ? '' : safeText(` (${parts.join(', ')})`);
}
