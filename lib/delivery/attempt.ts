import type { Batch } from './batch.js';
import type { LaneSecret } from './lane-credentials.js';

/** One attempt to send a batch, and the state of the lane when it began. */
export interface LaneAttempt {
  readonly batch: Batch;
  /** Attempts of the lane are numbered from 1. */
  readonly number: number;
  /** The newest attempt that had succeeded. */
  readonly known: number;
  /** The buffer had more pending events than it could hand out. */
  readonly isWithheld: boolean;
  /** Monotonic time. */
  readonly startedAt: number;
  readonly secret: LaneSecret;
  /** Secrets of the request itself. */
  readonly secrets?: readonly string[] | undefined;
}
