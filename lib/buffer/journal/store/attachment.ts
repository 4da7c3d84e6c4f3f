import { join } from 'node:path';
import { DEAD_LETTERS_FILE, HISTORY_FILE } from '../format/file-names.js';
import { journalMessages } from '../journal.messages.js';
import { diskCodeOf } from '../files/absence.js';
import { deniedOf, type Denied } from '../ownership/denied.js';
import type { LanePart } from './frame.js';
import type { JournalFolder, Segment } from './segment.js';
import { recover } from './recovery.js';
import type { JournalStore } from './journal-store.js';

const RETRY_MS = 1_000;
const MAX_RETRY_MS = 60_000;
/** Attempts before events are read although an unreadable file may have later records of them; about half a minute. */
const PATIENCE = 5;

interface Reading {
  readonly folder: JournalFolder;
  readonly as: 'recovered' | 'adopted';
  /** Names of the files other than segments that were read. */
  readonly done: Set<string>;
  /** Attempts in a row that left something unread. */
  failures: number;
  /** Monotonic time of the next attempt. */
  dueAt: number;
  denied: Denied[];
}

/** Reads adopted folders, and adds their events to the lanes. */
export class Attachment {
  readonly #readings = new Set<Promise<void>>();
  readonly #unread = new Set<Reading>();
  #stopped = false;
  /** By lane: events that were accepted with other credentials or under another name, and are not logged yet. */
  readonly #inherited = new Map<
    string,
    { readonly events: number; readonly change: 'credentials' | 'name' }
  >();

  constructor(private readonly store: JournalStore) {}

  get isReading(): boolean {
    return this.#readings.size > 0;
  }

  /** Resolves when the current reading has ended, which is after its segment. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#readings);
  }

  /** Whether something could not be read yet. */
  get isIncomplete(): boolean {
    return this.#unread.size > 0;
  }

  /** Failed reads that are retried. */
  get denied(): readonly Denied[] {
    return [...this.#unread].flatMap(({ denied }) => denied);
  }

  /**
   * Reads folders, one after the other. Events of a segment are delivered as soon as it is read. {@link retryDue} retries failed
   * reads. Never rejects.
   */
  readAll(folders: readonly JournalFolder[], as: 'recovered' | 'adopted'): Promise<void> {
    if (folders.length === 0) return Promise.resolve();
    return this.#run(async () => {
      for (const folder of folders) {
        if (this.#stopped) return;
        await this.#attempt({ folder, as, done: new Set(), failures: 0, dueAt: 0, denied: [] });
      }
    });
  }

  /** Retries the failed reads that are due, in the folders that this process still holds. */
  retryDue(): void {
    const { folders, clock } = this.store;
    if (!this.isIncomplete || this.isReading) return;
    void this.#run(async () => {
      for (const reading of this.#unread) {
        if (this.#stopped) return;
        if (!folders.all.includes(reading.folder)) this.#unread.delete(reading);
        else if (clock.monotonic() >= reading.dueAt) await this.#attempt(reading);
      }
    });
  }

  /** Logs which events are delivered although credentials or a name changed. */
  logInherited(): void {
    for (const [lane, { events, change }] of this.#inherited) {
      const message = (): string => journalMessages.inherited(lane, events, change);
      this.store.log.limited('info', `inherited ${lane}`, message);
    }
    this.#inherited.clear();
  }

  #run(work: () => Promise<void>): Promise<void> {
    const reading = work().finally(() => this.#readings.delete(reading));
    this.#readings.add(reading);
    return reading;
  }

  async #attempt(reading: Reading): Promise<void> {
    const { folder } = reading;
    const failed = new Map<string, unknown>();
    folder.isBusy = true;
    try {
      await this.#read(reading, failed);
    } catch (error) {
      failed.set(folder.path, error);
    } finally {
      folder.isBusy = false;
    }
    await this.#note(reading, failed);
  }

  /** A failed read of one part does not stop the others. */
  async #read(reading: Reading, failed: Map<string, unknown>): Promise<void> {
    const { store } = this;
    const { folder, as } = reading;
    const readOnce = async (file: string, read: () => Promise<void>): Promise<void> => {
      if (reading.done.has(file)) return;
      try {
        await read();
        reading.done.add(file);
      } catch (error) {
        failed.set(join(folder.path, file), error);
      }
    };
    await readOnce(DEAD_LETTERS_FILE, () => this.#readLetters(folder, as));
    await readOnce(HISTORY_FILE, () => store.histories.keys(folder, (id, at) => store.setup.onKey(id, at)));
    await recover(folder, {
      files: store.files,
      store,
      isStopped: () => this.#stopped,
      isPatient: () => reading.failures < PATIENCE,
      onFound: (segment, parts) => this.#found(segment, parts, reading),
      onUnreadable: (path, error) => failed.set(path, error),
    });
  }

  /** Logs a failed read and schedules its retry. */
  async #note(reading: Reading, failed: ReadonlyMap<string, unknown>): Promise<void> {
    const { files, clock, log } = this.store;
    // After a stop, the next owner reads the rest.
    reading.folder.isUnreadable = failed.size > 0 || this.#stopped;
    reading.denied = [];
    if (failed.size === 0) {
      this.#unread.delete(reading);
      return;
    }
    reading.dueAt = clock.monotonic() + Math.min(RETRY_MS * 2 ** reading.failures++, MAX_RETRY_MS);
    this.#unread.add(reading);
    for (const [path, error] of failed) {
      if (diskCodeOf(error) === undefined) log.internalError('reading an adopted folder', error);
      const denied = (await deniedOf(files, path, error)) ?? { path, code: 'ENOENT' };
      reading.denied.push(denied);
      log.errorOnce('unreadable', `${path} ${denied.code}`, () =>
        journalMessages.denied(denied, files.user()),
      );
    }
  }

  #found(segment: Segment, parts: ReadonlyMap<string, LanePart>, { folder, as }: Reading): void {
    for (const [name, part] of parts) {
      const { events } = part;
      const lane = this.store.lanes.get(name);
      if (lane === undefined) {
        segment.strand(name, events);
        continue;
      }
      const change = folder.names.changed.get(name);
      if (change !== undefined) {
        const known = this.#inherited.get(name);
        this.#inherited.set(name, { events: events + (known?.events ?? 0), change: known?.change ?? change });
      }
      lane.find(segment, part, as);
    }
  }

  async #readLetters(folder: JournalFolder, as: 'recovered' | 'adopted'): Promise<void> {
    const { letters, lanes } = this.store;
    const found = await letters.load(folder);
    const ours = found.filter(({ lane }) => lanes.has(lane));
    if (ours.length < found.length) letters.leave(folder);
    for (const { lane } of ours) lanes.get(lane)!.findLetter(as);
    letters.keep(ours);
  }
}
