import type { OnFull } from '../memory/memory-options.js';

/** When what was written is made to survive a loss of power. Whatever it says, it survives the process. */
export type Fsync =
  /** With each group: what is `committed` survives a loss of power. */
  | 'group'
  /** Once a second. */
  | 'everySecond'
  /** When the operating system likes to, usually within 30 seconds. */
  | 'off';

/** Options of `journal()`. */
export interface JournalOptions {
  /** Where it writes; made where it does not exist. Several processes may share it. It must be on a disk that stays. */
  readonly directory: string;
  /** Default `group`. */
  readonly fsync?: Fsync;
  /** Bytes that it may take on the disk. Default 2 GiB, or a tenth of what is free at start, whichever is less. */
  readonly maxBytes?: number;
  /** How long what was sent is kept, to look at and to send again. Default 7 days and 268,435,456 bytes, whichever ends first. */
  readonly retain?: { readonly days?: number; readonly bytes?: number };
  /** What happens when `maxBytes` are full of events that were not sent. Default `dropOldest`. */
  readonly onFull?: OnFull;
  /** Bytes after which a new file is begun. Default 16 MiB. */
  readonly segmentBytes?: number;
  /** Bytes of memory for events that the disk has not taken, as when it fails. Default 134,217,728 (128 MiB). */
  readonly maxMemoryBytes?: number;
  /** Milliseconds without a sign of life after which a process counts as dead, where nothing else tells. Default 10,000. */
  readonly leaseMs?: number;
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
