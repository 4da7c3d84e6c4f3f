/** Something in a journal that cannot be read as it was written. */
export interface Damage {
  /** `<group>/<origin>`; `<group>` alone for what lies beside the folders; empty where `file` is the whole path. */
  readonly folder: string;
  readonly file: string;
  readonly offset: number;
  readonly bytes: number;
  /** Of `missing` and `torn`: how many lines are lost, as far as that is known. */
  readonly lines?: number | undefined;
  /**
   * `line`: does not pass its checksum, or is none of ours. `missing`: events that
   * should be there and are gone, by their frame's header or by the number with which the next segment begins.
   * `log`: a line of an acknowledgement, dead-letter or history log. `owner`: `owner.json`. `torn`: the end of a file whose
   * writer died in the middle of a line, which is how a crash looks and no damage. `unknown`: a file that the journal did not
   * write, such as a segment that was compressed or renamed: its events are not read. `unreadable`: a folder or file that
   * cannot be read.
   */
  readonly what: 'line' | 'missing' | 'log' | 'owner' | 'torn' | 'unknown' | 'unreadable';
  /** Of `unreadable`: the system's error code. */
  readonly code?: string | undefined;
  /** Its beginning. */
  readonly text?: string | undefined;
}
