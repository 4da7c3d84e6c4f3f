import type { LaneEntry } from '../event/lane-event.js';
import type { DeadLetter, Route } from './event-buffer.js';

/** Estimated length of a number. */
const NUMBER_UNITS = 8;

/** Estimated length of an entry's JSON; the same for the entry that is read back from the JSON. */
export function entrySize(entry: LaneEntry | undefined): number {
  return entry === undefined ? 0 : sizeOf(entry);
}

/** The sum for all lanes of an event. */
export function entriesSize(routes: readonly Route[]): number {
  let size = 0;
  for (const { entry } of routes) {
    if (entry !== undefined) size += sizeOf(entry);
  }
  return size;
}

/** A dead letter as applications see it. A person's data for matching is for the destination alone. */
export function shownLetter(letter: DeadLetter): DeadLetter {
  if (letter.entry === undefined) return letter;
  const { person: _, ...entry } = letter.entry;
  return { ...letter, entry };
}

function sizeOf(value: unknown): number {
  switch (typeof value) {
    case 'string':
      return value.length + 2;
    case 'number':
      return Number.isFinite(value) ? NUMBER_UNITS : 4;
    case 'object':
      if (value === null) return 4;
      return Array.isArray(value)
        ? value.reduce((sum: number, item) => sum + sizeOf(item) + 1, 2)
        : membersOf(value);
    default:
      return 4;
  }
}

function membersOf(value: object): number {
  let size = 2;
  for (const [name, member] of Object.entries(value)) {
    if (member !== undefined) size += name.length + 4 + sizeOf(member);
  }
  return size;
}
