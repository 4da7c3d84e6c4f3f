import { toEventJson } from '../../../event/event-json.js';
import { FrameBuilder } from '../format/frame-builder.js';
import { entriesOf } from '../format/record.js';
import { addTo, Frame, type LanePart } from './frame.js';
import { FRAME_BYTES } from './grouping.js';
import type { JournalSlot } from './journal-slot.js';

/** An event in memory, and the lane that has it. */
export type LaneSlot = readonly [lane: string, slot: JournalSlot];

/**
 * Frames of events that lanes have in memory: one record for each lane, with new numbers, because the old ones may be of different
 * folders. The frames become the homes of the slots.
 */
export function rewritten(slots: readonly LaneSlot[], nextSeq: () => number): Frame[] {
  const frames: Frame[] = [];
  const builder = new FrameBuilder();
  let taken: LaneSlot[] = [];
  const close = (): void => {
    if (taken.length === 0) return;
    const parts = new Map<string, LanePart>();
    for (const [lane, { bytes }] of taken) addTo(parts, lane, bytes);
    const frame = new Frame(builder.take(), taken[0]![1].seq, taken.length, parts);
    frame.exposed = true;
    for (const [, slot] of taken) slot.home = frame;
    frames.push(frame);
    taken = [];
  };
  for (const [lane, slot] of slots) {
    slot.seq = nextSeq();
    const { seq, entry, withheld } = slot;
    const json = slot.json ?? JSON.stringify(toEventJson(slot.event));
    builder.add({ seq, json, lanes: [lane], entries: entriesOf([{ lane, entry }], withheld) });
    taken.push([lane, slot]);
    if (builder.bytes >= FRAME_BYTES) close();
  }
  close();
  return frames;
}
