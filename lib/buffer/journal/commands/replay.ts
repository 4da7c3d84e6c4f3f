import { fromEventJson } from '../../../event/event-json.js';
import type { Clock } from '../../../host/clock.js';
import type { CommandCounts, CommandPayloads } from '../query/command-payloads.js';
import { replayLanes } from '../query/event-filter.js';
import type { JournalEvent } from '../reader/journal-event.js';
import type { JournalFolder } from '../store/segment.js';
import { commandMessages } from './commands.messages.js';
import { copying, type CopyRoute } from './copies.js';
import { CommandRefused, type CommandWork, type Execution } from './execution.js';
import { earlierCopies, journalRecords } from './journal-records.js';

type Found = JournalEvent<JournalFolder>;

/** Events that are examined in one turn of the event loop. */
const EVENTS_PER_TURN = 200;
/** The longest delay to catch up: after an hour with a failing disk there must be no burst. */
const MAX_DEBT_MS = 1_000;

/**
 * Sends matching events again: each gets a new record. An event that is pending in a lane is not copied for it, because it will be
 * sent anyway. A dead letter moves back to the queue, as with `dead.retry`: a letter and its copy would be the same event twice.
 */
export async function replay(
  execution: Execution,
  payload: CommandPayloads['replay'],
): Promise<CommandCounts> {
  const { work } = execution;
  const { filter, to, rate } = payload;
  const known = [...work.lanes.keys()];
  if (work.setup.admit === undefined) await refuseUndecided(execution, payload);
  const before = await earlierCopies(execution);
  const pace = new Pace(work.clock, rate);
  let examined = 0;
  return await copying(execution, 'copy', async (copies) => {
    const { tally } = copies;
    for await (const records of journalRecords(execution)) {
      for (const found of records) {
        if (++examined % EVENTS_PER_TURN === 0) await execution.turn();
        const wanted = replayLanes(found, filter, to, known).filter((lane) => !before.take(lane, found.id));
        const routes = copies.withRoom(wanted).flatMap((lane) => routeOf(work, found, lane) ?? []);
        if (routes.length === 0) continue;
        const wait = pace.next();
        if (wait > 0) await execution.pause(wait);
        const lanes = routes.map(({ lane }) => lane);
        await copies.add(fromEventJson(found.json, lanes), found.json.length, routes);
        await execution.progress(tally.events, examined);
      }
      await execution.progress(tally.events, examined);
    }
  });
}

/** Undefined if the destination does not accept the event. An earlier decision is final. */
function routeOf(work: CommandWork, found: Found, lane: string): CopyRoute | undefined {
  const { letters, setup } = work;
  const { id, json, record } = found;
  if (!hasDecided(found, lane)) {
    return isRestricted(record) ? undefined : setup.admit?.(fromEventJson(json, [lane]), lane);
  }
  const kept = letters.ofEvent(lane, id);
  return { lane, entry: record.entries?.[lane], onCommitted: kept && letters.take(kept, 'redriven') };
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
  execution: Execution,
  { filter, to }: CommandPayloads['replay'],
): Promise<void> {
  const known = [...execution.work.lanes.keys()];
  const undecided = new Set<string>();
  for await (const records of journalRecords(execution)) {
    for (const found of records) {
      for (const lane of replayLanes(found, filter, to, known)) {
        if (!hasDecided(found, lane)) undecided.add(lane);
      }
    }
  }
  if (undecided.size > 0) throw new CommandRefused(commandMessages.undecided([...undecided]));
}

/** Limits a rate, without bursts. */
class Pace {
  readonly #intervalMs: number;
  #nextAt: number;

  /** @param rate per second; absent: no limit */
  constructor(
    private readonly clock: Clock,
    rate = Infinity,
  ) {
    this.#intervalMs = 1_000 / rate;
    this.#nextAt = clock.monotonic();
  }

  /** Milliseconds until the next one is due. */
  next(): number {
    const now = this.clock.monotonic();
    const at = Math.max(this.#nextAt, now - MAX_DEBT_MS);
    this.#nextAt = at + this.#intervalMs;
    return Math.max(0, at - now);
  }
}
