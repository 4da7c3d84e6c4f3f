import { commandIn } from '../format/record.js';
import type { CommandWork } from './command-work.js';
import type { Execution } from './execution.js';
import { ownRecords } from './journal-records.js';

/** Copies that a command made before a crash. */
export class CopiedBefore {
  /** By lane and id: there may be several records of an event. */
  readonly #copies = new Map<string, number>();

  add(lane: string, id: string): void {
    const key = `${lane} ${id}`;
    this.#copies.set(key, (this.#copies.get(key) ?? 0) + 1);
  }

  /** Whether there is a copy for a record of an event; called once for each record. */
  take(lane: string, id: string): boolean {
    const key = `${lane} ${id}`;
    const left = this.#copies.get(key) ?? 0;
    this.#copies.set(key, left - 1);
    return left > 0;
  }
}

/**
 * Finds the events that a command has copied before, by their copies. Searches only if the command may have been started before,
 * because it must read the whole journal.
 */
export async function copiedBefore(work: CommandWork, execution: Execution): Promise<CopiedBefore> {
  const copied = new CopiedBefore();
  if (!execution.again) return copied;
  for await (const records of ownRecords(work, execution)) {
    for (const { replay, id, lanes } of records) {
      if (replay === undefined || commandIn(replay) !== execution.id) continue;
      for (const lane of lanes) copied.add(lane, id);
    }
  }
  return copied;
}
