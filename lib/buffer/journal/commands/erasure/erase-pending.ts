import type { ReadRecord } from '../../format/record.js';
import type { JournalSlot } from '../../store/journal-slot.js';
import type { Segment } from '../../store/segment.js';
import type { CommandWork } from '../command-work.js';

/** Whether an event that a lane has in memory is of the person. */
export type IsOfPerson = (slot: JournalSlot) => boolean;

/** Drops a person's events of a segment that lanes have in memory and have not leased. */
export function eraseAtHand(work: CommandWork, isOf: IsOfPerson, segment: Segment): void {
  for (const lane of work.lanes.values()) {
    if (segment.pending.has(lane.name)) lane.dropReady(isIn(segment, isOf), 'erased');
  }
}

export function isLeased({ lanes }: CommandWork, isOf: IsOfPerson, segment: Segment): boolean {
  return [...lanes.values()].some((lane) => lane.isLeased(isIn(segment, isOf)));
}

/** Drops a person's leased events of a segment. A request that is being sent may still deliver them. */
export function eraseLeased(work: CommandWork, isOf: IsOfPerson, segment: Segment): void {
  for (const lane of work.lanes.values()) lane.dropLeased(isIn(segment, isOf), 'erased');
}

function isIn(segment: Segment, isOf: IsOfPerson): IsOfPerson {
  return (slot) => slot.home.segment === segment && isOf(slot);
}

/** Drops an event that lanes have on disk only, and lanes that are not configured. The lanes must be paused. */
export function eraseOnDisk(work: CommandWork, record: ReadRecord, segment: Segment): void {
  for (const name of record.lanes) {
    if (segment.wasSettled(name, record.seq)) continue;
    const lane = work.lanes.get(name);
    if (lane === undefined) eraseOrphan(segment, name, record.seq);
    else lane.dropUnread(record, segment, 'erased');
  }
}

function eraseOrphan(segment: Segment, lane: string, seq: number): void {
  const waiting = segment.orphans.get(lane);
  if (waiting === undefined) return;
  segment.settle(lane, seq, { state: 'dropped', reason: 'erased' });
  if (waiting > 1) segment.orphans.set(lane, waiting - 1);
  else segment.orphans.delete(lane);
}
