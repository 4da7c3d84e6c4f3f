import type { Reason } from '../../../event/reasons.js';
import type { Files } from '../files/files.js';
import { scanSegment } from '../format/segment-scan.js';
import { Frame } from './frame.js';
import { GONE } from './held.js';
import type { Slot } from './held.js';
import type { JournalLane } from './journal-lane.js';
import { ReadSlot } from './read-slot.js';
import { Segment } from './segment.js';
import { streamSegment } from './segment-stream.js';

/** What shedding works with. */
export interface SheddingSetup {
  readonly files: Files;
  readonly lanes: ReadonlyMap<string, JournalLane>;
  onDropped(slot: Slot, lane: string, reason: Reason): void;
  /** So many events of a segment are given up, and cannot be read. */
  onLost(lane: JournalLane, reason: Reason, events: number, segment: Segment): void;
  /** A lane's stretches have changed. */
  readOn(lane: JournalLane): void;
}

/** Gives events up where there is no room for them. What is out is never given up. */
export class Shedding {
  constructor(private readonly setup: SheddingSetup) {}

  /** Drops all that waits of a frame that the disk has not taken. */
  dropFrame(frame: Frame, reason: Reason = 'buffer_full'): void {
    for (const lane of this.setup.lanes.values()) {
      for (const slot of lane.removeReady(({ home }) => home === frame)) this.#drop(lane, slot, reason);
      for (const { from } of lane.removeStretches(({ home }) => home === frame)) {
        scanSegment(frame.text!.subarray(from), 0, true, {
          record: (record) => {
            if (record.lanes.includes(lane.name)) {
              this.#drop(lane, new ReadSlot(record, lane.name, frame, record.seq), reason);
            }
          },
        });
      }
      this.setup.readOn(lane);
    }
    frame.text = undefined;
  }

  /** Drops all that waits of a segment, in every lane that is not done with it. */
  async dropSegment(segment: Segment): Promise<void> {
    const inIt = (home: unknown): boolean =>
      home === segment || (home instanceof Frame && home.segment === segment);
    for (const lane of this.setup.lanes.values()) {
      if (!segment.pending.has(lane.name)) continue;
      for (const slot of lane.removeReady(({ home }) => inIt(home))) this.#drop(lane, slot);
      for (const stretch of lane.removeStretches(({ home }) => inIt(home))) {
        let left = stretch.events;
        const offset = stretch.home instanceof Frame ? stretch.home.offset : 0;
        const [from, to] = [stretch.from + offset, stretch.to + offset];
        await streamSegment(this.setup.files, segment.path, to, {
          record: (read) => {
            const record = segment.folder.names.recordOf(read);
            const { seq, lanes } = record;
            if (record.offset < from || !lanes.includes(lane.name) || segment.wasSettled(lane.name, seq))
              return;
            left--;
            this.#drop(lane, new ReadSlot(record, lane.name, segment, seq));
          },
        }).catch(() => undefined);
        // What cannot be read cannot be named.
        if (left > 0) {
          lane.pending -= left;
          segment.forget(lane.name, left);
          this.setup.onLost(lane, 'buffer_full', left, segment);
        }
      }
      this.setup.readOn(lane);
    }
  }

  #drop(lane: JournalLane, slot: Slot, reason: Reason = 'buffer_full'): void {
    slot.lease = GONE;
    lane.pending--;
    lane.countDropped(reason);
    slot.home.settle(lane.name, slot.seq, { state: 'dropped', reason });
    this.setup.onDropped(slot, lane.name, reason);
  }
}
