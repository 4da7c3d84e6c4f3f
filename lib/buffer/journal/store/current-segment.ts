import { codeOf, unlessAbsent } from '../files/absence.js';
import type { OpenFile } from '../files/files.js';
import { segmentName } from '../format/file-names.js';
import type { Ownership } from '../ownership/owner-folder.js';
import type { Acknowledger } from './acknowledger.js';
import { type Environment, unlessDiskFails } from './environment.js';
import type { DiskState } from './disk-state.js';
import type { Folders } from './folders.js';
import type { Frame } from './frame.js';
import { Segment } from './segment.js';

/** A segment is sealed after this time even if it is not full, so that it can be deleted. */
const SEGMENT_MS = 3_600_000;

interface OpenSegment {
  readonly segment: Segment;
  readonly file: OpenFile;
}

/** The segment that is written now. Makes the segments of this process, and decides when the next one begins. */
export class CurrentSegment {
  hasOpened = false;
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
    private readonly folders: Folders,
    private readonly acknowledger: Acknowledger,
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

  /** Whether this process still owns the folder of a segment; `stale` if it has another folder now. */
  confirm({ folder }: Segment): Promise<Ownership | 'stale'> {
    return folder === this.folders.own ? this.folders.confirm() : Promise.resolve('stale');
  }

  seal(): void {
    this.#isSealing = true;
  }

  /**
   * Opens the next segment before it closes this one, so that one is open when the process ends.
   *
   * @param firstSeq called when the folder exists
   */
  async next(firstSeq: () => number): Promise<void> {
    const next = await this.disk.watch(this.#make(firstSeq));
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
    const write = (): Promise<void> => file.write(Buffer.alloc(bytes, '\n'), segment.bytes);
    this.#writing = unlessDiskFails(this.env.log, 'blanking a lost segment', write);
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
    const segment = await this.close();
    if (segment?.bytes !== 0) return;
    // If an empty segment cannot be removed, it stays.
    await unlessDiskFails(this.env.log, 'removing an empty segment', async () => {
      await unlessAbsent(this.env.files.remove(segment.path));
      segment.folder.remove(segment);
    });
  }

  /** Closes the file; the next write begins another segment. Returns the closed one. */
  async close(): Promise<Segment | undefined> {
    const open = this.#open;
    this.#open = undefined;
    if (open !== undefined) await this.#close(open);
    return open?.segment;
  }

  async #make(firstSeq: () => number): Promise<OpenSegment> {
    const { files, clock, log, options } = this.env;
    const folder = await this.folders.open();
    const first = firstSeq();
    const name = {
      name: segmentName(first, this.#generation),
      firstSeq: first,
      generation: this.#generation,
    };
    const segment = new Segment(folder, name, (settled) => this.acknowledger.mark(settled));
    const file = await files.open(segment.path, options.fsync === 'group' ? 'createSynced' : 'create');
    try {
      if (options.fsync !== 'off') await files.syncFolder(folder.path);
    } catch (error) {
      await unlessDiskFails(log, 'closing a segment', () => file.close());
      throw error;
    }
    folder.segments.push(segment);
    segment.lastEventAt = clock.now();
    this.hasOpened = true;
    return { segment, file };
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
