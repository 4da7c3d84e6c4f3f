import type { LaneEntry } from '../event/lane-event.js';
import type { DeadLetter } from './event-buffer.js';

/** An entry as applications and commands may see it. A person's data for matching is for the destination alone. */
export function shownEntry(entry: LaneEntry): LaneEntry {
  const { person: _, ...shown } = entry;
  return shown;
}

/** A dead letter as applications may see it. */
export function shownLetter(letter: DeadLetter): DeadLetter {
  return letter.entry === undefined ? letter : { ...letter, entry: shownEntry(letter.entry) };
}
