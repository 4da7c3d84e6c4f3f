import type { Log } from '../../../host/log.js';
import type { Files } from '../files/files.js';
import { diskCodeOf } from '../files/absence.js';
import { MAX_BYTES, type ResolvedJournalOptions } from '../options/journal-options.js';
import type { Acknowledger } from './acknowledger.js';
import { unlessDiskFails } from './disk-failures.js';
import type { Folders } from './folders.js';
import type { JournalLane } from './journal-lane.js';
import type { Retention } from './retention.js';
import type { Segment } from './segment.js';
import type { Shedding } from './shedding.js';

/** The default bound, as a part of the free space. */
const PART_OF_FREE = 0.1;
const NONE: ReadonlySet<string> = new Set();

export interface DiskBoundSetup {
  readonly files: Files;
  readonly log: Log;
  readonly options: ResolvedJournalOptions;
  readonly folders: Folders;
  readonly retention: Retention;
  readonly shedding: Shedding;
  readonly acknowledger: Acknowledger;
  readonly lanes: ReadonlyMap<string, JournalLane>;
}

/**
 * Keeps the journal within `maxBytes`. First it deletes segments without pending events; then `onFull` applies to the lanes with
 * events in the oldest segment. A lane that is down for days never makes a healthy lane reject events.
 */
export class DiskBound {
  /** With `rejectNewest`, the lanes that reject new events. */
  full: ReadonlySet<string> = NONE;
  #maxBytes: number | undefined;

  constructor(private readonly setup: DiskBoundSetup) {}

  /** Makes room for a write, or from now on rejects events of the lanes with events in the oldest segment. */
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
    // Lanes do not lose events because of segments that cannot be dropped.
    for (const segment of folders.all.flatMap(({ segments }) => segments)) {
      if (segment.sealed && !droppable.includes(segment)) over -= segment.bytes;
    }
    if (options.onFull === 'dropOldest') await this.#dropOldest(over, droppable);
    else this.full = over <= 0 ? NONE : new Set(droppable[0]?.pending.keys());
  }

  /** Deletes all segments whose events are settled, because the disk is full. Never rejects. */
  async freeAll(): Promise<void> {
    const { log, retention } = this.setup;
    await unlessDiskFails(log, 'freeing disk space', () => retention.freeUp(Infinity));
  }

  async #dropOldest(wanted: number, droppable: readonly Segment[]): Promise<void> {
    const { shedding, acknowledger, retention } = this.setup;
    let over = wanted;
    for (const segment of droppable) {
      if (over <= 0) break;
      await shedding.dropSegment(segment);
      // Leased events keep the segment for a while.
      over -= segment.bytes;
    }
    await acknowledger.write();
    await retention.freeUp(wanted - Math.min(over, 0));
  }

  /**
   * Sealed segments with events that are pending and not leased, the oldest first. Segments with events of lanes that are not
   * configured cannot be deleted, so their events are not dropped.
   */
  #droppable(): readonly Segment[] {
    const pending = new Set<Segment>();
    for (const lane of this.setup.lanes.values()) {
      for (const home of lane.homes()) {
        if (home.segment !== undefined) pending.add(home.segment);
      }
    }
    return this.setup.folders.all
      .flatMap(({ segments }) => segments)
      .filter((segment) => segment.sealed && segment.orphans.size === 0 && pending.has(segment));
  }

  async #findMaxBytes(): Promise<number> {
    const { files, options, folders } = this.setup;
    if (options.maxBytes !== undefined) return options.maxBytes;
    try {
      const free = await files.freeBytes(options.directory);
      // The bytes of the journal itself count as free.
      return Math.min(MAX_BYTES, Math.max((free + folders.bytes) * PART_OF_FREE, 4 * options.segmentBytes));
    } catch (error) {
      if (diskCodeOf(error) === undefined) throw error;
      return MAX_BYTES;
    }
  }
}
