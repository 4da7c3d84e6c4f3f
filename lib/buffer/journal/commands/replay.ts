import { fromEventJson } from '../../../event/event-json.js';
import type { CommandCounts, ReplayPayload } from '../query/command-payloads.js';
import type { CommandWork } from './command-work.js';
import { commandMessages } from './commands.messages.js';
import { earlierCopies } from './earlier-records.js';
import { copying, type CopyRoute } from './copies.js';
import { CommandRefused, type Execution } from './execution.js';
import type { JournalEvent } from '../reader/journal-event.js';
import type { JournalFolder } from '../store/journal-folder.js';
import { journalRecords } from './journal-records.js';
import { Pace } from './pace.js';
import { replayLanes } from '../query/replay-lanes.js';
import { Tally } from './tally.js';

type Found = JournalEvent<JournalFolder>;

/** Events that are examined in one turn of the event loop. */
const EVENTS_PER_TURN = 200;

/**
 * Sends matching events again: each gets a new record. An event that is pending in a lane is not copied for it, because it will be
 * sent anyway. A dead letter moves back to the queue, as with `dead.retry`: a letter and its copy would be the same event twice.
 */
export async function replay(
  work: CommandWork,
  execution: Execution,
  payload: ReplayPayload,
): Promise<CommandCounts> {
  const { filter, to, rate } = payload;
  const known = [...work.lanes.keys()];
  if (work.setup.admit === undefined) await refuseUndecided(work, execution, payload);
  const before = await earlierCopies(work, execution);
  const pace = new Pace(work.setup.clock, rate);
  const tally = new Tally();
  let examined = 0;
  let withoutRoom = 0;
  await copying(work, execution, async (copies) => {
    for await (const records of journalRecords(work)) {
      for (const found of records) {
        if (++examined % EVENTS_PER_TURN === 0) await execution.turn();
        const wanted = replayLanes(found, filter, to, known).filter((lane) => !before.take(lane, found.id));
        const fitting = wanted.filter((lane) => !work.isFull(lane));
        if (fitting.length < wanted.length) withoutRoom++;
        const routes = fitting.flatMap((lane) => routeOf(work, found, lane) ?? []);
        if (routes.length === 0) continue;
        const wait = pace.next();
        if (wait > 0) await execution.pause(wait);
        const getting = routes.map(({ lane }) => lane);
        copies.add(fromEventJson(found.json, getting), found.json.length, routes);
        tally.add(getting);
        if (copies.isFull) await copies.commit();
        await execution.progress(tally.events, examined);
      }
      await execution.progress(tally.events, examined);
    }
  });
  if (withoutRoom > 0) throw new CommandRefused(commandMessages.full(withoutRoom));
  return tally.counts;
}

/** Undefined if the destination does not accept the event. An earlier decision is final. */
function routeOf(work: CommandWork, found: Found, lane: string): CopyRoute | undefined {
  const { letters, setup } = work;
  const { id, json, record } = found;
  if (!hasDecided(found, lane)) {
    return isRestricted(record) ? undefined : setup.admit?.(fromEventJson(json, [lane]), lane);
  }
  const kept = letters.ofEvent(lane, id);
  return {
    lane,
    entry: record.entries?.[lane],
    ...(kept !== undefined && { letter: { onCommitted: letters.take(kept, 'redriven') } }),
  };
}

/** Consent withheld the event or its person from a lane. Its answer for a destination that did not exist is unknown. */
function isRestricted({ entries = {} }: Found['record']): boolean {
  return Object.values(entries).some(
    ({ withheld, stripped }) => withheld === 'consent' || stripped !== undefined,
  );
}

const hasDecided = ({ record }: Found, lane: string): boolean => record.lanes.includes(lane);

/** Only a running application can ask its destinations and hooks. */
async function refuseUndecided(
  work: CommandWork,
  execution: Execution,
  { filter, to }: ReplayPayload,
): Promise<void> {
  const known = [...work.lanes.keys()];
  const undecided = new Set<string>();
  for await (const records of journalRecords(work)) {
    for (const found of records) {
      for (const lane of replayLanes(found, filter, to, known)) {
        if (!hasDecided(found, lane)) undecided.add(lane);
      }
    }
    await execution.turn();
  }
  if (undecided.size > 0) throw new CommandRefused(commandMessages.undecided([...undecided]));
}
