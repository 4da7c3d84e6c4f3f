import { SegmentEnd, mayBeDeleted } from '../format/segment-end.js';
import type { SegmentName } from '../format/segment-name.js';
import type { SegmentItem } from './segment-stream.js';

type Torn = Extract<SegmentItem, { is: 'torn' }>;
type Missing = Extract<SegmentItem, { is: 'missing' }>;

/** What is known of a segment besides its content. */
export interface TailSetup {
  readonly segment: SegmentName;
  /** The segment behind it. */
  readonly next: SegmentName | undefined;
  /** Its writer ended in order. */
  readonly endedInOrder: boolean;
  /** Names of the segments that were deleted in order. */
  readonly deleted: () => Promise<ReadonlySet<string>>;
}

/** Tells what a segment has lost at its end. A crash tears only the last one; any other was cut later. */
export class SegmentTail {
  readonly #end: SegmentEnd;
  #torn: Torn | undefined;

  constructor(private readonly setup: TailSetup) {
    this.#end = new SegmentEnd(setup.segment.firstSeq);
  }

  /** Returns the items without the end of the file, which {@link last} tells of. */
  follow(items: readonly SegmentItem[]): SegmentItem[] {
    return items.filter((item) => {
      if (item.is === 'record') this.#end.read(item.record.seq);
      else if (item.is === 'erased') this.#end.read(item.seq);
      else if (item.is === 'torn') this.#torn = item;
      else this.#end.unreadable(item.is === 'damaged' ? 1 : item.lines);
      return item.is !== 'torn';
    });
  }

  /** @param position where the file ends */
  async last(position: number): Promise<Torn | Missing | undefined> {
    const { segment, next, endedInOrder, deleted } = this.setup;
    const torn = this.#torn;
    const place = { offset: torn?.offset ?? position, bytes: torn?.bytes ?? 0 };
    if (next?.generation === segment.generation) {
      const missing = this.#end.missingBefore(next.firstSeq);
      if (missing > 0 && !mayBeDeleted(await deleted(), this.#end.lastSeq, next.firstSeq)) {
        return { is: 'missing', ...place, lines: missing };
      }
      return torn && { ...torn, is: 'missing' };
    }
    return torn && endedInOrder ? { ...torn, is: 'missing' } : torn;
  }
}
