import type { TrackingProblem } from './tracking-problem.js';

/** Which problems `isHealthy()` reports, and how. */
export interface TrackingHealthOptions {
  /**
   * The status of a problem. Default `degraded`: it is shown, and Terminus still answers 200. Terminus 11 has no
   * `degraded` and shows `up` with the problems. With `down` Terminus answers 503, and load balancers and Kubernetes
   * stop sending requests to the instance, which an outage of a platform does not justify.
   */
  readonly onDegraded?: 'degraded' | 'up' | 'down' | undefined;
  /** Age in milliseconds at which a destination's oldest pending event is a problem. Default 900,000 (15 minutes). */
  readonly maxBacklogAgeMs?: number | undefined;
  /** Number of a destination's dead letters above which they are a problem. Default 100. */
  readonly maxDeadLetters?: number | undefined;
  /**
   * How long a loss of events stays a problem after a check found it, in milliseconds. Default 600,000 (10 minutes).
   */
  readonly lossWindowMs?: number | undefined;
  /** Kinds of problems that are reported. Default: all. */
  readonly watch?: readonly TrackingProblem['kind'][] | undefined;
  /** Names of the destinations that are checked. Default: all. */
  readonly destinations?: readonly string[] | undefined;
}
