import { setTimeout as pause } from 'node:timers/promises';
import type { PersonToErase } from '../query/person-to-erase.js';
import { matches, type EventFilter } from '../query/event-filter.js';
import type { Files } from '../files/files.js';
import { unlessAbsent } from '../files/absence.js';
import { refuseDenied, type OnDenied } from '../ownership/denied.js';
import { namesInGroups } from '../ownership/folder-names.js';
import { troublesIn, type AccountTrouble } from '../ownership/pauses.js';
import type { ProcessIdentity } from '../ownership/process-identity.js';
import { EndCounts } from './accounting.js';
import { mergeByTime } from './batched-merge.js';
import { LetterOutcomes, type KeptLetter } from './letter-outcomes.js';
import { FolderReader } from './folder-reader.js';
import { findFolders, startOf, type FolderView } from './folder-view.js';
import { Follower } from './follow.js';
import { addHistories, countFolder, type FolderCounts } from './overview.js';
import type { JournalEvent } from './journal-event.js';
import { Traces } from './traces.js';
import { verifyFolder, type Damage, type FolderVerdict } from './verify.js';

/** The machine that a reader runs on. */
export interface ReaderSetup {
  readonly files: Files;
  readonly process: ProcessIdentity;
  /** Wall clock. */
  now(): number;
}

/** The events of a journal, counted by state and by folder. */
export interface Overview {
  readonly counts: EndCounts;
  readonly folders: readonly FolderCounts[];
  /** Why lanes do not deliver. */
  readonly troubles: readonly AccountTrouble[];
}

const POLL_MS = 250;

/** Opens a journal for reading; `undefined` if there is no such folder. */
export async function openReader(directory: string, setup: ReaderSetup): Promise<JournalReader | undefined> {
  const names = await unlessAbsent(setup.files.list(directory));
  return names === undefined ? undefined : new JournalReader(directory, setup);
}

/**
 * Reads a journal while its owners use it. It never writes and needs no lock. Memory does not depend on the number of events.
 */
export class JournalReader {
  constructor(
    readonly directory: string,
    private readonly setup: ReaderSetup,
    private readonly onDenied: OnDenied = refuseDenied,
  ) {}

  /**
   * A reader of the same journal that skips folders and files that it cannot read, instead of failing.
   *
   * @param onDenied called once for each of them
   */
  omitting(onDenied: OnDenied): JournalReader {
    const known = new Set<string>();
    return new JournalReader(this.directory, this.setup, (denied) => {
      if (known.has(denied.path)) return;
      known.add(denied.path);
      onDenied(denied);
    });
  }

  /**
   * All present folders.
   *
   * @throws DeniedError for the first folder that cannot be read, unless this reader is {@link omitting}
   */
  async folders(): Promise<FolderView[]> {
    return await findFolders(this.directory, this.setup.files, this.setup, this.onDenied);
  }

  /** Matching events in the order of acceptance, as far as the clocks of several processes agree. */
  async *events(filter: EventFilter = {}): AsyncGenerator<JournalEvent> {
    const readers = await this.#readers();
    const letters = await LetterOutcomes.read(readers);
    const sources = readers.map((reader) => ({
      from: startOf(reader.folder),
      open: async function* (): AsyncGenerator<JournalEvent[]> {
        for await (const events of reader.events(letters))
          yield events.filter((event) => matches(event, filter));
      },
    }));
    yield* mergeByTime(sources, (event) => event.acceptedAt);
  }

  /** The last matching events, in the same order. */
  async last(count: number, filter: EventFilter = {}): Promise<JournalEvent[]> {
    return await this.#last(await this.#followers(new Map()), count, filter);
  }

  /**
   * The last matching events, and then new ones as they are written, until `signal` aborts.
   *
   * @yields groups of events that were written at the same time
   */
  async *follow(count: number, filter: EventFilter, signal: AbortSignal): AsyncGenerator<JournalEvent[]> {
    const followers = new Map<string, Follower>();
    yield await this.#last(await this.#followers(followers), count, filter);
    while (!signal.aborted) {
      try {
        await pause(POLL_MS, undefined, { signal });
      } catch (error) {
        if (!signal.aborted) throw error;
        return;
      }
      const events: JournalEvent[] = [];
      for (const follower of await this.#followers(followers)) events.push(...(await follower.next()));
      const passed = events.filter((event) => matches(event, filter));
      if (passed.length > 0) yield passed.toSorted((a, b) => a.acceptedAt - b.acceptedAt);
    }
  }

  /** Matching dead letters that are kept, folder by folder. */
  async *deadLetters(filter: EventFilter = {}): AsyncGenerator<KeptLetter> {
    const letters = await LetterOutcomes.read(await this.#readers());
    for await (const letter of letters.kept()) {
      if (matches(letter, filter)) yield letter;
    }
  }

  /** Counts all events, also those of deleted segments. */
  async count(): Promise<Overview> {
    const counts = new EndCounts();
    const folders: FolderCounts[] = [];
    const readers = await this.#readers();
    const letters = await LetterOutcomes.read(readers);
    const read = new Set<string>();
    for (const reader of readers) folders.push(await countFolder(reader, letters, counts, read));
    // A segment that is deleted in the meantime is counted once: from its events, or else from the history, which is read last.
    await addHistories(await this.#readers(), letters, read, counts);
    const troubles = await troublesIn(this.setup.files, this.directory, this.onDenied);
    return { counts, folders, troubles };
  }

  /** Reads every line, and reports each that is not as it was written. */
  async verify(
    found: (damage: Damage) => Promise<void>,
  ): Promise<{ readonly folder: FolderView; readonly verdict: FolderVerdict }[]> {
    const verdicts = [];
    const readers = await this.#readers();
    for await (const { group, name, parsed } of namesInGroups(this.setup.files, this.directory)) {
      if (parsed !== undefined) continue;
      await found({ folder: group, file: name, offset: 0, bytes: 0, what: 'unknown' });
    }
    for (const reader of readers) {
      verdicts.push({ folder: reader.folder, verdict: await verifyFolder(reader, found) });
    }
    return verdicts;
  }

  /**
   * Looks for a person in every line of every file.
   *
   * @param command id of a command that is not searched: the erasure itself
   */
  async traces(person: PersonToErase, command?: string): Promise<Traces> {
    const traces = new Traces(person);
    for (const reader of await this.#readers()) await traces.search(reader, command);
    return traces;
  }

  async #readers(): Promise<FolderReader[]> {
    const folders = await this.folders();
    return folders.map((folder) => new FolderReader(folder, this.setup.files, this.onDenied));
  }

  async #followers(known: Map<string, Follower>): Promise<Follower[]> {
    const readers = await this.#readers();
    const isNew = ({ folder }: FolderReader): boolean => !known.has(`${folder.group}/${folder.origin}`);
    const found = readers.filter(isNew);
    const letters = found.length === 0 ? undefined : await LetterOutcomes.read(readers);
    for (const reader of found) {
      known.set(`${reader.folder.group}/${reader.folder.origin}`, new Follower(reader, letters!));
    }
    return [...known.values()];
  }

  async #last(followers: readonly Follower[], count: number, filter: EventFilter): Promise<JournalEvent[]> {
    let last: JournalEvent[] = [];
    for (const follower of followers) {
      const own = await follower.last(count, (event) => matches(event, filter));
      last = [...last, ...own].toSorted((a, b) => a.acceptedAt - b.acceptedAt).slice(-count);
    }
    return count === 0 ? [] : last;
  }
}
