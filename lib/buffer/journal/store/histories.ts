import { join } from 'node:path';
import type { Clock } from '../../../host/clock.js';
import type { Files } from '../files/files.js';
import { changeLines, entriesAt, linesAt, rewriteFile, rewriteLines } from '../files/log-file.js';
import { HISTORY_FILE, segmentFile } from '../format/file-names.js';
import { encodeHistory, historyOf, parseHistory } from '../format/history-line.js';
import type { HistoryCount } from '../format/history-line.js';
import { mayBeDeleted } from '../format/segment-end.js';
import { unlessAbsent } from '../ownership/absence.js';
import { withEnds, type LetterEnds } from './letter-ends.js';
import { letterEnds } from './letter-file.js';
import type { SegmentFolder } from './segment.js';
import { shortHistory } from './short-history.js';

/** Bytes at which a history is made short. */
const SHORTEN_BYTES = 4 * 1024 * 1024;
/** Characters that are moved to another history at once. */
const SLICE_UNITS = 262_144;

/** What is known of a folder's history. */
interface Known {
  /** Segments that are in it, with all that they held. */
  readonly segments: Set<string>;
  bytes: number;
  /** Bytes after it was made short the last time. */
  shortBytes: number;
}

/**
 * The histories of folders: what their deleted segments held, and which keys. Each stays short, however long it runs, and is
 * read and written in slices.
 */
export class Histories {
  readonly #known = new Map<string, Known>();

  #busy: Promise<unknown> = Promise.resolve();
  readonly #postponed: { readonly folder: SegmentFolder; readonly text: string }[] = [];

  constructor(
    private readonly files: Files,
    private readonly clock: Clock,
    private readonly maxKeyAgeMs: number,
  ) {}

  /** Whether a folder's history has all that a segment held. */
  has(folder: SegmentFolder, segment: string): Promise<boolean> {
    return this.#alone(async () => (await this.#load(folder)).segments.has(segment));
  }

  /** Whether a segment that began between two numbers may be in it. */
  async mayHave(folder: SegmentFolder, after: number, before: number): Promise<boolean> {
    const { segments } = await this.#alone(() => this.#load(folder));
    return mayBeDeleted(segments, after, before);
  }

  /** Adds what segments held. A segment's keys are the last of its lines, and tell that it is complete. */
  add(folder: SegmentFolder, text: string): Promise<void> {
    return this.#alone(async () => this.#append(folder, await this.#short(folder), text));
  }

  /** As {@link add}, once there is room on the disk. */
  postpone(folder: SegmentFolder, text: string): void {
    this.#postponed.push({ folder, text });
  }

  /** Adds what was postponed. Rejects where there is no room yet. */
  async addPostponed(): Promise<void> {
    for (let next = this.#postponed[0]; next !== undefined; next = this.#postponed[0]) {
      await this.add(next.folder, next.text);
      this.#postponed.shift();
    }
  }

  /** Counts dead letters as how they ended, before their folder forgets the ends. */
  settle(folder: SegmentFolder, ends: LetterEnds): Promise<void> {
    return this.#alone(async () => {
      const known = await this.#load(folder);
      const rewritten = await changeLines(this.files, pathOf(folder), ({ value, text }) => {
        const line = value && historyOf(value);
        if (line === undefined || 'keys' in line) return text;
        const [first, ...others] = withEnds(line, ends);
        return first === line ? text : [first!, ...others].map(encodeHistory).join('').trimEnd();
      });
      if (rewritten !== undefined) known.bytes = rewritten.bytes;
    });
  }

  /** Tells the keys that are still remembered. */
  async keys(folder: SegmentFolder, onKey: (id: string, at: number) => void): Promise<void> {
    const oldest = this.clock.now() - this.maxKeyAgeMs;
    for await (const lines of entriesAt(this.files, pathOf(folder), historyOf)) {
      for (const line of lines) {
        if (!('keys' in line)) continue;
        for (const [id, at] of line.keys) if (at > oldest) onKey(id, at);
      }
    }
  }

  /** Adds a folder's history to another one's, once none of its dead letters is left. */
  move(from: SegmentFolder, to: SegmentFolder): Promise<void> {
    return this.#alone(() => this.#move(from, to));
  }

  async #move(from: SegmentFolder, to: SegmentFolder): Promise<void> {
    await this.#load(from);
    const known = await this.#short(to);
    const before = new Set(known.segments);
    const ends = await letterEnds(this.files, from);
    let slice = '';
    for await (const lines of entriesAt(this.files, pathOf(from), historyOf)) {
      for (const line of lines) {
        if (before.has(line.segment)) continue;
        if ('keys' in line) slice += encodeHistory(line);
        else for (const each of withEnds(line, ends)) slice += encodeHistory(asCalledHere(each, from));
      }
      if (slice.length < SLICE_UNITS) continue;
      await this.#append(to, known, slice);
      slice = '';
    }
    if (slice !== '') await this.#append(to, known, slice);
    // The other one is removed next, and this one may be new: a loss of power must not leave neither.
    await this.files.syncFolder(to.path);
    this.#known.delete(from.path);
  }

  async #append(folder: SegmentFolder, known: Known, text: string): Promise<void> {
    const file = await this.files.open(pathOf(folder), 'append');
    try {
      await file.write(Buffer.from(text), 0);
      await file.sync();
    } catch (error) {
      // It may have half of it: read again, and repaired, before anything else is added.
      this.#known.delete(folder.path);
      throw error;
    } finally {
      await file.close().catch(() => undefined);
    }
    for (const line of parseHistory(text).lines) {
      if ('keys' in line && line.more !== true) known.segments.add(line.segment);
    }
    known.bytes += text.length;
  }

  /** Does something while nothing else is done to the files: one is read for a while before it is written anew. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#busy.then(work);
    this.#busy = done.catch(() => undefined);
    return done;
  }

  async #load(folder: SegmentFolder): Promise<Known> {
    const loaded = this.#known.get(folder.path);
    if (loaded !== undefined) return loaded;
    const path = pathOf(folder);
    const segments = new Set<string>();
    const begun = new Set<string>();
    let isWhole = true;
    for await (const lines of linesAt(this.files, path)) {
      for (const { value, torn } of lines) {
        const line = value && historyOf(value);
        if (torn === true) isWhole = false;
        else if (line !== undefined) begun.add(line.segment);
        if (line !== undefined && 'keys' in line && line.more !== true) segments.add(line.segment);
      }
    }
    for (const segment of begun) isWhole &&= segments.has(segment);
    // A crash came in the middle of a segment: it is counted anew.
    const rewritten = isWhole
      ? undefined
      : await rewriteLines(this.files, path, ({ value, torn, text }) => {
          const line = value && historyOf(value);
          return torn !== true && (line === undefined || segments.has(line.segment)) ? text : undefined;
        });
    const bytes = rewritten?.bytes ?? (await unlessAbsent(this.files.facts(path)))?.bytes ?? 0;
    const known = { segments, bytes, shortBytes: bytes };
    this.#known.set(folder.path, known);
    return known;
  }

  /** Makes a history short where that is due; not after adding: what was added has to be found under its own name. */
  async #short(folder: SegmentFolder): Promise<Known> {
    const known = await this.#load(folder);
    if (known.bytes <= Math.max(SHORTEN_BYTES, 2 * known.shortBytes)) return known;
    const there = new Set((await this.files.list(folder.path)).map((name) => `${folder.origin}/${name}`));
    const texts = shortHistory(
      () => entriesAt(this.files, pathOf(folder), historyOf),
      `${folder.origin}/*`,
      // Where it could not be removed, the next life has to find it under its own name, too.
      (segment) => there.has(segmentFile(segment)),
      this.clock.now() - this.maxKeyAgeMs,
    );
    known.bytes = known.shortBytes = await rewriteFile(this.files, pathOf(folder), texts);
    return known;
  }
}

/** Numbers of records mean nothing outside of their folder. */
function asCalledHere(line: HistoryCount, { names }: SegmentFolder): HistoryCount {
  return { ...line, lane: names.here(line.lane), seqs: undefined };
}

const pathOf = ({ path }: SegmentFolder): string => join(path, HISTORY_FILE);
