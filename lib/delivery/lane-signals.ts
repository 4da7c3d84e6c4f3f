import type { LifecycleEvent, LifecycleStream } from '../observe/lifecycle.js';
import type { Reason } from '../event/reasons.js';
import type { Clock } from '../host/clock.js';
import type { Log } from '../host/log.js';
import type { Batch } from './batch.js';

/** A lane's lines in the log, and its events of `lifecycle$`. */
export class LaneSignals {
  constructor(
    readonly lane: string,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly lifecycle: LifecycleStream,
  ) {}

  /** Logs at most one line of a kind a minute. */
  line(level: 'info' | 'warn' | 'error', kind: string, message: (lane: string) => string): void {
    this.log.limited(level, `${kind} ${this.lane}`, () => message(this.lane));
  }

  /** A change of the lane. */
  ofLane(
    type: 'refused' | 'parked' | 'resumed',
    details: Pick<LifecycleEvent, 'reason' | 'answer'> = {},
  ): void {
    if (!this.lifecycle.observed) return;
    this.lifecycle.emit({ type, at: this.clock.now(), lane: this.lane, ...details });
  }

  /** One change of several events. */
  ofEvents(type: 'delivered' | 'retrying' | 'dead', batch: Batch, reason?: Reason): void {
    if (!this.lifecycle.observed) return;
    const at = this.clock.now();
    for (const { event } of batch.events) {
      this.lifecycle.emit({ type, at, lane: this.lane, event, ...(reason !== undefined && { reason }) });
    }
  }
}
