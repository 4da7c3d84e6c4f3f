import { parseSegmentName, segmentFile, type SegmentName } from '../format/file-names.js';
import type { SegmentItem } from '../format/segment-scan.js';

type Torn = Extract<SegmentItem, { is: 'torn' }>;
type Missing = Extract<SegmentItem, { is: 'missing' }>;

/** Facts about the end of a segment that are not in the segment. */
export interface AfterSegment {
  readonly next: SegmentName | undefined;
  /** Its writer closed it. */
  readonly endedInOrder?: boolean;
  /** Whether the journal may have deleted a segment that began between two numbers. */
  readonly wasDeleted: (after: number, before: number) => Promise<boolean>;
}

/** Follows the items of a segment, and finds events that were lost at its end. */
export class SegmentEnd {
  /** The highest number that was read. */
  #lastSeq: number;
  /** Lines after it that cannot be read: found ones, and ones that a header counts. */
  #unreadable = 0;
  #torn: Torn | undefined;

  constructor(private readonly segment: SegmentName) {
    this.#lastSeq = segment.firstSeq - 1;
  }

  follow(item: SegmentItem): void {
    if (item.is === 'record') this.#read(item.record.seq);
    else if (item.is === 'erased') this.#read(item.seq);
    else if (item.is === 'damaged') this.#unreadable++;
    else if (item.is === 'missing') this.#unreadable += item.lines;
    else this.#torn = item;
  }

  /** The number of events that are missing, if the segment went up to the event before `next`. */
  missingBefore(next: number): number {
    return Math.max(0, next - 1 - this.#lastSeq - this.#unreadable);
  }

  /**
   * The loss at its end. A crash tears only the last segment: any other was truncated later.
   *
   * @param position the end of the file
   */
  async lost(
    position: number,
    { next, endedInOrder = false, wasDeleted }: AfterSegment,
  ): Promise<Torn | Missing | undefined> {
    const torn = this.#torn;
    const cut = torn && ({ ...torn, is: 'missing' } as const);
    if (next?.generation !== this.segment.generation) return endedInOrder ? cut : torn;
    const missing = this.missingBefore(next.firstSeq);
    if (missing === 0 || (await wasDeleted(this.#lastSeq, next.firstSeq))) return cut;
    const { offset, bytes } = torn ?? { offset: position, bytes: 0 };
    return { is: 'missing', offset, bytes, lines: missing };
  }

  #read(seq: number): void {
    this.#lastSeq = Math.max(this.#lastSeq, seq);
    this.#unreadable = 0;
  }
}

/** Whether one of the deleted segments, each as `<origin>/<segment>`, may have begun between two numbers. */
export function mayBeDeleted(segments: Iterable<string>, after: number, before: number): boolean {
  for (const segment of segments) {
    const name = parseSegmentName(segmentFile(segment.slice(segment.indexOf('/') + 1)));
    // A row for several segments may stand for any of them.
    if (name === undefined || (name.firstSeq > after && name.firstSeq < before)) return true;
  }
  return false;
}
