import { InvalidArgumentError } from 'commander';
import type { ErasePayload } from '../../buffer/journal/commands/command-payloads.js';
import { concerns } from '../../buffer/journal/commands/erase-match.js';
import type { JournalReader } from '../../buffer/journal/reader/reader.js';
import { personTexts } from '../../buffer/journal/reader/raw-search.js';
import { CliError, EXIT } from '../cli-error.js';
import {
  alsoKnownAs,
  needsSomebody,
  nothingMatches,
  notAProperty,
  provenAbsent,
  stillThere,
} from '../cli.messages.js';
import { collect } from '../options/filter-options.js';
import { count } from '../output/quantities.js';
import { safeJson, safeText } from '../output/safe-text.js';
import type { Program } from '../program.js';
import { confirmed } from '../write/confirmed.js';
import { giveCommand } from '../write/give-command.js';
import { tellGiven } from '../write/tell-given.js';

interface EraseOptions {
  readonly user?: readonly string[];
  readonly anonymous?: readonly string[];
  readonly property?: ErasePayload['properties'];
  readonly yes?: boolean;
}

/** `erase`: removes every trace of a person, and proves it. Ends with 1 where something is left. */
export function addErase(program: Program): void {
  const command = program
    .command('erase')
    .description('erase every event of a person, and prove that none is left')
    .option('--user <id>', 'by userId; may be repeated', collect)
    .option('--anonymous <id>', 'by anonymousId; may be repeated', collect)
    .option('--property <path=value>', 'by a property or context value; may be repeated', propertyOf)
    .option('-y, --yes', 'do not ask');
  program.writing(command, async (session, options: EraseOptions) => {
    const { reader, terminal, json } = session;
    const payload = payloadOf(options);
    const before = await search(reader, payload);
    if (before.places === 0) {
      terminal.tell(nothingMatches());
      if (!json) await terminal.write(`${provenAbsent(before.read)}\n`);
      return;
    }
    if (before.otherIds.size > 0) terminal.tell(safeText(alsoKnownAs([...before.otherIds])));
    const question = `Erase ${count(before.events)} events for good? They are dropped where they still wait.`;
    await confirmed(terminal, question, 'erase', options.yes);
    const given = await giveCommand(session, 'erase', payload);
    await tellGiven(session, 'erased', given);
    const after = await search(reader, payload);
    if (after.places > 0) session.exit(EXIT.found);
    if (json) await terminal.write(`${safeJson({ left: after.places, eventsRead: after.read })}\n`);
    else if (after.places === 0) await terminal.write(`${provenAbsent(after.read)}\n`);
    else terminal.tell(stillThere(after.places));
  });
}

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

interface Traces {
  /** Events that were looked at. */
  read: number;
  /** Of them, those about the person. */
  events: number;
  /** Places that name the person: events, dead letters, and bytes that no event owns. */
  places: number;
  /** Ids that an alias joins with the person, and that were not given. */
  readonly otherIds: Set<string>;
}

async function search(reader: JournalReader, payload: ErasePayload): Promise<Traces> {
  const traces: Traces = { read: 0, events: 0, places: 0, otherIds: new Set() };
  const given = new Set([...payload.userIds, ...payload.anonymousIds]);
  for await (const { event } of reader.events()) {
    traces.read++;
    if (!concerns(event, payload)) continue;
    traces.events++;
    traces.places++;
    if (event.type !== 'alias') continue;
    for (const id of [event.userId, event.previousId]) {
      if (id !== undefined && !given.has(id)) traces.otherIds.add(id);
    }
  }
  for await (const { event } of reader.deadLetters()) if (concerns(event, payload)) traces.places++;
  // A reading of all bytes counts what the others have found, too; it only matters where those found nothing.
  if (traces.places === 0 && given.size > 0) {
    for await (const _ of reader.rawHits(personTexts([...given]))) traces.places++;
  }
  return traces;
}
