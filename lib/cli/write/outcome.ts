import type { CommandCounts } from '../../buffer/journal/query/command-payloads.js';
import { eventsOf } from '../../event/counted.js';
import { EXIT } from '../cli-error.js';
import { whenStarted } from '../cli.messages.js';
import { count } from '../output/quantities.js';
import { safeJson, safeText } from '../output/safe-text.js';
import type { Session } from '../session.js';
import type { Given } from './give-command.js';

/** Reports the result of a command; ends with 2 if an application did not carry it out. */
export async function tellGiven(session: Session, verb: string, given: Given): Promise<void> {
  const { terminal, json, exit } = session;
  const { id, events, lanes, owners, problems } = given;
  if (json) {
    await terminal.write(`${safeJson({ command: id, events, destinations: lanes, owners, problems })}\n`);
  } else {
    await terminal.write(`${eventsOf(events)} ${verb}${lanesText(lanes)}\n`);
    if (owners === 0 && events > 0 && verb !== 'erased') terminal.tell(whenStarted());
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
  const result = { dryRun: true, events, destinations: lanes, ...further };
  await terminal.write(`${json ? safeJson(result) : safeText(text)}\n`);
}

/** ` (kissmetrics 12, webhook 3)` */
export function lanesText(lanes: Readonly<Record<string, number>>): string {
  const parts = Object.entries(lanes).map(([lane, events]) => `${lane} ${count(events)}`);
  return parts.length === 0 ? '' : safeText(` (${parts.join(', ')})`);
}
