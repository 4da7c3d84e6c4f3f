import { eventsOf } from '../../event/counted.js';
import { InvalidArgumentError } from 'commander';
import type { ErasePayload } from '../../buffer/journal/query/command-payloads.js';
import { PersonToErase } from '../../buffer/journal/query/person-to-erase.js';
import type { Traces } from '../../buffer/journal/reader/traces.js';
import { cliMessages } from '../cli.messages.js';
import { writing } from '../command.js';
import { parsed, YES } from '../options/option.js';
import { collect } from '../options/parsers.js';
import { safeText } from '../output/safe-text.js';
import { EXIT, type Session } from '../session.js';
import { giveCommand } from '../write/give-command.js';
import { confirmed, tellGiven } from '../write/outcome.js';

/** Files that are listed. */
const MAX_FILES = 20;

/** `erase`: removes a person, then searches all files. Ends with 1 if one still names the person. */
export const erase = writing({
  name: 'erase',
  description: 'erase every event of a person, and search all files for remaining traces',
  options: {
    user: parsed('--user <id>', 'userId of the person; may be repeated', collect),
    anonymous: parsed('--anonymous <id>', 'anonymousId of the person; may be repeated', collect),
    property: parsed(
      '--property <path=value>',
      'a property or context value of the person; may be repeated',
      propertyOf,
    ),
    yes: YES,
  },
  async run(session, { user = [], anonymous = [], property = [], yes }) {
    const { reader, terminal } = session;
    const payload: ErasePayload = { userIds: user, anonymousIds: anonymous, properties: property };
    if (user.length + anonymous.length + property.length === 0) throw new Error(cliMessages.needsSomebody());
    const person = new PersonToErase(payload);
    const before = await reader.traces(person);
    if (before.places.every(({ what }) => what === 'unsearched')) {
      terminal.tell(cliMessages.nothingMatches());
      await conclude(session, before);
      return;
    }
    const given = new Set([...user, ...anonymous]);
    const others = [...before.joinedIds].filter((id) => !given.has(id));
    if (others.length > 0) terminal.tell(safeText(cliMessages.alsoKnownAs(others)));
    const question = `Erase ${eventsOf(before.events)} permanently? Pending events are dropped.`;
    await confirmed(session, question, 'erase', yes);
    const command = await giveCommand(session, 'erase', payload);
    await tellGiven(session, 'erased', command);
    await conclude(session, await reader.traces(person, command.id));
  },
});

/** Reports the findings and the limits of a search. */
async function conclude({ terminal, json, exit }: Session, found: Traces): Promise<void> {
  const { read, folders, mentions, places } = found;
  const files = [...new Set(places.map(({ file }) => file))];
  if (places.length > 0) exit(EXIT.found);
  if (json) await terminal.writeJson({ left: places.length, eventsRead: read, mentions, files });
  else if (places.length === 0) await terminal.write(`${cliMessages.provenAbsent(read, folders)}\n`);
  else terminal.tell(cliMessages.stillThere(places.length, files.slice(0, MAX_FILES).map(safeText)));
  if (mentions > 0) terminal.tell(cliMessages.onlyMentioned(mentions));
}

function propertyOf(
  text: string,
  previous: ErasePayload['properties'] | undefined,
): ErasePayload['properties'] {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError(cliMessages.notAProperty());
  return [...(previous ?? []), { path: text.slice(0, at), value: text.slice(at + 1) }];
}
