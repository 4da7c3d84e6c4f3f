import type { LaneEnd } from '../query/event-filter.js';
import { acknowledgementOf } from '../format/acknowledgement.js';
import {
  acknowledgementsFile,
  compareSegments,
  HISTORY_FILE,
  parseSegmentName,
  segmentFile,
  type SegmentName,
} from '../format/file-names.js';
import type { ReadRecord } from '../format/record.js';
import { historyOf } from '../format/history-line.js';
import type { LetterOutcomes } from './letter-outcomes.js';
import { FolderFiles } from './folder-files.js';
import type { FolderView } from './folder-view.js';
import type { OnDenied } from '../ownership/denied.js';
import type { Files, OpenFile } from '../files/files.js';
import { mayBeDeleted, SegmentEnd } from '../files/segment-end.js';
import { SegmentStream } from '../files/segment-stream.js';
import { Ranges } from '../format/ranges.js';
import type { SegmentItem } from '../format/segment-scan.js';
import { JournalEvent } from './journal-event.js';
import { LaneEnds } from './lane-ends.js';

/** One item of a segment, with its outcomes. */
export type FolderItem =
  | { readonly is: 'event'; readonly event: JournalEvent }
  /** An erased event, with its outcomes. */
  | { readonly is: 'erased'; readonly seq: number; readonly ends: readonly LaneEnd[] }
  | Extract<SegmentItem, { is: 'damaged' | 'missing' | 'torn' }>;

/** The position up to which a segment was read. */
export interface Place {
  readonly segment: SegmentName;
  readonly offset: number;
}

/** Reads one folder. Other processes may write, rename and delete its files at the same time. */
export class FolderReader {
  readonly files: FolderFiles;

  constructor(
    readonly folder: FolderView,
    files: Files,
    onDenied: OnDenied,
  ) {
    this.files = new FolderFiles(folder, files, onDenied);
  }

  /** Its present segments, in the order in which they were begun. */
  async segments(): Promise<SegmentName[]> {
    const names = await this.files.list();
    return names.flatMap((name) => parseSegmentName(name) ?? []).toSorted(compareSegments);
  }

  /** All events in order, each once. */
  async *events(letters: LetterOutcomes): AsyncGenerator<JournalEvent[]> {
    const segments = await this.segments();
    for (const [i, segment] of segments.entries()) {
      for await (const items of this.items(segment, segments.slice(i + 1), letters)) {
        yield items.flatMap((item) => (item.is === 'event' ? [item.event] : []));
      }
    }
  }

  /**
   * All items of a segment with their outcomes; none if the segment does not exist, or if its outcomes cannot be read.
   *
   * @param later the segments after it, which may contain some of its events again
   * @param letters of the whole journal
   * @param onEnd called with the position up to which it was read
   */
  async *items(
    segment: SegmentName,
    later: readonly SegmentName[],
    letters: LetterOutcomes,
    onEnd?: (place: Place) => void,
  ): AsyncGenerator<FolderItem[]> {
    // Before the events: one that is settled in the meantime is shown as pending, and no outcome is without its event.
    const ends = await this.ends(segment);
    if (this.files.isUnreadable(acknowledgementsFile(segment.name))) return;
    for await (const items of this.contents(segment, later, onEnd)) {
      yield items.map((item): FolderItem => {
        if (item.is === 'record') {
          return { is: 'event', event: this.event(item.record, segment, ends, letters) };
        }
        if (item.is !== 'erased') return item;
        // The list of its lanes was erased, too: only the lanes in which it was settled are known.
        const lanes = ends.endedLanes(item.seq);
        return { is: 'erased', seq: item.seq, ends: this.#endsOf(item.seq, lanes, ends, letters) };
      });
    }
  }

  /** As {@link items}, without the outcomes. */
  contents(
    segment: SegmentName,
    later: readonly SegmentName[],
    onEnd?: (place: Place) => void,
  ): AsyncGenerator<SegmentItem[]> {
    return this.files.read(segmentFile(segment.name), (file) =>
      this.#contentsOf(file, segment, later, onEnd),
    );
  }

  async *#contentsOf(
    file: OpenFile,
    segment: SegmentName,
    later: readonly SegmentName[],
    onEnd?: (place: Place) => void,
  ): AsyncGenerator<SegmentItem[]> {
    const again = new Ranges();
    const unread = [...later];
    const stream = new SegmentStream(file);
    const end = new SegmentEnd(segment);
    for await (const items of stream.items(this.isEnd(later))) {
      await this.#readAgain(unread, highestSeq(items), again);
      for (const item of items) end.follow(item);
      yield items.filter((item) => item.is !== 'torn' && !again.has(seqOf(item)));
    }
    const { condition, owner, origin } = this.folder;
    const lost = await end.lost(stream.position, {
      next: later[0],
      endedInOrder: condition === 'closed' && owner === origin && later.length === 0,
      wasDeleted: async (after, before) => mayBeDeleted(await this.#deleted(), after, before),
    });
    if (lost !== undefined) yield [lost];
    onEnd?.({ segment, offset: stream.position });
  }

  /**
   * Adds the numbers of later segments, which have an event again after an I/O error: the later line counts. A later segment is
   * read only when an event comes that may be in it, which is rare.
   */
  async #readAgain(unread: SegmentName[], highest: number, again: Ranges): Promise<void> {
    while (unread.length > 0 && unread[0]!.firstSeq <= highest) {
      const segment = segmentFile(unread.shift()!.name);
      for await (const items of this.files.read(segment, (file) => new SegmentStream(file).items(true))) {
        for (const seq of items.map(seqOf).filter((one) => one > 0)) again.add(seq);
      }
    }
  }

  /** Names of the segments that were deleted in order. */
  async #deleted(): Promise<ReadonlySet<string>> {
    const names = new Set<string>();
    for await (const lines of this.files.entries(HISTORY_FILE, historyOf)) {
      for (const { segment } of lines) names.add(segment);
    }
    return names;
  }

  /** The outcomes of the events in a segment, by the lane names of the folder. */
  async ends(segment: SegmentName): Promise<LaneEnds> {
    const ends = new LaneEnds(segment.firstSeq);
    for await (const group of this.files.entries(acknowledgementsFile(segment.name), acknowledgementOf)) {
      for (const acknowledgement of group) ends.add(acknowledgement);
    }
    return ends;
  }

  /** Whether no process writes to a segment any more. */
  isEnd(later: readonly SegmentName[]): boolean {
    const { condition, owner, origin } = this.folder;
    // A process that adopts a folder writes new events to its own folder.
    return later.length > 0 || owner !== origin || condition === 'dead' || condition === 'closed';
  }

  event(onDisk: ReadRecord, segment: SegmentName, ends: LaneEnds, letters: LetterOutcomes): JournalEvent {
    const record = this.folder.names.recordOf(onDisk);
    return new JournalEvent(
      record,
      this.#endsOf(record.seq, onDisk.lanes, ends, letters),
      this.folder,
      segment.name,
    );
  }

  #endsOf(seq: number, onDisk: readonly string[], ends: LaneEnds, letters: LetterOutcomes): LaneEnd[] {
    return ends.named(seq, onDisk, this.folder.names).map((end) => {
      const mayBeLetter = end.state === 'dead' || end.state === 'pending';
      return mayBeLetter ? letters.endOf(this.folder, seq, end) : end;
    });
  }
}

const highestSeq = (items: readonly SegmentItem[]): number =>
  items.reduce((highest, item) => Math.max(highest, seqOf(item)), 0);

/** 0 for an item without a number. */
function seqOf(item: SegmentItem): number {
  if (item.is === 'record') return item.record.seq;
  return item.is === 'erased' ? item.seq : 0;
}
