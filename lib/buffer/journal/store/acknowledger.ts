import type { Timer } from '../../../host/clock.js';
import { detached } from '../../../host/detached.js';
import type { OpenFile } from '../files/files.js';
import { type Acknowledgement, encodeAcknowledgement } from '../format/acknowledgement.js';
import { diskCodeOf } from '../files/absence.js';
import { type Environment, unlessDiskFails } from './environment.js';
import type { Segment } from './segment.js';

/** The longest time until an outcome is written, so that several are written at once. */
const WRITE_MS = 20;
/** Files that are kept open. */
const MAX_OPEN = 8;

interface OutcomesFile {
  readonly file: OpenFile;
  /** It may end with half a line, from a failed write or a crash. */
  isTorn: boolean;
  isUnsynced: boolean;
}

/**
 * Writes the outcomes of events, segment by segment, and syncs them once a second. An event whose outcome is lost in a crash is sent
 * again with the same id.
 */
export class Acknowledger {
  readonly #dirty = new Set<Segment>();
  /** The most recently used one last. */
  readonly #open = new Map<Segment, OutcomesFile>();
  /** Folders that may have a new file since they were synced. */
  readonly #unsyncedFolders = new Set<string>();
  #timer: Timer | undefined;
  #writing: Promise<void> | undefined;

  constructor(private readonly env: Pick<Environment, 'files' | 'clock' | 'log'>) {}

  /** The segment has unwritten outcomes. */
  mark(segment: Segment): void {
    this.#dirty.add(segment);
    if (this.#timer !== undefined) return;
    this.#timer = detached(() => this.env.clock.after(WRITE_MS, () => void this.write()));
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
    const { files, log } = this.env;
    // Not those that are written in the meantime: on a slow disk there would be no end.
    const unsynced = [...this.#open].filter(([, { isUnsynced }]) => isUnsynced);
    for (const [segment, opened] of unsynced) {
      if (this.#open.get(segment) === opened) await this.#sync(opened);
    }
    const folders = [...this.#unsyncedFolders];
    this.#unsyncedFolders.clear();
    for (const path of folders) {
      const isSynced = await unlessDiskFails(log, 'syncing a folder', async () => {
        await files.syncFolder(path);
        return true;
      });
      if (isSynced !== true) this.#unsyncedFolders.add(path);
    }
  }

  /** Writes on the calling thread to the files that are open, because the process ends now. */
  writeNow(): void {
    for (const segment of this.#dirty) {
      const opened = this.#open.get(segment);
      opened?.file.writeNow(Buffer.from(this.#take(segment, opened).text), 0);
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
        const opened = await this.#opened(segment);
        const taken = this.#take(segment, opened);
        acknowledgements = taken.acknowledgements;
        if (acknowledgements.length === 0) continue;
        opened.isTorn = true;
        await opened.file.write(Buffer.from(taken.text), 0);
        opened.isTorn = false;
        opened.isUnsynced = true;
      } catch (error) {
        if (diskCodeOf(error) === undefined) this.env.log.internalError('writing outcomes', error);
        segment.unwritten.addAll(acknowledgements);
        // The next write retries it.
        this.#dirty.add(segment);
      }
    }
  }

  #take(
    segment: Segment,
    { isTorn }: OutcomesFile,
  ): { text: string; acknowledgements: readonly Acknowledgement[] } {
    const acknowledgements = segment.unwritten.take(this.env.clock.now());
    const begin = isTorn ? '\n' : '';
    const lines = segment.folder.names.toDisk(acknowledgements).map(encodeAcknowledgement);
    return { text: begin + lines.join(''), acknowledgements };
  }

  async #opened(segment: Segment): Promise<OutcomesFile> {
    let opened = this.#open.get(segment);
    if (opened === undefined) {
      for (const [oldest, others] of this.#open) {
        if (this.#open.size < MAX_OPEN) break;
        await this.#sync(others);
        await this.#close(oldest);
      }
      const file = await this.env.files.open(segment.acknowledgementsPath, 'append');
      // An earlier process may have crashed in the middle of a line.
      opened = { file, isTorn: true, isUnsynced: false };
      this.#unsyncedFolders.add(segment.folder.path);
    }
    this.#open.delete(segment);
    this.#open.set(segment, opened);
    return opened;
  }

  async #sync(opened: OutcomesFile): Promise<void> {
    opened.isUnsynced = false;
    await unlessDiskFails(this.env.log, 'syncing outcomes', () => opened.file.sync());
  }

  async #close(segment: Segment): Promise<void> {
    const opened = this.#open.get(segment);
    this.#open.delete(segment);
    await unlessDiskFails(this.env.log, 'closing a file of outcomes', async () => opened?.file.close());
  }
}
