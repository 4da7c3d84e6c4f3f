import type { Timer } from '../../../host/clock.js';
import { detached } from '../../../host/detached.js';
import type { OpenFile } from '../files/files.js';
import { scanSegment } from '../format/segment-scan.js';
import { diskCodeOf } from '../files/absence.js';
import type { DamagedLines } from './damaged-lines.js';
import { type Environment, unlessDiskFails } from './environment.js';
import type { Home } from './frame.js';
import type { ByteRange, JournalQueue } from './journal-queue.js';
import { ReadSlot, sinceReader } from './journal-slot.js';
import { Segment } from './segment.js';

/** Bytes that are read at once; more where one line is longer. */
const CHUNK_BYTES = 1024 * 1024;
const RETRY_MS = 1_000;
const MAX_RETRY_MS = 30_000;
/** Failures in a row before a part of a range is given up; about two minutes. */
const MAX_FAILURES = 8;

/** Bytes that were read of a byte range. */
interface Piece {
  readonly bytes: Buffer;
  readonly wanted: number;
  /** End of the range when it was read. */
  readonly to: number;
}

/** Reads one lane's events back from disk, in their order, as the lane's window has room. */
export class BacklogReader {
  #file: { readonly segment: Segment; readonly file: OpenFile } | undefined;
  #chunkBytes = CHUNK_BYTES;
  #failures = 0;
  #retry: Timer | undefined;
  #paused = false;
  #closed = false;
  #isReading = false;
  #reading: Promise<void> = Promise.resolve();
  /** Monotonic time before the first event that this process accepted. */
  readonly #startedAt: number;

  constructor(
    private readonly lane: string,
    private readonly queue: JournalQueue,
    private readonly env: Environment,
    private readonly damaged: DamagedLines,
    /** Events were read. */
    private readonly onRead: () => void,
    /** Events of a byte range are missing. */
    private readonly onMissing: (home: Home, events: number) => void,
  ) {
    this.#startedAt = env.clock.monotonic();
  }

  /** Starts to read if the window has room and no read is in progress. */
  readOn(): void {
    if (this.#isStopped || this.#isReading || this.#retry !== undefined || !this.queue.wantsMore) return;
    this.#isReading = true;
    this.#reading = detached(() => this.#read());
  }

  /** Ends the read in progress. None starts before {@link resume}. */
  async pause(): Promise<void> {
    this.#paused = true;
    await this.#reading;
  }

  resume(): void {
    this.#paused = false;
    this.readOn();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#retry?.cancel();
    await this.#reading;
    await this.#closeFile();
  }

  get #isStopped(): boolean {
    return this.#paused || this.#closed;
  }

  async #read(): Promise<void> {
    const { queue } = this;
    let hasNews = false;
    try {
      while (queue.wantsMore && !this.#isStopped) {
        const range = queue.nextRange!;
        const piece = await this.#pieceOf(range);
        // The range may have been removed during the read.
        if (queue.nextRange !== range) continue;
        this.#failures = 0;
        this.#scan(range, piece);
        hasNews = true;
      }
    } catch (error) {
      hasNews = (await this.#failed(error)) || hasNews;
    }
    this.#isReading = false;
    if (hasNews) this.onRead();
  }

  async #pieceOf({ home, from, to }: ByteRange): Promise<Piece> {
    const { text, segment, offset } = home;
    const wanted = Math.min(to - from, this.#chunkBytes);
    const inMemory = text?.subarray(from, from + wanted);
    return { bytes: inMemory ?? (await this.#fromFile(segment!, offset + from, wanted)), wanted, to };
  }

  async #fromFile(segment: Segment, from: number, wanted: number): Promise<Buffer> {
    if (this.#file?.segment !== segment) {
      await this.#closeFile();
      this.#file = { segment, file: await this.env.files.open(segment.path, 'read') };
    }
    const bytes = Buffer.allocUnsafe(wanted);
    const read = await this.#file.file.read(bytes, from);
    return bytes.subarray(0, read);
  }

  #scan(range: ByteRange, { bytes, wanted, to }: Piece): void {
    const { lane, queue, env, damaged } = this;
    const { home, from } = range;
    // Shorter than it should be, unless the range grew during the read.
    const isShort = bytes.length < wanted && to === range.to;
    const isEnd = isShort || from + bytes.length >= range.to;
    const segment = home instanceof Segment ? home : undefined;
    const own = range.position > 0;
    const sinceOf = sinceReader(env.clock, own ? this.#startedAt : -Infinity);
    const { items, used } = scanSegment(bytes, from, isEnd);
    for (const item of items) {
      if (item.is === 'damaged' && segment !== undefined) damaged.add(segment, item.offset);
      if (item.is !== 'record') continue;
      const record = segment === undefined ? item.record : segment.folder.names.recordOf(item.record);
      if (!record.lanes.includes(lane) || segment?.wasSettled(lane, record.seq) === true) continue;
      if (own) range.position = record.seq + 1;
      queue.read(new ReadSlot(record, lane, home, own ? record.seq : 0, sinceOf));
    }
    range.from += used;
    if (used === 0 && !isEnd) {
      this.#chunkBytes *= 2;
      return;
    }
    this.#chunkBytes = CHUNK_BYTES;
    if (isEnd || range.from >= range.to) this.#end(range);
  }

  #end({ home }: ByteRange): void {
    const missing = this.queue.endRange();
    if (missing > 0) this.onMissing(home, missing);
  }

  /** Retries later. Returns whether a byte range was given up, because it can never be read. */
  async #failed(error: unknown): Promise<boolean> {
    const code = diskCodeOf(error);
    if (code === undefined) this.env.log.internalError('reading pending events', error);
    await this.#closeFile();
    const range = this.queue.nextRange;
    if (this.#closed || range === undefined) return false;
    this.#failures++;
    const delayMs = Math.min(RETRY_MS * 2 ** (this.#failures - 1), MAX_RETRY_MS);
    this.#retry = detached(() =>
      this.env.clock.after(delayMs, () => {
        this.#retry = undefined;
        this.readOn();
      }),
    );
    // A damaged part of the disk, or a missing file. The disk may recover from other errors.
    if (this.#failures < MAX_FAILURES || (code !== 'EIO' && code !== 'ENOENT')) return false;
    this.#failures = 0;
    range.from = code === 'ENOENT' ? range.to : Math.min(range.to, range.from + this.#chunkBytes);
    if (range.from < range.to) return false;
    this.#end(range);
    return true;
  }

  async #closeFile(): Promise<void> {
    const file = this.#file?.file;
    this.#file = undefined;
    await unlessDiskFails(this.env.log, 'closing a segment', async () => file?.close());
  }
}
