import type { LaneNames } from '../ownership/lane-names.js';
import type { Segment } from './segment.js';

/** One folder of the journal: our own, or an adopted one. */
export class JournalFolder {
  /** Oldest first. */
  readonly segments: Segment[] = [];
  /** Some of its files could not be read. It is not removed. */
  isUnreadable = false;
  /** Names of files in it that the journal did not write. It is not removed as long as there are any. */
  unknown: readonly string[] = [];
  /** It has segments that came after it was read. */
  hasNew = false;
  /** It is being read. */
  isBusy = false;

  constructor(
    readonly path: string,
    /** The owner who made it. */
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
