import type { Reason } from '../../../event/reasons.js';
import { diskCodeOf } from '../files/absence.js';
import { segmentItems } from '../files/segment-stream.js';
import type { ReadRecord } from '../format/record.js';
import { scanSegment } from '../format/segment-scan.js';
import type { Frame } from './frame.js';
import type { JournalLane } from './journal-lane.js';
import type { ByteRange } from './journal-queue.js';
import { ReadSlot } from './journal-slot.js';
import type { Segment } from './segment.js';
import type { JournalStore } from './journal-store.js';

/** Drops events for which there is no room in memory or on disk. Leased events are never dropped. */
export class Shedding {
  constructor(
    private readonly store: Pick<JournalStore, 'files' | 'options' | 'lanes' | 'folders' | 'writer'>,
  ) {}

  /**
   * Whether there is memory for so many bytes of events that are not on disk. With `dropOldest`, drops older events first.
   */
  makeMemory(bytes: number): boolean {
    const { writer, options } = this.store;
    if (this.#hasMemory(bytes)) return true;
    writer.giveUpSettled();
    while (!this.#hasMemory(bytes)) {
      const frame = options.onFull === 'dropOldest' ? writer.giveUpOldest() : undefined;
      if (frame === undefined) return false;
      this.dropFrame(frame);
    }
    return true;
  }

  /** Drops all events of a frame that is not on disk. */
  dropFrame(frame: Frame, reason: Reason = 'buffer_full'): void {
    for (const lane of this.store.lanes.values()) {
      lane.dropReady(({ home }) => home === frame, reason);
      for (const { from } of lane.removeRanges(({ home }) => home === frame)) {
        for (const item of scanSegment(frame.text!.subarray(from), 0, true).items) {
          if (item.is !== 'record' || !item.record.lanes.includes(lane.name)) continue;
          lane.drop(new ReadSlot(item.record, lane.name, frame, item.record.seq), reason);
        }
      }
      lane.readOn();
    }
    frame.text = undefined;
  }

  /**
   * Sealed segments with events that are pending and not leased, the oldest first. Segments with events of lanes that are not
   * configured cannot be deleted, so their events are not dropped.
   */
  droppable(): readonly Segment[] {
    const { lanes, folders } = this.store;
    const pending = new Set<Segment>();
    for (const lane of lanes.values()) {
      for (const home of lane.homes()) {
        if (home.segment !== undefined) pending.add(home.segment);
      }
    }
    return folders.all
      .flatMap(({ segments }) => segments)
      .filter((segment) => segment.sealed && segment.orphans.size === 0 && pending.has(segment));
  }

  async dropSegment(segment: Segment): Promise<void> {
    for (const lane of this.store.lanes.values()) {
      if (!segment.pending.has(lane.name)) continue;
      lane.dropReady(({ home }) => home.segment === segment, 'buffer_full');
      const ranges = lane.removeRanges(({ home }) => home.segment === segment);
      for (const range of ranges) await this.#dropRange(lane, range, segment);
      lane.readOn();
    }
  }

  #hasMemory(bytes: number): boolean {
    const { writer, options } = this.store;
    return writer.memoryBytes + bytes <= options.maxMemoryBytes;
  }

  async #dropRange(
    lane: JournalLane,
    { home, from, to, events }: ByteRange,
    segment: Segment,
  ): Promise<void> {
    let left = events;
    const { offset } = home;
    const drop = (read: ReadRecord): void => {
      const record = segment.folder.names.recordOf(read);
      const { seq, lanes } = record;
      if (record.offset < from + offset || !lanes.includes(lane.name)) return;
      if (segment.wasSettled(lane.name, seq)) return;
      left--;
      lane.drop(new ReadSlot(record, lane.name, segment, seq), 'buffer_full');
    };
    try {
      const opening = this.store.files.open(segment.path, 'read');
      for await (const items of segmentItems(opening, to + offset)) {
        for (const item of items) {
          if (item.is === 'record') drop(item.record);
        }
      }
    } catch (error) {
      if (diskCodeOf(error) === undefined) throw error;
    }
    if (left <= 0) return;
    segment.forget(lane.name, left);
    lane.lose('buffer_full', left, segment);
  }
}
