import type { ReadRecord } from '../../format/record.js';
import type { Stretch } from '../../store/backlog.js';
import { Frame } from '../../store/frame.js';
import { GONE, type Slot } from '../../store/held.js';
import { ReadSlot } from '../../store/read-slot.js';
import type { JournalLane } from '../../store/journal-lane.js';
import type { Segment } from '../../store/segment.js';
import { segmentOf } from '../../store/segment-of.js';
import type { CommandWork } from '../command-work.js';

const ERASED = { state: 'dropped', reason: 'erased' } as const;

/** Whether an event that a lane has in memory is of the person. */
export type IsOfPerson = (slot: Slot) => boolean;

/** Takes a person's events out of what lanes have at hand of a segment. */
export function eraseAtHand(work: CommandWork, isOf: IsOfPerson, segment: Segment): void {
  for (const lane of work.lanes.values()) {
    if (!segment.pending.has(lane.name)) continue;
    const slots = lane.removeReady((slot) => segmentOf(slot.home) === segment && isOf(slot));
    for (const slot of slots) {
      lane.pending--;
      lane.countDropped('erased');
      slot.home.settle(lane.name, slot.seq, ERASED);
      work.onDropped(slot, lane.name, 'erased', !slot.shared);
    }
  }
}

/** Whether a person's events of a segment are leased: being sent, or to be sent again. */
export function isOut({ lanes }: CommandWork, isOf: IsOfPerson, segment: Segment): boolean {
  for (const lane of lanes.values()) {
    for (const slot of lane.out) if (segmentOf(slot.home) === segment && isOf(slot)) return true;
  }
  return false;
}

/** Takes a person's events of a segment back from the lanes that have leased them. One that is on its way may arrive. */
export function takeBack(work: CommandWork, isOf: IsOfPerson, segment: Segment): void {
  for (const lane of work.lanes.values()) {
    for (const slot of [...lane.out].filter((out) => segmentOf(out.home) === segment && isOf(out))) {
      lane.endLease(slot);
      slot.lease = GONE;
      lane.pending--;
      lane.countDropped('erased');
      slot.home.settle(lane.name, slot.seq, ERASED);
      work.onDropped(slot, lane.name, 'erased', !slot.shared);
    }
  }
}

/**
 * Takes an event out of what waits for lanes on disk only, that of lanes that are not configured with it. The lanes must be
 * still: nothing of what is still to be read of a segment was handed to anybody.
 */
export function eraseOnDisk(work: CommandWork, record: ReadRecord, segment: Segment): void {
  for (const name of record.lanes) {
    if (segment.wasSettled(name, record.seq)) continue;
    const lane = work.lanes.get(name);
    if (lane === undefined) eraseOrphan(segment, name, record.seq);
    else eraseFrom(work, lane, record, segment);
  }
}

function eraseFrom(work: CommandWork, lane: JournalLane, record: ReadRecord, segment: Segment): void {
  const { seq } = record;
  for (const stretch of lane.backlog) {
    if (!covers(stretch, record, segment)) continue;
    const slot = new ReadSlot(record, lane.name, segment, seq);
    lane.skip(stretch, slot.bytes);
    lane.pending--;
    lane.countDropped('erased');
    segment.settle(lane.name, seq, ERASED);
    work.onDropped(slot, lane.name, 'erased', !slot.shared);
    return;
  }
}

function covers({ home, from, to }: Stretch, { offset }: ReadRecord, segment: Segment): boolean {
  if (segmentOf(home) !== segment) return false;
  const at = home instanceof Frame ? offset - home.offset : offset;
  return at >= from && at < to;
}

function eraseOrphan(segment: Segment, lane: string, seq: number): void {
  const waiting = segment.orphans.get(lane);
  if (waiting === undefined) return;
  segment.settle(lane, seq, ERASED);
  if (waiting > 1) segment.orphans.set(lane, waiting - 1);
  else segment.orphans.delete(lane);
}
