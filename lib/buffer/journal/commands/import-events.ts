import { browserIdsOf } from '../../../event/browser-ids.js';
import { fromEventJson } from '../../../event/event-json.js';
import { isKeyed } from '../../../event/tracking-event.js';
import type { CommandCounts, ImportPayload } from '../query/command-payloads.js';
import type { CommandWork } from './command-work.js';
import { commandMessages } from './commands.messages.js';
import { copying } from './copies.js';
import { earlierRecords } from './earlier-records.js';
import { CommandRefused, type Execution } from './execution.js';
import { Tally } from './tally.js';

/**
 * Imports events of an export as records with their original ids and times. Skips events that an earlier attempt of the command has
 * imported.
 */
export async function importEvents(
  work: CommandWork,
  execution: Execution,
  { to, events }: ImportPayload,
): Promise<CommandCounts> {
  if (!work.lanes.has(to)) throw new CommandRefused(commandMessages.noDestination(to));
  const before = await earlierRecords(work, execution, ({ lanes }) => lanes.filter((lane) => lane === to));
  const tally = new Tally();
  let withoutRoom = 0;
  await copying(
    work,
    execution,
    async (copies) => {
      for (const { browserIds, ...event } of events) {
        if (before.has(to, event.id)) continue;
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
