/** Something that somebody should see to. */
export interface TrackingProblem {
  readonly kind:
    | 'parked' // a destination takes nothing: credentials or configuration
    | 'backlog' // a destination's oldest event waits too long
    | 'loss' // events were lost: dropped, or refused because there was no room
    | 'dead_letters' // a destination has refused too many events
    | 'journal'; // the disk takes nothing
  /** The destination; absent where it is about all of them. */
  readonly destination?: string;
  /** What it is and what to do, in one line. */
  readonly message: string;
}
