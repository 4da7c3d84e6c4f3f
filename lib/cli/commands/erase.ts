import { eventsOf } from '../../event/counted.js';
import { InvalidArgumentError } from 'commander';
import type { ErasePayload } from '../../buffer/journal/commands/command-payloads.js';
import { Person } from '../../buffer/journal/commands/erasure/person.js';
import type { JournalReader } from '../../buffer/journal/reader/reader.js';
import type { Trace } from '../../buffer/journal/reader/traces.js';
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

/** `erase`: removes a person, then searches all files. Ends with 1 where one still names the person. */
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
    const before = await search(reader, payload);
    if (before.places.every(({ what }) => what === 'unsearched')) {
      terminal.tell(nothingMatches());
      await conclude(session, before);
      return;
    }
    if (before.otherIds.size > 0) terminal.tell(safeText(alsoKnownAs([...before.otherIds])));
    const question = `Erase ${eventsOf(before.events)} permanently? Pending events are dropped.`;
    await confirmed(terminal, question, 'erase', options.yes);
    const given = await giveCommand(session, 'erase', payload);
    await tellGiven(session, 'erased', given);
    await conclude(session, await search(reader, payload, given.id));
  });
}

/** Reports the findings and the limits of a search. */
async function conclude({ terminal, json, exit }: Session, found: Found): Promise<void> {
  const { read, folders, mentions, places } = found;
  if (places.length > 0) exit(EXIT.found);
  if (json) await terminal.write(resultOf(found));
  else if (places.length === 0) await terminal.write(`${provenAbsent(read, folders)}\n`);
  else terminal.tell(stillThere(places.length, filesOf(places).slice(0, MAX_FILES).map(safeText)));
  if (mentions > 0) terminal.tell(onlyMentioned(mentions));
}

function resultOf({ places, read, mentions }: Found): string {
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

interface Found {
  /** Events that were looked at. */
  readonly read: number;
  /** Of them, those about the person. */
  readonly events: number;
  /** Places that name the person. */
  readonly places: readonly Trace[];
  /** Events of others that hold one of the ids or values somewhere. */
  readonly mentions: number;
  readonly folders: number;
  /** Ids that an alias joins with the person, and that were not given. */
  readonly otherIds: ReadonlySet<string>;
}

async function search(reader: JournalReader, payload: ErasePayload, command?: string): Promise<Found> {
  const person = new Person(payload);
  const otherIds = new Set<string>();
  const given = new Set([...payload.userIds, ...payload.anonymousIds]);
  let [read, events] = [0, 0];
  for await (const { event, record } of reader.events()) {
    read++;
    if (!person.isInEvent(event, record.entries)) continue;
    events++;
    if (event.type !== 'alias') continue;
    for (const id of [event.userId, event.previousId]) {
      if (id !== undefined && !given.has(id)) otherIds.add(id);
    }
  }
  return { read, events, otherIds, ...(await reader.traces(person, command)) };
}
