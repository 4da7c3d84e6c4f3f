import type { Files } from '../files/files.js';
import { MAX_BYTES } from '../journal-options.js';
import type { ResolvedJournalOptions } from '../journal-options.js';
import type { Acknowledger } from './acknowledger.js';
import type { Folders } from './folders.js';
import type { JournalLane } from './journal-lane.js';
import type { Retention } from './retention.js';
import type { Segment } from './segment.js';
import type { Shedding } from './shedding.js';

/** The part of the free space that it takes where nothing was said. */
const PART_OF_FREE = 0.1;
const NONE: ReadonlySet<string> = new Set();

/** What the bound works with. */
export interface DiskBoundSetup {
  readonly files: Files;
  readonly options: ResolvedJournalOptions;
  readonly folders: Folders;
  readonly retention: Retention;
  readonly shedding: Shedding;
  readonly acknowledger: Acknowledger;
  readonly lanes: ReadonlyMap<string, JournalLane>;
}

/**
 * Keeps the journal within its bytes: first goes what was only kept to be looked at, then the policy applies to the lanes
 * that hold the oldest segment. A lane that is down for days never makes a healthy one refuse.
 */
export class DiskBound {
  /** Lanes that take nothing more, with `rejectNewest`. */
  full: ReadonlySet<string> = NONE;
  #maxBytes: number | undefined;

  constructor(private readonly setup: DiskBoundSetup) {}

  /** Before so many bytes are written. Drops, or refuses from now on, what there is no room for. */
  async makeRoom(bytes: number): Promise<void> {
    const { folders, retention, options } = this.setup;
    const maxBytes = (this.#maxBytes ??= await this.#findMaxBytes());
    let over = folders.bytes + bytes - maxBytes;
    if (over > 0) over -= await retention.freeUp(over);
    if (over <= 0) {
      this.full = NONE;
      return;
    }
    const droppable = this.#droppable();
    // What nobody can give up is not held against those who could.
    for (const { segments } of folders.all) {
      for (const segment of segments)
        if (segment.sealed && !droppable.includes(segment)) over -= segment.bytes;
    }
    if (options.onFull === 'dropOldest') await this.#dropOldest(over, droppable);
    else this.full = over <= 0 ? NONE : new Set(droppable[0]?.pending.keys());
  }

  /** The disk says that it is full, whatever the bound: what was only kept to be looked at goes. Never rejects. */
  async freeAll(): Promise<void> {
    await this.setup.retention.freeUp(Infinity).catch(() => undefined);
  }

  async #dropOldest(wanted: number, droppable: readonly Segment[]): Promise<void> {
    const { shedding, acknowledger, retention } = this.setup;
    let over = wanted;
    for (const segment of droppable) {
      if (over <= 0) break;
      await shedding.dropSegment(segment);
      // What is out holds it for a while yet, but not for ever.
      over -= segment.bytes;
    }
    await acknowledger.write();
    await retention.freeUp(wanted - Math.min(over, 0));
  }

  /**
   * Sealed segments in which something waits that is not out, the oldest first. Those in which lanes have something that are
   * not configured stay, whatever the others give up.
   */
  #droppable(): readonly Segment[] {
    const waiting = new Set<Segment>();
    for (const lane of this.setup.lanes.values()) {
      for (const home of lane.homes()) {
        if (home.segment !== undefined) waiting.add(home.segment);
      }
    }
    return this.setup.folders.all
      .flatMap(({ segments }) => segments)
      .filter((segment) => segment.sealed && segment.orphans.size === 0 && waiting.has(segment));
  }

  async #findMaxBytes(): Promise<number> {
    const { files, options, folders } = this.setup;
    if (options.maxBytes !== undefined) return options.maxBytes;
    try {
      const free = await files.freeBytes(options.directory);
      // What the journal has already is not free, and is within its part all the same.
      return Math.min(MAX_BYTES, Math.max((free + folders.bytes) * PART_OF_FREE, 4 * options.segmentBytes));
    } catch {
      return MAX_BYTES;
    }
  }
}
