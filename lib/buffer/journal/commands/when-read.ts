import type { CommandWork } from './command-work.js';
import type { Execution } from './execution.js';

const POLL_MS = 100;

/** Waits until what earlier lives left is known: until then a folder that was taken over looks as if it were empty. */
export async function whenRead({ folders }: CommandWork, execution: Execution): Promise<void> {
  while (folders.all.some(({ isBusy }) => isBusy)) await execution.pause(POLL_MS);
}
