import type { OnFull } from '../memory/memory-options.js';

/** When written events become safe against a power loss. They survive a crash of the process with every value. */
export type Fsync =
  /** With each group: what is `committed` survives a loss of power. */
  | 'group'
  /** When the operating system writes them, usually within 30 seconds. */
  | 'off';

/** Options of `journal()`. */
export interface JournalOptions {
  /** The journal's directory; created if missing. Several processes may share it. It must be on a persistent disk. */
  readonly directory: string;
  /** Default `group`. */
  readonly fsync?: Fsync | undefined;
  /** Disk space of the journal in bytes. Default: 2 GiB, or a tenth of the free space at start, whichever is less. */
  readonly maxBytes?: number | undefined;
  /**
   * How long delivered events are kept, for inspection and replay. Default: 7 days and 268,435,456 bytes, whichever
   * limit is reached first.
   */
  readonly retain?: { readonly days?: number | undefined; readonly bytes?: number | undefined } | undefined;
  /** How a journal that is full of undelivered events makes room. Default `dropOldest`. */
  readonly onFull?: OnFull | undefined;
  /** Bytes after which the journal starts a new file. Default 16 MiB. */
  readonly segmentBytes?: number | undefined;
  /**
   * Memory in bytes for events that are not written yet, such as while the disk fails. Default 134,217,728 (128 MiB).
   */
  readonly maxMemoryBytes?: number | undefined;
  /**
   * Milliseconds without a heartbeat after which another process counts as dead, if its state is not known otherwise.
   * Default 10,000.
   */
  readonly leaseMs?: number | undefined;
}

/** The options with every default filled in; `maxBytes` is found out at start where it is not given. */
export interface ResolvedJournalOptions {
  readonly directory: string;
  readonly fsync: Fsync;
  readonly maxBytes: number | undefined;
  readonly retain: { readonly days: number; readonly bytes: number };
  readonly onFull: OnFull;
  readonly segmentBytes: number;
  readonly maxMemoryBytes: number;
  readonly leaseMs: number;
}

const GIB = 1_073_741_824;
export const MAX_BYTES = 2 * GIB;

/** Fills in the defaults. */
export function resolveJournalOptions(options: JournalOptions): ResolvedJournalOptions {
  return {
    directory: options.directory,
    fsync: options.fsync ?? 'group',
    maxBytes: options.maxBytes,
    retain: { days: options.retain?.days ?? 7, bytes: options.retain?.bytes ?? 268_435_456 },
    onFull: options.onFull ?? 'dropOldest',
    segmentBytes: options.segmentBytes ?? 16_777_216,
    maxMemoryBytes: options.maxMemoryBytes ?? 134_217_728,
    leaseMs: options.leaseMs ?? 10_000,
  };
}
