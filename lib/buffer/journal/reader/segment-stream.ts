import type { OpenFile } from '../files/files.js';
import type { ReadRecord } from '../format/record.js';
import { scanSegment } from '../format/segment-scan.js';

/** What stands somewhere in a segment. */
export type SegmentItem =
  | { readonly is: 'record'; readonly record: ReadRecord }
  | { readonly is: 'erased'; readonly seq: number; readonly offset: number; readonly bytes: number }
  | {
      readonly is: 'damaged';
      readonly offset: number;
      readonly bytes: number;
      /** Its beginning. */
      readonly text: string;
    }
  /** Events that should stand at `offset`, and are gone; `bytes` is what is left of the first. */
  | { readonly is: 'missing'; readonly offset: number; readonly bytes: number; readonly lines: number }
  /** The file ends within a frame. */
  | { readonly is: 'torn'; readonly offset: number; readonly bytes: number; readonly lines: number };

const CHUNK_BYTES = 262_144;
const MAX_SHOWN_BYTES = 200;
/** Entries of an event, and in a line that was cut, digests of a person's data. They are never shown. */
const ENTRIES = /,"notes":".*$/s;
const DIGESTS = /[\da-f]{17,}/gi;

/** Reads what one open segment holds, chunk by chunk. */
export class SegmentStream {
  #held: Buffer = Buffer.alloc(0);

  /** @param offset where to begin; the start of a frame or of a line */
  constructor(
    private readonly file: OpenFile,
    private offset = 0,
  ) {}

  /** Where the first byte is that was not understood yet: where a later stream can go on. */
  get position(): number {
    return this.offset;
  }

  /**
   * All that can be read now, in groups.
   *
   * @param isEnd nobody writes to it any more, as far as we know; a line without an end is told of
   */
  async *items(isEnd: boolean): AsyncGenerator<SegmentItem[]> {
    for (;;) {
      // As much again as is held: a frame of many chunks is not copied once for each of them.
      const chunk = Buffer.allocUnsafe(Math.max(CHUNK_BYTES, this.#held.length));
      const read = await this.file.read(chunk, this.offset + this.#held.length);
      if (read > 0) this.#held = Buffer.concat([this.#held, chunk.subarray(0, read)]);
      const items = this.#understand(isEnd && read === 0);
      if (items.length > 0) yield items;
      if (read === 0) return;
    }
  }

  #understand(isEnd: boolean): SegmentItem[] {
    const items: SegmentItem[] = [];
    const used = scanSegment(this.#held, this.offset, isEnd, {
      record: (record) => items.push({ is: 'record', record }),
      erased: (seq, offset, bytes) => items.push({ is: 'erased', seq, offset, bytes }),
      damaged: (offset, bytes, text) =>
        items.push({
          is: 'damaged',
          offset,
          bytes,
          text: shown(Buffer.from(text.subarray(0, MAX_SHOWN_BYTES)).toString()),
        }),
      missing: (lines, offset) => items.push({ is: 'missing', offset, bytes: 0, lines }),
      torn: (offset, bytes, lines) => items.push({ is: 'torn', offset, bytes, lines }),
    });
    this.#held = this.#held.subarray(used);
    this.offset += used;
    return items;
  }
}

function shown(text: string): string {
  return text.replace(ENTRIES, '').replace(DIGESTS, '***');
}
