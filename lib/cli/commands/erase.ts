import { eventsOf } from '../../event/counted.js';
import { InvalidArgumentError } from 'commander';
import type { ErasePayload } from '../../buffer/journal/query/command-payloads.js';
import { SoughtPerson } from '../../buffer/journal/query/sought-person.js';
import type { Trace, Traces } from '../../buffer/journal/reader/traces.js';
import { CliError, EXIT } from '../cli-error.js';
import {
  alsoKnownAs,
  needsSomebody,
  nothingMatches,
  notAProperty,
  onlyMentioned,
  provenAbsent,
  stillThere,
} from '../cli.messages.js';
import { collect } from '../options/values.js';
import { safeJson, safeText } from '../output/safe-text.js';
import type { Program } from '../program.js';
import type { Session } from '../session.js';
import { confirmed } from '../write/checks.js';
import { giveCommand } from '../write/give-command.js';
import { tellGiven } from '../write/outcome.js';

/** Files that are listed. */
const MAX_FILES = 20;

interface EraseOptions {
  readonly user?: readonly string[];
  readonly anonymous?: readonly string[];
  readonly property?: ErasePayload['properties'];
  readonly yes?: boolean;
}

/** `erase`: removes a person, then searches all files. Ends with 1 if one still names the person. */
export function addErase(program: Program): void {
  const command = program
    .command('erase')
    .description('erase every event of a person, and search all files for remaining traces')
    .option('--user <id>', 'userId of the person; may be repeated', collect)
    .option('--anonymous <id>', 'anonymousId of the person; may be repeated', collect)
    .option(
      '--property <path=value>',
      'a property or context value of the person; may be repeated',
      propertyOf,
    )
    .option('-y, --yes', 'do not ask for confirmation');
  program.writing(command, async (session, options: EraseOptions) => {
    const { reader, terminal } = session;
    const payload = payloadOf(options);
    const person = new SoughtPerson(payload);
    const before = await reader.traces(person);
    if (before.places.every(({ what }) => what === 'unsearched')) {
      terminal.tell(nothingMatches());
      await conclude(session, before);
      return;
    }
    const given = new Set([...payload.userIds, ...payload.anonymousIds]);
    const others = [...before.joinedIds].filter((id) => !given.has(id));
    if (others.length > 0) terminal.tell(safeText(alsoKnownAs(others)));
    const question = `Erase ${eventsOf(before.events)} permanently? Pending events are dropped.`;
    await confirmed(terminal, question, 'erase', options.yes);
    const command = await giveCommand(session, 'erase', payload);
    await tellGiven(session, 'erased', command);
    await conclude(session, await reader.traces(person, command.id));
  });
}

/** Reports the findings and the limits of a search. */
async function conclude({ terminal, json, exit }: Session, found: Traces): Promise<void> {
  const { read, folders, mentions, places } = found;
  if (places.length > 0) exit(EXIT.found);
  if (json) await terminal.write(resultOf(found));
  else if (places.length === 0) await terminal.write(`${provenAbsent(read, folders)}\n`);
  else terminal.tell(stillThere(places.length, filesOf(places).slice(0, MAX_FILES).map(safeText)));
  if (mentions > 0) terminal.tell(onlyMentioned(mentions));
}

function resultOf({ places, read, mentions }: Traces): string {
  return `${safeJson({ left: places.length, eventsRead: read, mentions, files: filesOf(places) })}\n`;
}

const filesOf = (places: readonly Trace[]): string[] => [...new Set(places.map(({ file }) => file))];

function payloadOf({ user, anonymous, property }: EraseOptions): ErasePayload {
  const payload = { userIds: user ?? [], anonymousIds: anonymous ?? [], properties: property ?? [] };
  if (payload.userIds.length + payload.anonymousIds.length + payload.properties.length === 0) {
    throw new CliError(needsSomebody());
  }
  return payload;
}

function propertyOf(
  text: string,
  previous: ErasePayload['properties'] | undefined,
): ErasePayload['properties'] {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError(notAProperty());
  return [...(previous ?? []), { path: text.slice(0, at), value: text.slice(at + 1) }];
}
