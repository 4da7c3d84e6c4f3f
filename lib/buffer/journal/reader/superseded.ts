import { segmentItems } from '../files/segment-stream.js';
import { segmentFile } from '../format/file-names.js';
import { Ranges } from '../format/ranges.js';
import type { SegmentName } from '../format/segment-name.js';
import type { FolderFiles } from './folder-files.js';

/**
 * Which events of a segment stand in a later one, too, as after an I/O error: the later line counts. A later segment is read
 * for it only when an event comes that may be in it, which is seldom.
 */
export class Superseded {
  readonly #later: SegmentName[];
  readonly #seqs = new Ranges();

  /** @param later the segments behind it, in order */
  constructor(
    private readonly files: FolderFiles,
    later: readonly SegmentName[],
  ) {
    this.#later = [...later];
  }

  /** Those of some numbers that a later segment has. */
  async of(highestSeq: number): Promise<Ranges> {
    for (
      let next = this.#later[0];
      next !== undefined && next.firstSeq <= highestSeq;
      next = this.#later[0]
    ) {
      this.#later.shift();
      await this.#read(next);
    }
    return this.#seqs;
  }

  async #read({ name }: SegmentName): Promise<void> {
    const segment = segmentFile(name);
    try {
      for await (const items of segmentItems(this.files.open(segment))) {
        for (const item of items) {
          if (item.is === 'record') this.#seqs.add(item.record.seq);
          else if (item.is === 'erased') this.#seqs.add(item.seq);
        }
      }
    } catch (error) {
      await this.files.tellDenied(segment, error);
    }
  }
}
