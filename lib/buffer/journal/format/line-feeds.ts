const LINE_FEED = 0x0a;
const BLOCK = 256;

/** Finds the next line feed from any position. Damaged segments may ask for the same distant one many times, so it is indexed. */
export class LineFeeds {
  /** By block: the first line feed in or after it; -1 for none. Only damaged segments need it. */
  #next: Int32Array | undefined;

  constructor(private readonly bytes: Buffer) {}

  /** The first one at or after `from`; -1 for none. */
  after(from: number): number {
    const end = (Math.floor(from / BLOCK) + 1) * BLOCK;
    const near = this.bytes.subarray(from, end).indexOf(LINE_FEED);
    if (near !== -1) return from + near;
    this.#next ??= this.#look();
    return this.#next[end / BLOCK] ?? -1;
  }

  #look(): Int32Array {
    const next = new Int32Array(Math.ceil(this.bytes.length / BLOCK)).fill(-1);
    let block = 0;
    while (block < next.length) {
      const found = this.bytes.indexOf(LINE_FEED, block * BLOCK);
      if (found === -1) break;
      const last = Math.floor(found / BLOCK);
      next.fill(found, block, last + 1);
      block = last + 1;
    }
    return next;
  }
}
