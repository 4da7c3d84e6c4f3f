import { commandIn, type ReadRecord } from '../format/record.js';
import type { CommandWork } from './command-work.js';
import type { Execution } from './execution.js';
import { ownRecords } from './journal-records.js';

/** Records that an earlier attempt of a command may have made. */
export class EarlierRecords {
  /** By lane and id: an event may have several records. */
  readonly #records = new Map<string, number>();

  add(lane: string, id: string): void {
    const key = `${lane} ${id}`;
    this.#records.set(key, (this.#records.get(key) ?? 0) + 1);
  }

  has(lane: string, id: string): boolean {
    return this.#records.has(`${lane} ${id}`);
  }

  /** Whether there is a record that was not taken yet. */
  take(lane: string, id: string): boolean {
    const key = `${lane} ${id}`;
    const left = this.#records.get(key) ?? 0;
    this.#records.set(key, left - 1);
    return left > 0;
  }
}

/**
 * Finds the records of an earlier attempt. Searches only if there may have been one, because it must read the whole journal.
 *
 * @param lanesOf the lanes that a record counts for
 */
export async function earlierRecords(
  work: CommandWork,
  execution: Execution,
  lanesOf: (record: ReadRecord) => readonly string[],
): Promise<EarlierRecords> {
  const earlier = new EarlierRecords();
  if (!execution.again) return earlier;
  for await (const records of ownRecords(work, execution)) {
    for (const record of records) {
      for (const lane of lanesOf(record)) earlier.add(lane, record.id);
    }
  }
  return earlier;
}

/** Finds the copies that an earlier attempt made. */
export async function earlierCopies(work: CommandWork, execution: Execution): Promise<EarlierRecords> {
  const isCopy = ({ replay }: ReadRecord): boolean =>
    replay !== undefined && commandIn(replay) === execution.id;
  return await earlierRecords(work, execution, (record) => (isCopy(record) ? record.lanes : []));
}
