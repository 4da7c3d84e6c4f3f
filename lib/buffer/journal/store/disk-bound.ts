import { diskCodeOf } from '../files/absence.js';
import { MAX_BYTES } from '../options/journal-options.js';
import { unlessDiskFails } from './environment.js';
import type { Retention } from './retention.js';
import type { Segment } from './segment.js';
import type { Shedding } from './shedding.js';
import type { JournalStore } from './journal-store.js';

/** The default bound, as a part of the free space. */
const PART_OF_FREE = 0.1;
const NONE: ReadonlySet<string> = new Set();

/**
 * Keeps the journal within `maxBytes`. First it deletes segments without pending events; then `onFull` applies to the lanes with
 * events in the oldest segment. A lane that is down for days never makes a healthy lane reject events.
 */
export class DiskBound {
  /** With `rejectNewest`, the lanes that reject new events. */
  full: ReadonlySet<string> = NONE;
  #maxBytes: number | undefined;

  constructor(
    private readonly store: Pick<JournalStore, 'files' | 'log' | 'options' | 'folders' | 'acknowledger'>,
    private readonly retention: Retention,
    private readonly shedding: Shedding,
  ) {}

  /** Makes room for a write, or from now on rejects events of the lanes with events in the oldest segment. */
  async makeRoom(bytes: number): Promise<void> {
    const { folders, options } = this.store;
    const maxBytes = (this.#maxBytes ??= await this.#findMaxBytes());
    let over = folders.bytes + bytes - maxBytes;
    if (over > 0) over -= await this.retention.freeUp(over);
    if (over <= 0) {
      this.full = NONE;
      return;
    }
    const droppable = this.shedding.droppable();
    // Lanes do not lose events because of segments that cannot be dropped.
    for (const segment of folders.all.flatMap(({ segments }) => segments)) {
      if (segment.sealed && !droppable.includes(segment)) over -= segment.bytes;
    }
    if (options.onFull === 'dropOldest') await this.#dropOldest(over, droppable);
    else this.full = over <= 0 ? NONE : new Set(droppable[0]?.pending.keys());
  }

  /** Deletes all segments whose events are settled, because the disk is full. Never rejects. */
  async freeAll(): Promise<void> {
    await unlessDiskFails(this.store.log, 'freeing disk space', () => this.retention.freeUp(Infinity));
  }

  async #dropOldest(wanted: number, droppable: readonly Segment[]): Promise<void> {
    let over = wanted;
    for (const segment of droppable) {
      if (over <= 0) break;
      await this.shedding.dropSegment(segment);
      // Leased events keep the segment for a while.
      over -= segment.bytes;
    }
    await this.store.acknowledger.write();
    await this.retention.freeUp(wanted - Math.min(over, 0));
  }

  async #findMaxBytes(): Promise<number> {
    const { files, options, folders } = this.store;
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
