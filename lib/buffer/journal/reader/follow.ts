import type { OpenFile } from '../files/files.js';
import { SegmentStream } from '../files/segment-stream.js';
import { compareSegments, segmentFile, type SegmentName } from '../format/file-names.js';
import type { SegmentItem } from '../format/segment-scan.js';
import type { LetterOutcomes } from './letter-outcomes.js';
import type { FolderReader, Place } from './folder-reader.js';
import type { JournalEvent } from './journal-event.js';

/** Reads the new events of one folder, again and again. */
export class Follower {
  #place: Place | undefined;
  #highestSeq = 0;

  constructor(
    private readonly reader: FolderReader,
    private readonly letters: LetterOutcomes,
  ) {}

  /** The last events that pass, at most `count`. Later events are new to {@link next}. */
  async last(count: number, passes: (event: JournalEvent) => boolean): Promise<JournalEvent[]> {
    const segments = await this.reader.segments();
    let last: JournalEvent[] = [];
    for (let i = segments.length - 1; i >= 0; i--) {
      const isLast = i === segments.length - 1;
      if (!isLast && last.length >= count) break;
      const own: JournalEvent[] = [];
      const reached = (place: Place): void => {
        if (isLast) this.#place = place;
      };
      for await (const items of this.reader.items(
        segments[i]!,
        segments.slice(i + 1),
        this.letters,
        reached,
      )) {
        for (const item of items) {
          if (item.is !== 'event') continue;
          this.#highestSeq = Math.max(this.#highestSeq, item.event.record.seq);
          if (passes(item.event)) own.push(item.event);
        }
        if (own.length > count) own.splice(0, own.length - count);
      }
      last = [...own, ...last].slice(-count);
    }
    return count === 0 ? [] : last;
  }

  /** The events that were written since the last call. A copy of an event under the same number is not new. */
  async next(): Promise<JournalEvent[]> {
    const events: JournalEvent[] = [];
    const from = this.#place;
    for (const segment of await this.reader.segments()) {
      if (from !== undefined && compareSegments(segment, from.segment) < 0) continue;
      const isSame = from !== undefined && compareSegments(segment, from.segment) === 0;
      events.push(...(await this.#read(segment, isSame ? from.offset : 0)));
    }
    return events;
  }

  async #read(segment: SegmentName, offset: number): Promise<JournalEvent[]> {
    const name = segmentFile(segment.name);
    const bytes = await this.reader.files.bytes(name);
    if (bytes === undefined) return [];
    if (bytes <= offset) {
      this.#place = { segment, offset };
      return [];
    }
    const events: JournalEvent[] = [];
    const ends = await this.reader.ends(segment);
    for await (const items of this.reader.files.read(name, (file) =>
      this.#itemsFrom(file, segment, offset),
    )) {
      for (const item of items) {
        if (item.is !== 'record' || item.record.seq <= this.#highestSeq) continue;
        this.#highestSeq = item.record.seq;
        events.push(this.reader.event(item.record, segment, ends, this.letters));
      }
    }
    return events;
  }

  async *#itemsFrom(
    file: OpenFile,
    segment: SegmentName,
    offset: number,
  ): AsyncGenerator<readonly SegmentItem[]> {
    const stream = new SegmentStream(file, offset);
    yield* stream.items(false);
    this.#place = { segment, offset: stream.position };
  }
}
