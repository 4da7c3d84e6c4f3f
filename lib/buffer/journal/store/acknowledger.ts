import type { Clock, Timer } from '../../../host/clock.js';
import { detached } from '../../../host/detached.js';
import type { Log } from '../../../host/log.js';
import type { Files, OpenFile } from '../files/files.js';
import { type Acknowledgement, encodeAcknowledgement } from '../format/acknowledgement.js';
import { diskCodeOf } from '../files/absence.js';
import type { Segment } from './segment.js';

/** The longest time until an outcome is written, so that several are written at once. */
const WRITE_MS = 20;
/** Files that are kept open. */
const MAX_OPEN = 8;

/**
 * Writes the outcomes of events, segment by segment, and syncs them once a second. An event whose outcome is lost in a crash is sent
 * again with the same id.
 */
export class Acknowledger {
  readonly #dirty = new Set<Segment>();
  /** The most recently used one last. */
  readonly #open = new Map<Segment, OpenFile>();
  readonly #unsynced = new Set<Segment>();
  /** Folders that may have a new file since they were synced. */
  readonly #unsyncedFolders = new Set<string>();
  /** Segments with half a line from a failed write. */
  readonly #torn = new Set<Segment>();
  #timer: Timer | undefined;
  #writing: Promise<void> | undefined;

  constructor(
    private readonly files: Files,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** The segment has unwritten outcomes. */
  mark(segment: Segment): void {
    this.#dirty.add(segment);
    if (this.#timer !== undefined) return;
    this.#timer = detached(() => this.clock.after(WRITE_MS, () => void this.write()));
  }

  /** Writes all outcomes. Never rejects; keeps outcomes that cannot be written. */
  async write(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    while (this.#writing !== undefined) await this.#writing;
    if (this.#dirty.size === 0) return;
    this.#writing = this.#writeAll();
    await this.#writing;
    this.#writing = undefined;
  }

  /** Syncs the written outcomes. Never rejects. */
  async sync(): Promise<void> {
    for (const segment of this.#unsynced) {
      this.#unsynced.delete(segment);
      await this.#open
        .get(segment)
        ?.sync()
        .catch(() => undefined);
    }
    const folders = [...this.#unsyncedFolders];
    this.#unsyncedFolders.clear();
    for (const path of folders) {
      await this.files.syncFolder(path).catch(() => this.#unsyncedFolders.add(path));
    }
  }

  /** Writes on the calling thread to the files that are open, because the process ends now. */
  writeNow(): void {
    for (const segment of this.#dirty) {
      const file = this.#open.get(segment);
      if (file === undefined) continue;
      file.writeNow(Buffer.from(this.#take(segment).text), 0);
    }
  }

  /** Writes nothing for this segment any more. */
  async forget(segment: Segment): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
    this.#dirty.delete(segment);
    await this.#close(segment);
  }

  async close(): Promise<void> {
    await this.write();
    await this.sync();
    this.#timer?.cancel();
    for (const segment of this.#open.keys()) await this.#close(segment);
  }

  async #writeAll(): Promise<void> {
    const segments = [...this.#dirty];
    this.#dirty.clear();
    for (const segment of segments) {
      let acknowledgements: readonly Acknowledgement[] = [];
      try {
        const file = await this.#opened(segment);
        const taken = this.#take(segment);
        acknowledgements = taken.acknowledgements;
        if (acknowledgements.length === 0) continue;
        await file.write(Buffer.from(taken.text), 0);
        this.#torn.delete(segment);
        this.#unsynced.add(segment);
      } catch (error) {
        if (diskCodeOf(error) === undefined) this.log.internalError('writing outcomes', error);
        this.#torn.add(segment);
        segment.unwritten.addAll(acknowledgements);
        // The next write retries it.
        this.#dirty.add(segment);
      }
    }
  }

  #take(segment: Segment): { text: string; acknowledgements: readonly Acknowledgement[] } {
    const acknowledgements = segment.unwritten.take(this.clock.now());
    const begin = this.#torn.has(segment) ? '\n' : '';
    const lines = segment.folder.names.toDisk(acknowledgements).map(encodeAcknowledgement);
    return { text: begin + lines.join(''), acknowledgements };
  }

  async #opened(segment: Segment): Promise<OpenFile> {
    let file = this.#open.get(segment);
    if (file === undefined) {
      for (const oldest of this.#open.keys()) {
        if (this.#open.size < MAX_OPEN) break;
        await this.#open
          .get(oldest)!
          .sync()
          .catch(() => undefined);
        await this.#close(oldest);
      }
      file = await this.files.open(segment.acknowledgementsPath, 'append');
      // An earlier process may have crashed in the middle of a line.
      this.#torn.add(segment);
      this.#unsyncedFolders.add(segment.folder.path);
    }
    this.#open.delete(segment);
    this.#open.set(segment, file);
    return file;
  }

  async #close(segment: Segment): Promise<void> {
    const file = this.#open.get(segment);
    this.#open.delete(segment);
    this.#unsynced.delete(segment);
    this.#torn.delete(segment);
    await file?.close().catch(() => undefined);
  }
}
