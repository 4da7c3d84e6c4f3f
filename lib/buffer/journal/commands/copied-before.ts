import type { CommandWork } from './command-work.js';
import type { Execution } from './execution.js';
import { recordsOf } from './journal-records.js';

/**
 * What a command has copied before a crash: lane and id of each. Its own copies are what tells; they are looked for only
 * where the command may have been begun before, because that means to read everything.
 */
export async function copiedBefore(work: CommandWork, execution: Execution): Promise<ReadonlySet<string>> {
  const copied = new Set<string>();
  if (!execution.again) return copied;
  for (const segment of work.folders.all.flatMap(({ segments }) => segments)) {
    for await (const records of recordsOf(work, segment)) {
      for (const { replay, id, lanes } of records) {
        if (replay === execution.id) for (const lane of lanes) copied.add(copyKey(lane, id));
      }
      await execution.turn();
    }
  }
  return copied;
}

export const copyKey = (lane: string, id: string): string => `${lane} ${id}`;
