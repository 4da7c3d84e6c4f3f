import { choice, count, group, valueThat } from '../../../config/kinds.js';
import type { OptionsOf, ValuesOf } from '../../../config/option.js';
import { readRows } from '../../../config/rows.js';

const GIB = 1_073_741_824;
export const MIN_SEGMENT_BYTES = 65_536;
export const MAX_BYTES = 2 * GIB;

/** When written events become safe against a power loss. They survive a crash of the process with every value. */
export type Fsync =
  /** With each group: committed events survive a power loss. */
  | 'group'
  /** When the operating system writes them, usually within 30 seconds. */
  | 'off';

export const journalRows = {
  /**
   * The journal's directory; created if missing. Several processes may share it. It must be on a persistent disk.
   */
  directory: valueThat<string>(
    'string',
    "a folder on a disk that stays, such as 'var/tracking'",
    (value) => typeof value === 'string' && value.trim() !== '',
  ).always(),
  /**
   * When written events are safe against a power loss. See docs/guarantees.md#disk-and-power-with-journal.
   * @default 'group'
   */
  fsync: choice('group', 'off').default('group'),
  /**
   * Disk space of the segments of each process in bytes. The smallest value is two segments and two of the largest events.
   * @default 2 GiB or a tenth of the free space, whichever is less; at least four segments
   */
  maxBytes: count(1),
  retain: group({
    /**
     * How long delivered events are kept, in days, for inspection and replay.
     * @default 7
     */
    days: count(0).default(7),
    /**
     * Bytes of delivered events that are kept. The limit that is reached first applies. The default is 256 MiB.
     * @default 268,435,456
     */
    bytes: count(0).default(268_435_456),
  }),
  /**
   * How a journal that is full of undelivered events makes room.
   * @default 'dropOldest'
   */
  onFull: choice('dropOldest', 'rejectNewest').default('dropOldest'),
  /**
   * Bytes after which the journal starts a new file; also after an hour. The default is 16 MiB.
   * @default 16,777,216
   */
  segmentBytes: count(MIN_SEGMENT_BYTES, GIB).default(16_777_216),
  /**
   * Memory in bytes for events that are not written yet, such as while the disk fails. The default is 128 MiB.
   * @default 134,217,728
   */
  maxMemoryBytes: count(1_048_576).default(134_217_728),
  /**
   * Milliseconds without a heartbeat after which another process counts as dead, if its state is not known otherwise.
   * @default 10,000
   */
  leaseMs: count(1_000, 3_600_000).default(10_000),
};

/** Options of `journal()`. */
export interface JournalOptions extends OptionsOf<typeof journalRows> {}

type Values = ValuesOf<typeof journalRows>;

/** The options with their defaults. The default of `maxBytes` is determined at start. */
export interface ResolvedJournalOptions extends Omit<Values, 'retain'> {
  readonly retain: ValuesOf<typeof journalRows.retain.members>;
}

/** Fills in the defaults of checked options. */
export function resolveJournalOptions(options: JournalOptions): ResolvedJournalOptions {
  const retain = readRows(journalRows.retain.members, options.retain ?? {});
  return { ...readRows(journalRows, options), retain };
}
