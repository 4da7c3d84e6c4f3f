import { checkRows, valuesOf } from '../config/rows.js';
import { choice, count, list, valueThat } from '../config/kinds.js';
import type { OptionsOf, ValuesOf } from '../config/option.js';

const KINDS = [
  'parked', // a destination stopped: credentials or configuration
  'refused', // a destination has delivered nothing since the process started, and rejects its requests
  'backlog', // a destination's oldest event has been pending for too long
  'loss', // events were lost: dropped, or rejected because the buffer was full
  'dead_letters', // a destination has too many dead letters
  'journal', // the disk rejects writes
  'stranded', // pending events in the journal that no process delivers
  'unreadable', // folders or files of the journal that cannot be used
  'internal_error', // an unexpected error in this package
] as const;

/** A problem that needs attention. */
export interface TrackingProblem {
  readonly kind: (typeof KINDS)[number];
  /** The destination; absent if the problem affects all of them. */
  readonly destination?: string;
  /** The problem and its remedy, in one line. */
  readonly message: string;
}

export const healthRows = {
  /**
   * The status of a problem. `'degraded'`: it is shown, and Terminus still answers 200. `'down'` makes Terminus answer 503.
   *
   * Terminus 11 has no `degraded` and shows `up` with the problems. After a 503, load balancers and Kubernetes stop sending requests
   * to the instance, which an outage of a platform does not justify.
   * @default 'degraded'
   */
  onDegraded: choice('degraded', 'up', 'down').default('degraded'),
  /**
   * Age in milliseconds at which a destination's oldest pending event is a problem. The default is 15 minutes.
   * @default 900,000
   */
  maxBacklogAgeMs: count(0).default(900_000),
  /**
   * Number of a destination's dead letters above which they are a problem.
   * @default 100
   */
  maxDeadLetters: count(0).default(100),
  /**
   * How long a loss of events stays a problem after a check found it, in milliseconds. The default is 10 minutes.
   * @default 600,000
   */
  lossWindowMs: count(0).default(600_000),
  /**
   * Kinds of problems that are reported.
   * @default all
   */
  watch: list('kinds of problems', `an array of ${KINDS.join(', ')}`, choice(...KINDS)),
  /**
   * Names of the destinations that are checked.
   * @default all
   */
  destinations: list<string>(
    'names',
    'an array of names',
    valueThat('name', 'a name', (value) => typeof value === 'string'),
  ),
};

/** Which problems `isHealthy()` reports, and how. */
export interface TrackingHealthOptions extends OptionsOf<typeof healthRows> {}

/** Options with their defaults. */
export type HealthValues = ValuesOf<typeof healthRows>;

/** @throws TrackingConfigError for the first invalid option */
export function healthOptions(options: TrackingHealthOptions): HealthValues {
  checkRows('isHealthy', options, healthRows, { credentials: true });
  return valuesOf(healthRows, options);
}
