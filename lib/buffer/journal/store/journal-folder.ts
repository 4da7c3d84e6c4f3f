import type { LaneNames } from '../ownership/lane-names.js';
import type { Segment } from './segment.js';

/** One folder of the journal: our own, or one that was taken over. */
export class JournalFolder {
  /** Oldest first. */
  readonly segments: Segment[] = [];
  /** Some of it could not be read: it is not ours to remove. */
  isUnreadable = false;
  /** Names of files in it that we did not write. With one of them it stays, and all that is in it. */
  unknown: readonly string[] = [];
  /** Segments came into it after it was read. */
  hasNew = false;
  /** It is being read for the first time. */
  isBusy = false;

  constructor(
    readonly path: string,
    /** Who wrote it. */
    readonly origin: string,
    /** What its lanes are called here. */
    readonly names: LaneNames,
  ) {}

  get bytes(): number {
    let bytes = 0;
    for (const segment of this.segments) bytes += segment.bytes;
    return bytes;
  }
}
