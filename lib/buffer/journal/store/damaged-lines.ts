import { join } from 'node:path';
import type { Clock } from '../../../host/clock.js';
import type { Log } from '../../../host/log.js';
import type { Files } from '../files/files.js';
import { changeLines, entriesAt, type LineChange } from '../files/log-file.js';
import { damagedLineOf, damagedText, encodeDamagedLine } from '../format/damaged-line.js';
import type { DamagedLine } from '../format/damaged-line.js';
import { journalMessages } from '../journal.messages.js';
import type { Segment, SegmentFolder } from './segment.js';

export const DAMAGED_FILE = 'damaged.jsonl';

/** Of one segment; what goes beyond it is still in the segment. */
const MAX_LINES = 1_000;

/** Lines that cannot be read: counted, said once for each segment, and set aside beside it. */
export class DamagedLines {
  count = 0;
  /** By segment, offsets of what was seen in this life. */
  readonly #seen = new Map<string, Set<number>>();
  readonly #waiting = new Map<SegmentFolder, DamagedLine[]>();
  /** Of each folder, what is being done to its file. */
  readonly #files = new Map<SegmentFolder, Promise<void>>();

  constructor(
    private readonly disk: Files,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  add(segment: Segment, offset: number, bytes: number, text: Uint8Array): void {
    if (!this.#isNew(segment, offset)) return;
    const { path } = segment;
    this.count++;
    this.log.warnOnce('damaged', path, () => journalMessages.damaged(path));
    this.#keep(segment, offset, bytes, text);
  }

  /** Events at the end of a finished segment that are gone, with what is left of the first. */
  addCut(segment: Segment, events: number, offset: number, bytes: number, text: Uint8Array): void {
    if (!this.#isNew(segment, -1)) return;
    const { path } = segment;
    this.count += events;
    this.log.limited('error', `cut ${path}`, () => journalMessages.cut(path, events));
    if (bytes > 0) this.#keep(segment, offset, bytes, text);
  }

  /** Whether it was logged that lines of a segment cannot be read. */
  isKnown({ path }: Segment): boolean {
    return this.#seen.has(path);
  }

  /** @param place offset of the line; -1: the end of the segment */
  #isNew({ path }: Segment, place: number): boolean {
    const seen = this.#seen.get(path) ?? new Set();
    if (seen.has(place)) return false;
    this.#seen.set(path, seen.add(place));
    return true;
  }

  /** Sets a line aside. */
  #keep({ folder, name: of, path }: Segment, offset: number, bytes: number, text: Uint8Array): void {
    if (this.#seen.get(path)!.size > MAX_LINES) return;
    const line = { segment: of, offset, bytes, at: this.clock.now(), text: damagedText(text) };
    const waiting = this.#waiting.get(folder);
    if (waiting !== undefined) {
      waiting.push(line);
      return;
    }
    this.#waiting.set(folder, [line]);
    const before = this.#files.get(folder) ?? Promise.resolve();
    this.#files.set(
      folder,
      before.then(() => this.#setAside(folder)),
    );
  }

  /**
   * Changes lines of a folder's file, for good. Rejects where the disk fails.
   */
  async purge(folder: SegmentFolder, change: LineChange): Promise<void> {
    const before = this.#files.get(folder) ?? Promise.resolve();
    const purging = before.then(() => changeLines(this.disk, join(folder.path, DAMAGED_FILE), change));
    this.#files.set(
      folder,
      purging.then(
        () => undefined,
        () => undefined,
      ),
    );
    await purging;
  }

  /** Never rejects: what cannot be set aside is still in its segment. */
  async #setAside(folder: SegmentFolder): Promise<void> {
    const path = join(folder.path, DAMAGED_FILE);
    try {
      const known = new Set<string>();
      for await (const lines of entriesAt(this.disk, path, damagedLineOf)) {
        for (const line of lines) known.add(placeOf(line));
      }
      // An earlier life may have found some of them, too.
      const lines = this.#taken(folder).filter((line) => !known.has(placeOf(line)));
      if (lines.length === 0) return;
      const file = await this.disk.open(path, 'append');
      try {
        await file.write(Buffer.from(`\n${lines.map(encodeDamagedLine).join('')}`), 0);
      } finally {
        await file.close();
      }
    } catch {
      // Its segment says it, too.
      this.#waiting.delete(folder);
    }
  }

  #taken(folder: SegmentFolder): readonly DamagedLine[] {
    const lines = this.#waiting.get(folder) ?? [];
    this.#waiting.delete(folder);
    return lines;
  }
}

const placeOf = ({ segment, offset }: DamagedLine): string => `${segment} ${offset}`;
