/** Why no known process delivers these pending events of a journal's directory. */
export type StrandedReason =
  /** The destination of this name has another account here. */
  | 'account_changed'
  /** Other destinations of the folder are configured here, this one is not. */
  | 'not_configured'
  /** No destination of the folder is configured here. */
  | 'other_service'
  /** A later version of this package wrote the folder. */
  | 'other_version'
  /** The folder or its `owner.json` cannot be read, or the folder cannot be adopted. */
  | 'unreadable';

/** Pending events in one folder of the journal's directory that this process cannot deliver. */
export interface StrandedEvents {
  /** The folder, below the journal's directory. */
  readonly folder: string;
  /** The destination's name in the folder; null if unknown. */
  readonly destination: string | null;
  /** Platform, host and the beginning of a digest, such as `webhook/hooks.example.com/3f9a2c1b45d6`; null if unknown. */
  readonly account: string | null;
  readonly reason: StrandedReason;
  /** Number of events; null if they cannot be counted, or are not counted yet. */
  readonly events: number | null;
}
