import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { parsedJson } from '../../event/json-values.js';
import { codeOf } from '../../buffer/journal/files/absence.js';
import { eventsOf } from '../../event/counted.js';
import { hasAnonymousId } from '../../event/browser-ids.js';
import { importedEvent, type ImportedEvent } from '../../buffer/journal/query/imported-event.js';
import { isSameAccount } from '../../buffer/journal/ownership/accounts.js';
import { cliMessages } from '../cli.messages.js';
import { onJournal } from '../command.js';
import { DRY_RUN, option, required } from '../options/option.js';
import { withProgress } from '../output/progress-bar.js';
import type { Session } from '../session.js';
import { giveCommand, type Given } from '../write/give-command.js';
import { targetOf, type Target } from '../write/target.js';
import { lanesText, tellDryRun, tellGiven } from '../write/outcome.js';

/** Limits of one command: for an inbox, and for folders that are opened for it. */
const GROUP_EVENTS = 500;
const GROUP_UNITS = 500_000;
const OFFLINE_EVENTS = 20_000;
const OFFLINE_UNITS = 50_000_000;

/** `import`: imports events that `export` wrote, with their ids and times. */
export const importEvents = onJournal({
  name: 'import',
  description: 'import a file of export --format jsonl; events keep their ids and times',
  argument: '<file>',
  options: {
    to: required(option('--to <destination>', 'the destination that receives the events')),
    dryRun: DRY_RUN,
  },
  async run(session, { to, dryRun }, [file = '']) {
    const { reader, terminal } = session;
    const target = targetOf(await reader.folders(), to);
    const ids = new Set<string>();
    let lines = 0;
    let unknown = 0;
    // The whole file is read first, so that a bad line leaves no half import.
    for await (const event of importedEvents(file)) {
      if (isKnownTo(target.name, event)) {
        ids.add(event.id);
        lines++;
      } else unknown++;
    }
    for (const id of await idsAt(session, target, ids)) ids.delete(id);
    const skipped = lines - ids.size;
    if (dryRun === true) {
      const would = { events: ids.size, lanes: { [to]: ids.size } };
      const text = `${eventsOf(ids.size)} would be imported${lanesText(would.lanes)}`;
      await tellDryRun(session, would, text, { skipped });
    } else {
      const given = await withProgress(terminal, 'Importing', ids.size, (onProgress) =>
        importAll(session, target, file, ids, onProgress),
      );
      await tellGiven(session, 'imported', given);
    }
    if (skipped > 0) terminal.tell(cliMessages.importSkipped(skipped, to));
    if (unknown > 0) terminal.tell(cliMessages.importUnknown(unknown, to));
  },
});

/** A visitor may have browser ids of other platforms only. */
function isKnownTo(destination: string, { userId, anonymousId, browserIds }: ImportedEvent): boolean {
  return userId !== undefined || anonymousId !== undefined || hasAnonymousId(browserIds, [destination]);
}

/** The ids that a destination has already: pending, delivered, or a dead letter. */
async function idsAt(
  { reader }: Session,
  { account }: Target,
  ids: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const there = new Set<string>();
  for await (const { id, ends, folder } of reader.events()) {
    if (!ids.has(id)) continue;
    const isThere = ends.some(({ lane, state }) => {
      const own = folder.lanes[lane];
      return own !== undefined && state !== 'dropped' && isSameAccount(own, account);
    });
    if (isThere) there.add(id);
  }
  return there;
}

async function importAll(
  session: Session,
  { name, folder }: Target,
  file: string,
  ids: ReadonlySet<string>,
  onProgress: (done: number) => void,
): Promise<Given> {
  const left = new Set(ids);
  const isOnline = folder.condition === 'alive' || folder.condition === 'unknown';
  const [most, units] = isOnline ? [GROUP_EVENTS, GROUP_UNITS] : [OFFLINE_EVENTS, OFFLINE_UNITS];
  let sum: Given = { id: '', owners: 0, events: 0, lanes: {}, problems: [] };
  let events: ImportedEvent[] = [];
  let size = 0;
  const give = async (): Promise<void> => {
    if (events.length === 0 || sum.problems.length > 0) return;
    const given = await giveCommand(session, 'import', { to: name, events }, { folders: [folder] });
    const all = sum.events + given.events;
    sum = { ...given, owners: Math.max(sum.owners, given.owners), events: all, lanes: { [name]: all } };
    onProgress(all);
    [events, size] = [[], 0];
  };
  for await (const event of importedEvents(file)) {
    if (!left.delete(event.id)) continue;
    events.push(event);
    size += JSON.stringify(event).length;
    if (events.length >= most || size >= units) await give();
  }
  await give();
  return sum;
}

/** The events of a file of `export --format jsonl`, in order. @throws Error for the first invalid line */
async function* importedEvents(path: string): AsyncGenerator<ImportedEvent> {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity });
  let number = 0;
  try {
    for await (const line of lines) {
      number++;
      if (line.trim() === '') continue;
      const event = importedEvent(parsedJson(line));
      if (event === undefined) throw new Error(cliMessages.notImportable(number));
      yield event;
    }
  } catch (error) {
    const code = codeOf(error);
    throw code === undefined ? error : new Error(cliMessages.cannotRead(path, code));
  }
}
