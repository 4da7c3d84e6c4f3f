import type { LaneNames } from '../ownership/lane-names.js';
import type { Segment } from './segment.js';

/** One folder of the journal: that of this process, or an adopted one. */
export class JournalFolder {
  /** Oldest first. */
  readonly segments: Segment[] = [];
  /** Some of its files could not be read. It is not removed. */
  isUnreadable = false;
  /** Names of files that the journal did not write. It is not removed if there are any. */
  unknown: readonly string[] = [];
  /** It got segments after it was read. */
  hasNew = false;
  /** It is being read. */
  isBusy = false;

  constructor(
    readonly path: string,
    /** The id of the owner that made it. */
    readonly origin: string,
    /** The names of its lanes in this process. */
    readonly names: LaneNames,
  ) {}

  get bytes(): number {
    let bytes = 0;
    for (const segment of this.segments) bytes += segment.bytes;
    return bytes;
  }
}
