import { join } from 'node:path';
import type { Clock } from '../../../host/clock.js';
import type { Files } from '../files/files.js';
import { changeLines, entriesAt, rewriteFile } from '../files/log-file.js';
import { mayBeDeleted } from '../files/segment-end.js';
import { HISTORY_FILE, segmentFile } from '../format/file-names.js';
import { encodeHistory, historyOf, type HistoryCount, type HistoryLine } from '../format/history-line.js';
import { unlessAbsent } from '../files/absence.js';
import { SerialQueue } from '../files/one-at-a-time.js';
import { shortHistory, withEnds } from './history.js';
import { letterEnds, type LetterEnds } from './letter-file.js';
import type { SegmentFolder } from './segment.js';

/** Bytes at which a history is shortened. */
const SHORTEN_BYTES = 4 * 1024 * 1024;

/** The state of one history. */
interface Known {
  /** Names of segments whose lines are complete. */
  readonly segments: Set<string>;
  bytes: number;
  /** Its bytes when it was last shortened. */
  shortBytes: number;
}

/**
 * The histories of folders: the counts and keys of deleted segments. A history is shortened when it has grown, and is read and
 * written in slices.
 */
export class Histories {
  readonly #known = new Map<string, Known>();
  /** One operation at a time: a history is read in slices before it is rewritten. */
  readonly #queue = new SerialQueue();
  readonly #postponed: { readonly folder: SegmentFolder; readonly lines: readonly HistoryLine[] }[] = [];

  constructor(
    private readonly files: Files,
    private readonly clock: Clock,
    private readonly maxKeyAgeMs: number,
  ) {}

  /** Whether a folder's history has all lines of a segment. */
  has(folder: SegmentFolder, segment: string): Promise<boolean> {
    return this.#queue.run(async () => (await this.#load(folder)).segments.has(segment));
  }

  /** Whether a segment that began between two numbers may have been deleted. */
  async mayHave(folder: SegmentFolder, after: number, before: number): Promise<boolean> {
    const { segments } = await this.#queue.run(() => this.#load(folder));
    return mayBeDeleted(segments, after, before);
  }

  /** Adds lines of segments. The keys come last in a segment, and mark it as complete. */
  add(folder: SegmentFolder, lines: readonly HistoryLine[]): Promise<void> {
    return this.#queue.run(async () => this.#append(folder, await this.#short(folder), lines));
  }

  /** As {@link add}, once there is room on the disk. */
  postpone(folder: SegmentFolder, lines: readonly HistoryLine[]): void {
    this.#postponed.push({ folder, lines });
  }

  /** Adds the postponed lines. Rejects if the disk has no room yet. */
  async addPostponed(): Promise<void> {
    for (let next = this.#postponed[0]; next !== undefined; next = this.#postponed[0]) {
      await this.add(next.folder, next.lines);
      this.#postponed.shift();
    }
  }

  /** Counts dead letters by their final outcomes, before those are removed from the folder's dead letters. */
  settle(folder: SegmentFolder, ends: LetterEnds): Promise<void> {
    return this.#queue.run(async () => {
      const known = await this.#load(folder);
      const rewritten = await changeLines(this.files, pathOf(folder), ({ value, text }) => {
        const line = value && historyOf(value);
        if (line === undefined || 'keys' in line) return text;
        const settled = withEnds(line, ends);
        return settled[0] === line ? text : settled.map(encodeHistory).join('').trimEnd();
      });
      if (rewritten !== undefined) known.bytes = rewritten.bytes;
    });
  }

  /** Reports the keys that are not too old. */
  async keys(folder: SegmentFolder, onKey: (id: string, at: number) => void): Promise<void> {
    const oldest = this.clock.now() - this.maxKeyAgeMs;
    for await (const lines of entriesAt(this.files, pathOf(folder), historyOf)) {
      for (const line of lines) {
        if (!('keys' in line)) continue;
        for (const [id, at] of line.keys) {
          if (at > oldest) onKey(id, at);
        }
      }
    }
  }

  /** Adds the history of a folder without dead letters to that of another one. */
  move(from: SegmentFolder, to: SegmentFolder): Promise<void> {
    return this.#queue.run(() => this.#move(from, to));
  }

  async #move(from: SegmentFolder, to: SegmentFolder): Promise<void> {
    await this.#load(from);
    const known = await this.#short(to);
    const before = new Set(known.segments);
    const ends = await letterEnds(this.files, from);
    for await (const lines of entriesAt(this.files, pathOf(from), historyOf)) {
      const moved = lines
        .filter(({ segment }) => !before.has(segment))
        .flatMap((line): readonly HistoryLine[] =>
          'keys' in line ? [line] : withEnds(line, ends).map((each) => asCalledHere(each, from)),
        );
      await this.#append(to, known, moved);
    }
    // The old file is removed next, and this one may be new: a power loss must not remove both.
    await this.files.syncFolder(to.path);
    this.#known.delete(from.path);
  }

  async #append(folder: SegmentFolder, known: Known, lines: readonly HistoryLine[]): Promise<void> {
    const bytes = Buffer.from(lines.map(encodeHistory).join(''));
    const file = await this.files.open(pathOf(folder), 'append');
    try {
      await file.write(bytes, 0);
      await file.sync();
    } catch (error) {
      // It may have a part of the lines. It is repaired before the next lines are added.
      this.#known.delete(folder.path);
      throw error;
    } finally {
      await file.close().catch(() => undefined);
    }
    for (const line of lines) {
      if (isLast(line)) known.segments.add(line.segment);
    }
    known.bytes += bytes.length;
  }

  async #load(folder: SegmentFolder): Promise<Known> {
    const loaded = this.#known.get(folder.path);
    if (loaded !== undefined) return loaded;
    const path = pathOf(folder);
    const segments = new Set<string>();
    for await (const lines of entriesAt(this.files, path, historyOf)) {
      for (const line of lines) {
        if (isLast(line)) segments.add(line.segment);
      }
    }
    // Removes the lines of a segment that a crash left incomplete: it is counted again.
    const rewritten = await changeLines(this.files, path, ({ value, torn, text }) => {
      const line = value && historyOf(value);
      return torn !== true && (line === undefined || segments.has(line.segment)) ? text : undefined;
    });
    const bytes = rewritten?.bytes ?? (await unlessAbsent(this.files.facts(path)))?.bytes ?? 0;
    const known = { segments, bytes, shortBytes: bytes };
    this.#known.set(folder.path, known);
    return known;
  }

  /** Shortens a history if it has grown. Not after adding: the added lines must keep their segment's name. */
  async #short(folder: SegmentFolder): Promise<Known> {
    const known = await this.#load(folder);
    if (known.bytes <= Math.max(SHORTEN_BYTES, 2 * known.shortBytes)) return known;
    const names = new Set((await this.files.list(folder.path)).map((name) => `${folder.origin}/${name}`));
    const lines = shortHistory(
      () => entriesAt(this.files, pathOf(folder), historyOf),
      `${folder.origin}/*`,
      // If a segment could not be removed, the next process must find its lines by its name.
      (segment) => names.has(segmentFile(segment)),
      this.clock.now() - this.maxKeyAgeMs,
    );
    known.bytes = known.shortBytes = await rewriteFile(this.files, pathOf(folder), encoded(lines));
    return known;
  }
}

/** Whether it marks a segment as complete. */
function isLast(line: HistoryLine): boolean {
  return 'keys' in line && line.more !== true;
}

async function* encoded(lines: AsyncIterable<HistoryLine>): AsyncGenerator<string> {
  for await (const line of lines) yield encodeHistory(line);
}

/** A line for the history of another folder, without the numbers of records. */
function asCalledHere(line: HistoryCount, { names }: SegmentFolder): HistoryCount {
  return { ...line, lane: names.here(line.lane), seqs: undefined };
}

const pathOf = ({ path }: SegmentFolder): string => join(path, HISTORY_FILE);
