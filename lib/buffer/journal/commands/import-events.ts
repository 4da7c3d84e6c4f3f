import { browserIdsOf } from '../../../event/browser-ids.js';
import { fromEventJson } from '../../../event/event-json.js';
import { isKeyed } from '../../../event/tracking-event.js';
import type { CommandCounts, CommandPayloads } from '../query/command-payloads.js';
import { commandMessages } from './commands.messages.js';
import { copying } from './copies.js';
import { CommandRefused, type Execution } from './execution.js';
import { earlierRecords } from './journal-records.js';

/**
 * Imports events of an export as records with their original ids and times. Skips events that an earlier attempt of the command has
 * imported.
 */
export async function importEvents(
  execution: Execution,
  { to, events }: CommandPayloads['import'],
): Promise<CommandCounts> {
  const { lanes, setup } = execution.work;
  if (!lanes.has(to)) throw new CommandRefused(commandMessages.noDestination(to));
  const before = await earlierRecords(execution, (record) => record.lanes.filter((lane) => lane === to));
  return await copying(execution, 'original', async (copies) => {
    for (const { browserIds, ...event } of events) {
      if (before.has(to, event.id) || copies.withRoom([to]).length === 0) continue;
      const json = JSON.stringify(event);
      const browser = browserIdsOf(browserIds, to);
      if (isKeyed(event)) setup.onKey(event.id, Date.parse(event.acceptedAt));
      const route = { lane: to, entry: browser && { browser } };
      await copies.add(fromEventJson(json, [to]), json.length, [route]);
    }
  });
}
