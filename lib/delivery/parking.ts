import type { LaneTrouble } from '../event/last-refusal.js';
import type { Reason } from '../event/reasons.js';
import type { Clock } from '../host/clock.js';
import type { Batch } from './batch.js';

/** Whether a lane is parked because its platform rejects everything. Then one event at a time is sent as a probe. */
export class Parking {
  #parked: LaneTrouble['parked'] = null;
  /** The lane's newest attempt when it was parked. */
  #since = 0;
  #probe: Batch | undefined;
  #probeAt = 0;
  #failedProbes = 0;
  #probes = 0;

  constructor(
    private readonly clock: Clock,
    /** The pause after so many failures. */
    private readonly pauseMs: (failures: number) => number,
  ) {}

  /** Why and since when the lane is parked; null if it is not. */
  get parked(): LaneTrouble['parked'] {
    return this.#parked;
  }

  get isParked(): boolean {
    return this.#parked !== null;
  }

  /** The probe that is in flight. */
  get probe(): Batch | undefined {
    return this.#probe;
  }

  /** Monotonic time of the next probe; 0 if the lane is not parked. */
  get probeAt(): number {
    return this.isParked ? this.#probeAt : 0;
  }

  /** @param begun attempts of the lane so far */
  park(reason: Reason, begun: number): void {
    this.#parked = { reason, at: this.clock.now() };
    this.#since = begun;
    this.#failedProbes = 0;
    this.#probes = 0;
    this.#planProbe();
  }

  resume(): void {
    this.#parked = null;
    this.#probe = undefined;
  }

  /** Whether a success of this attempt resumes the lane. An attempt from before it was parked may succeed late. */
  isResumedBy(attempt: number): boolean {
    return this.isParked && attempt > this.#since;
  }

  startProbe(batch: Batch): void {
    this.#probe = batch;
    batch.probed(++this.#probes);
  }

  /** @returns whether the batch was the probe */
  endProbe(batch: Batch): boolean {
    if (this.#probe !== batch) return false;
    this.#probe = undefined;
    return true;
  }

  probeFailed(): void {
    this.#failedProbes++;
    this.#planProbe();
  }

  #planProbe(): void {
    this.#probeAt = this.clock.monotonic() + this.pauseMs(this.#failedProbes + 1);
  }
}
