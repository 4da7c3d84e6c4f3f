import { scanSegment, type SegmentItem } from '../format/segment-scan.js';
import type { OpenFile } from './files.js';

/** Bytes that are read at once; more if one frame is longer. */
const CHUNK_BYTES = 524_288;
/** The journal writes no frame of this length. */
const MAX_CHUNK_BYTES = 268_435_456;

/** Reads an open segment, chunk by chunk, so that memory does not depend on its size. */
export class SegmentStream {
  #chunk = Buffer.alloc(0);

  /** @param offset the position to begin at: the start of a frame or of a line */
  constructor(
    private readonly file: OpenFile,
    private offset = 0,
  ) {}

  /** The position of the first byte that was not used yet: a later stream can continue there. */
  get position(): number {
    return this.offset;
  }

  /**
   * All items that can be read now, in groups.
   *
   * @param isEnd no process writes to the segment: a line without a line feed is torn
   * @param to the position to stop at: the end of a frame
   */
  async *items(isEnd: boolean, to = Infinity): AsyncGenerator<readonly SegmentItem[]> {
    let room = CHUNK_BYTES;
    for (;;) {
      if (this.#chunk.length < room) this.#chunk = Buffer.allocUnsafe(room);
      const wanted = Math.min(room, to - this.offset);
      const read = await this.file.read(this.#chunk.subarray(0, wanted), this.offset);
      const isLast = read < wanted || this.offset + read >= to;
      const { items, used } = scanSegment(this.#chunk.subarray(0, read), this.offset, isLast && isEnd);
      this.offset += used;
      if (items.length > 0) yield items;
      if (isLast) return;
      if (used > 0) room = CHUNK_BYTES;
      else if (room < MAX_CHUNK_BYTES) room *= 2;
      else yield [this.#skip(read)];
    }
  }

  /** None of these bytes is a line feed. */
  #skip(bytes: number): SegmentItem {
    const { offset } = this;
    this.offset += bytes;
    return { is: 'damaged', offset, bytes, text: '' };
  }
}

/**
 * The items of a segment that is not open yet; none if there is no such file.
 *
 * @param to the position to stop at: the end of a frame
 */
export async function* segmentItems(
  opening: Promise<OpenFile | undefined>,
  to?: number,
): AsyncGenerator<readonly SegmentItem[]> {
  const file = await opening;
  if (file === undefined) return;
  try {
    yield* new SegmentStream(file).items(true, to);
  } finally {
    await file.close();
  }
}
