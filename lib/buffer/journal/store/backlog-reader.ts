import type { Clock, Timer } from '../../../host/clock.js';
import { detached } from '../../../host/detached.js';
import type { Files, OpenFile } from '../files/files.js';
import type { ReadRecord } from '../format/record.js';
import { scanSegment } from '../format/segment-scan.js';
import type { Stretch } from './backlog.js';
import { Frame } from './frame.js';
import type { JournalLane } from './journal-lane.js';
import { ReadSlot, sinceReader } from './read-slot.js';
import { Segment } from './segment.js';

/** Bytes that are read at once; more where one line is longer. */
const CHUNK_BYTES = 1024 * 1024;
const RETRY_MS = 1_000;
const MAX_RETRY_MS = 30_000;
/** Failures in a row at one place before it is given up: some two minutes. */
const MAX_FAILURES = 8;

/** What was read of a stretch, and what was asked for. */
interface Piece {
  readonly bytes: Buffer;
  readonly wanted: number;
  /** Where the stretch ended when it was asked. */
  readonly to: number;
}

/** What a reader works with. */
export interface BacklogReaderSetup {
  readonly files: Files;
  readonly clock: Clock;
  /** Bytes that nobody can read. */
  onDamaged(segment: Segment, offset: number): void;
  /** Events came to hand. */
  onRead(lane: JournalLane): void;
  /** Events that should be in a stretch are not. */
  onMissing(lane: JournalLane, home: Frame | Segment, events: number): void;
}

/** Reads one lane's events back from disk, in their order, as the lane makes room for them. */
export class BacklogReader {
  #file: { readonly segment: Segment; readonly file: OpenFile } | undefined;
  #chunkBytes = CHUNK_BYTES;
  #failures = 0;
  #retry: Timer | undefined;
  #closed = false;
  #reading: Promise<void> = Promise.resolve();
  /** Nothing that this life accepted is older. */
  readonly #startedAt: number;

  constructor(
    private readonly lane: JournalLane,
    private readonly setup: BacklogReaderSetup,
  ) {
    this.#startedAt = setup.clock.monotonic();
  }

  /** Reads on where the lane wants more and nothing is under way. */
  readOn(): void {
    if (this.#closed || this.#retry !== undefined || !this.lane.wantsMore) return;
    this.lane.loading = true;
    this.#reading = detached(() => this.#read());
  }

  /** What is under way ends, and nothing is begun again. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#retry?.cancel();
    await this.#reading;
    await this.#closeFile();
  }

  /** Waits for what is under way; where files are changed under a reader, nothing may be. */
  idle(): Promise<void> {
    return this.#reading;
  }

  async #read(): Promise<void> {
    const { lane } = this;
    let news = false;
    lane.loading = false;
    try {
      while (lane.wantsMore && !this.#closed) {
        const stretch = lane.backlog.first!;
        lane.loading = true;
        const piece = await this.#pieceOf(stretch);
        lane.loading = false;
        // It may have been dropped, or taken over, while we were reading.
        if (lane.backlog.first !== stretch) continue;
        this.#failures = 0;
        this.#scan(stretch, piece);
        news = true;
      }
    } catch (error) {
      news = (await this.#failed(error as NodeJS.ErrnoException)) || news;
    } finally {
      lane.loading = false;
    }
    if (news) this.setup.onRead(lane);
  }

  async #pieceOf(stretch: Stretch): Promise<Piece> {
    const { home, from, to } = stretch;
    const wanted = Math.min(to - from, this.#chunkBytes);
    if (home instanceof Frame) {
      const { text, segment, offset } = home;
      if (text !== undefined) return { bytes: text.subarray(from, from + wanted), wanted, to };
      return { bytes: await this.#fromFile(segment!, offset + from, wanted), wanted, to };
    }
    return { bytes: await this.#fromFile(home, from, wanted), wanted, to };
  }

  async #fromFile(segment: Segment, from: number, wanted: number): Promise<Buffer> {
    if (this.#file?.segment !== segment) {
      await this.#closeFile();
      this.#file = { segment, file: await this.setup.files.open(segment.path, 'read') };
    }
    const bytes = Buffer.allocUnsafe(wanted);
    const read = await this.#file.file.read(bytes, from);
    return bytes.subarray(0, read);
  }

  #scan(stretch: Stretch, { bytes, wanted, to }: Piece): void {
    const { lane, setup } = this;
    const { home, from } = stretch;
    // Shorter than it should be, and not because it grew while it was read.
    const isShort = bytes.length < wanted && to === stretch.to;
    const isEnd = isShort || from + bytes.length >= stretch.to;
    const segment = home instanceof Segment ? home : undefined;
    const own = stretch.position > 0;
    const sinceOf = sinceReader(setup.clock, own ? this.#startedAt : -Infinity);
    const consumed = scanSegment(bytes, from, isEnd, {
      record: (read: ReadRecord) => {
        const record = segment === undefined ? read : segment.folder.names.recordOf(read);
        if (!record.lanes.includes(lane.name) || segment?.wasSettled(lane.name, record.seq) === true) return;
        if (own) stretch.position = record.seq + 1;
        lane.read(new ReadSlot(record, lane.name, home, own ? record.seq : 0, sinceOf));
      },
      damaged: (offset) => {
        if (segment !== undefined) setup.onDamaged(segment, offset);
      },
    });
    stretch.from += consumed;
    if (consumed === 0 && !isEnd) {
      this.#chunkBytes *= 2;
      return;
    }
    this.#chunkBytes = CHUNK_BYTES;
    if (isEnd || stretch.from >= stretch.to) this.#end(stretch);
  }

  #end({ home }: Stretch): void {
    const missing = this.lane.endStretch();
    if (missing > 0) this.setup.onMissing(this.lane, home, missing);
  }

  /** Tries again later. Returns whether a stretch was given up, because the disk is not going to give it back. */
  async #failed({ code }: NodeJS.ErrnoException): Promise<boolean> {
    const { lane, setup } = this;
    await this.#closeFile();
    const stretch = lane.backlog.first;
    if (this.#closed || stretch === undefined) return false;
    this.#failures++;
    const delayMs = Math.min(RETRY_MS * 2 ** (this.#failures - 1), MAX_RETRY_MS);
    this.#retry = detached(() =>
      setup.clock.after(delayMs, () => {
        this.#retry = undefined;
        this.readOn();
      }),
    );
    // A place that cannot be read, or a file that is not there. Of anything else the disk may recover.
    if (this.#failures < MAX_FAILURES || (code !== 'EIO' && code !== 'ENOENT')) return false;
    this.#failures = 0;
    stretch.from = code === 'ENOENT' ? stretch.to : Math.min(stretch.to, stretch.from + this.#chunkBytes);
    if (stretch.from < stretch.to) return false;
    this.#end(stretch);
    return true;
  }

  async #closeFile(): Promise<void> {
    const file = this.#file?.file;
    this.#file = undefined;
    await file?.close().catch(() => undefined);
  }
}
