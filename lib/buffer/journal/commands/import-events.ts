import { browserIdsOf } from '../../../event/browser-ids.js';
import { fromEventJson } from '../../../event/event-json.js';
import { isKeyed } from '../../../event/tracking-event.js';
import type { CommandCounts, ImportPayload } from '../query/command-payloads.js';
import type { CommandWork } from './command-work.js';
import { commandMessages } from './commands.messages.js';
import { copying } from './copies.js';
import { CommandRefused, type Execution } from './execution.js';
import { ownRecords } from './journal-records.js';
import { Tally } from './tally.js';

/**
 * Takes in events of an export: records like those that were accepted here, with the ids and times that they had. What an
 * earlier try of the command has taken in is passed over.
 */
export async function importEvents(
  work: CommandWork,
  execution: Execution,
  { to, events }: ImportPayload,
): Promise<CommandCounts> {
  if (!work.lanes.has(to)) throw new CommandRefused(commandMessages.noDestination(to));
  const before = await takenBefore(work, execution, to);
  const tally = new Tally();
  let withoutRoom = 0;
  await copying(
    work,
    execution,
    async (copies) => {
      for (const { browserIds, ...event } of events) {
        if (before.has(event.id)) continue;
        if (work.isFull(to)) {
          withoutRoom++;
          continue;
        }
        const json = JSON.stringify(event);
        const browser = browserIdsOf(browserIds, to);
        copies.add(fromEventJson(json, [to]), json.length, [{ lane: to, entry: browser && { browser } }]);
        if (isKeyed(event)) work.setup.onKey(event.id, Date.parse(event.acceptedAt));
        tally.add([to]);
        if (copies.isFull) await copies.commit();
      }
    },
    'original',
  );
  if (withoutRoom > 0) throw new CommandRefused(commandMessages.full(withoutRoom));
  return tally.counts;
}

/** Ids that the lane has, where the command may have been begun before. */
async function takenBefore(
  work: CommandWork,
  execution: Execution,
  to: string,
): Promise<ReadonlySet<string>> {
  const taken = new Set<string>();
  if (!execution.again) return taken;
  for await (const records of ownRecords(work, execution)) {
    for (const { id, lanes } of records) {
      if (lanes.includes(to)) taken.add(id);
    }
  }
  return taken;
}
