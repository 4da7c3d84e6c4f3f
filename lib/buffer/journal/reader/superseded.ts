import { segmentItems } from '../files/segment-stream.js';
import { segmentFile } from '../format/file-names.js';
import { Ranges } from '../format/ranges.js';
import type { SegmentName } from '../format/segment-name.js';
import type { FolderFiles } from './folder-files.js';

/**
 * The events of a segment that are in a later one, too, after an I/O error: the later line counts. A later segment is read only
 * when an event comes that may be in it, which is rare.
 */
export class Superseded {
  readonly #later: SegmentName[];
  readonly #seqs = new Ranges();

  /** @param later the segments after it, in order */
  constructor(
    private readonly files: FolderFiles,
    later: readonly SegmentName[],
  ) {
    this.#later = [...later];
  }

  /** The numbers up to `highestSeq` that later segments have. */
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
      await this.files.reportDenied(segment, error);
    }
  }
}
