import { codeOf } from '../files/absence.js';
import { unlessDiskFails } from './disk-failures.js';
import type { DiskState } from './disk-state.js';
import type { Environment } from './environment.js';
import type { Frame } from './frame.js';
import type { Segment } from './segment.js';
import type { OpenSegment, SegmentFiles } from './segment-files.js';

/** A segment is sealed after this time even if it is not full, so that it can be deleted. */
const SEGMENT_MS = 3_600_000;

/** The segment that is written now. Decides when the next one begins. */
export class CurrentSegment {
  #open: OpenSegment | undefined;
  #openedAt = 0;
  /** Counts failed writes: a reader uses the last generation that has an event. */
  #generation = 0;
  /** The next segment begins before the next write. */
  #isSealing = false;
  /** Ends with the write in progress, also if that fails. */
  #writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly env: Environment,
    private readonly files: SegmentFiles,
    private readonly disk: DiskState,
  ) {}

  get segment(): Segment | undefined {
    return this.#open?.segment;
  }

  /** Bytes until it is full. */
  get freeBytes(): number {
    return this.env.options.segmentBytes - (this.segment?.bytes ?? 0);
  }

  /** Whether the next segment must begin before the next write. */
  get isEnding(): boolean {
    if (this.segment === undefined || this.#isSealing || this.freeBytes <= 0) return true;
    return this.segment.bytes > 0 && this.env.clock.monotonic() - this.#openedAt >= SEGMENT_MS;
  }

  /** Begins the next segment before the next write. */
  seal(): void {
    this.#isSealing = true;
  }

  /** Opens the next segment before it closes this one, so that one is open when the process ends. */
  async next(firstSeq: () => number): Promise<void> {
    const next = await this.disk.watch(this.files.open(firstSeq, this.#generation));
    const last = this.#open;
    this.#open = next;
    this.#openedAt = this.env.clock.monotonic();
    this.#isSealing = false;
    if (last !== undefined) await this.disk.watch(this.#close(last));
  }

  /** Writes frames at its end. They are on disk when it resolves. */
  async write(frames: readonly Frame[]): Promise<void> {
    const { segment, file } = this.#open!;
    const texts = frames.map(({ text }) => text!);
    segment.touched = true;
    const writing = file.write(texts.length === 1 ? texts[0]! : Buffer.concat(texts), segment.bytes);
    this.#writing = writing.catch(() => undefined);
    await this.disk.watch(writing);
  }

  /** Overwrites the last written frames with blank lines. */
  blank(frames: readonly Frame[]): void {
    const { segment, file } = this.#open!;
    const bytes = frames.reduce((sum, frame) => sum + frame.bytes, 0);
    this.#writing = file.write(Buffer.alloc(bytes, '\n'), segment.bytes).catch(() => undefined);
  }

  /** Writes on the calling thread. Throws if the disk fails. */
  writeNow(frame: Frame, at: number): void {
    const { segment, file } = this.#open!;
    segment.touched = true;
    file.writeNow(frame.text!, at);
  }

  /** Closes the segment after a failed write, which is repeated in another segment. */
  async fail(): Promise<void> {
    this.#generation++;
    const open = this.#take();
    if (open === undefined) return;
    await this.#close(open);
    if (open.segment.bytes === 0) await this.files.discard(open.segment);
  }

  /** Closes the file; the next write begins another segment. */
  async close(): Promise<void> {
    const open = this.#take();
    if (open !== undefined) await this.#close(open);
  }

  #take(): OpenSegment | undefined {
    const open = this.#open;
    this.#open = undefined;
    return open;
  }

  /** Never rejects, and never closes a file during a write. */
  async #close({ segment, file }: OpenSegment): Promise<void> {
    segment.sealed = true;
    await this.#writing;
    // With `fsync: 'off'`, this is the only sync of a segment.
    await file.sync().catch((error: unknown) => this.disk.fail(codeOf(error) ?? 'ERROR'));
    await unlessDiskFails(this.env.log, 'closing a segment', () => file.close());
  }
}
