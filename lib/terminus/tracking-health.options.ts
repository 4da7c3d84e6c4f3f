import type { TrackingProblem } from './tracking-problem.js';

/** What `isHealthy()` looks at, and what it makes of it. */
export interface TrackingHealthOptions {
  /**
   * What a problem is reported as. Default `degraded`: it is shown, and Terminus goes on answering 200. Terminus 11 does not
   * know `degraded`: there it is `up`, with the problems beside it. `down` makes Terminus answer 503, on which load balancers
   * and Kubernetes take the instance out of rotation: a platform that is down is no reason for that.
   */
  readonly onDegraded?: 'degraded' | 'up' | 'down';
  /** Age in milliseconds from which a destination's oldest waiting event is a problem. Default 900,000 (15 minutes). */
  readonly maxBacklogAgeMs?: number;
  /** Dead letters that a destination may have. Default 100. */
  readonly maxDeadLetters?: number;
  /** How long a loss of events stays a problem after a look has found it, in milliseconds. Default 600,000 (10 minutes). */
  readonly lossWindowMs?: number;
  /** Kinds of problems that count. Default: all. */
  readonly watch?: readonly TrackingProblem['kind'][];
  /** Names of the destinations that are looked at. Default: all. */
  readonly destinations?: readonly string[];
}
