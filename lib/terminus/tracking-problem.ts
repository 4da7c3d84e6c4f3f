/** A problem that needs attention. */
export interface TrackingProblem {
  readonly kind:
    | 'parked' // a destination stopped: credentials or configuration
    | 'refused' // a destination has delivered nothing since the process started, and rejects its requests
    | 'backlog' // a destination's oldest event has been pending for too long
    | 'loss' // events were lost: dropped, or rejected because the buffer was full
    | 'dead_letters' // a destination has too many dead letters
    | 'journal' // the disk rejects writes
    | 'stranded' // pending events in the journal that no process delivers
    | 'unreadable' // folders or files of the journal that cannot be used
    | 'internal_error'; // an unexpected error in this package
  /** The destination; absent if the problem affects all of them. */
  readonly destination?: string;
  /** The problem and its remedy, in one line. */
  readonly message: string;
}
