import type { Reason } from '../../../event/reasons.js';
import type { Files } from '../files/files.js';
import { segmentItems } from '../files/segment-stream.js';
import type { ReadRecord } from '../format/record.js';
import { scanSegment } from '../format/segment-scan.js';
import { diskCodeOf } from '../files/absence.js';
import type { ByteRange } from './backlog.js';
import { Frame } from './frame.js';
import type { JournalLane } from './journal-lane.js';
import { ReadSlot } from './journal-slot.js';
import type { Segment } from './segment.js';

/** Drops events for which there is no room. Leased events are never dropped. */
export class Shedding {
  constructor(
    private readonly files: Files,
    private readonly lanes: ReadonlyMap<string, JournalLane>,
  ) {}

  /** Drops all events of a frame that is not on disk. */
  dropFrame(frame: Frame, reason: Reason = 'buffer_full'): void {
    for (const lane of this.lanes.values()) {
      lane.dropReady(({ home }) => home === frame, reason);
      for (const { from } of lane.removeRanges(({ home }) => home === frame)) {
        scanSegment(frame.text!.subarray(from), 0, true, {
          record: (record) => {
            if (!record.lanes.includes(lane.name)) return;
            lane.drop(new ReadSlot(record, lane.name, frame, record.seq), reason);
          },
        });
      }
      lane.readOn();
    }
    frame.text = undefined;
  }

  /** Drops all events of a segment. */
  async dropSegment(segment: Segment): Promise<void> {
    for (const lane of this.lanes.values()) {
      if (!segment.pending.has(lane.name)) continue;
      lane.dropReady(({ home }) => home.segment === segment, 'buffer_full');
      const ranges = lane.removeRanges(({ home }) => home.segment === segment);
      for (const range of ranges) await this.#dropRange(lane, range, segment);
      lane.readOn();
    }
  }

  async #dropRange(
    lane: JournalLane,
    { home, from, to, events }: ByteRange,
    segment: Segment,
  ): Promise<void> {
    let left = events;
    const offset = home instanceof Frame ? home.offset : 0;
    const drop = (read: ReadRecord): void => {
      const record = segment.folder.names.recordOf(read);
      const { seq, lanes } = record;
      if (record.offset < from + offset || !lanes.includes(lane.name)) return;
      if (segment.wasSettled(lane.name, seq)) return;
      left--;
      lane.drop(new ReadSlot(record, lane.name, segment, seq), 'buffer_full');
    };
    try {
      for await (const items of segmentItems(this.files.open(segment.path, 'read'), to + offset)) {
        for (const item of items) if (item.is === 'record') drop(item.record);
      }
    } catch (error) {
      if (diskCodeOf(error) === undefined) throw error;
    }
    if (left <= 0) return;
    segment.forget(lane.name, left);
    lane.lose('buffer_full', left, segment);
  }
}
