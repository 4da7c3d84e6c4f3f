import type { Log } from '../../../host/log.js';
import { journalMessages } from '../journal.messages.js';
import type { Segment } from './segment.js';

/** In place of an offset: the end of a segment. */
const END = -1;

/** Counts damaged lines, and logs each segment with damaged lines once. The lines stay in their segment. */
export class DamagedLines {
  count = 0;
  /** By path of a segment, the offsets that were counted: a segment may be read several times. */
  readonly #seen = new Map<string, Set<number>>();

  constructor(private readonly log: Log) {}

  add(segment: Segment, offset: number): void {
    if (!this.#isNew(segment, offset)) return;
    const { path } = segment;
    this.count++;
    this.log.warnOnce('damaged', path, () => journalMessages.damaged(path));
  }

  /** A finished segment was truncated, and lost so many events. */
  addCut(segment: Segment, events: number): void {
    if (!this.#isNew(segment, END)) return;
    const { path } = segment;
    this.count += events;
    this.log.limited('error', `cut ${path}`, () => journalMessages.cut(path, events));
  }

  /** The last segment ends within a frame, in which its process crashed, and which lost so many events; 0 if not known. */
  logTorn({ path }: Segment, bytes: number, events: number): void {
    this.log.warnOnce('torn', path, () => journalMessages.torn(path, bytes, events));
  }

  /** Whether the damage of a segment was logged. */
  isKnown({ path }: Segment): boolean {
    return this.#seen.has(path);
  }

  #isNew({ path }: Segment, offset: number): boolean {
    const seen = this.#seen.get(path) ?? new Set();
    if (seen.has(offset)) return false;
    this.#seen.set(path, seen.add(offset));
    return true;
  }
}
