import type { LaneEntry } from '../event/lane-event.js';
import type { Route } from './event-buffer.js';

/** The estimated size of a number. */
const NUMBER_UNITS = 8;

/** Units of an entry's JSON, estimated without making it; the same for the entry that is read back from it. */
export function entrySize(entry: LaneEntry | undefined): number {
  return entry === undefined ? 0 : sizeOf(entry);
}

/** The same of all lanes of an event. */
export function entriesSize(routes: readonly Route[]): number {
  let size = 0;
  for (const { entry } of routes) if (entry !== undefined) size += sizeOf(entry);
  return size;
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
