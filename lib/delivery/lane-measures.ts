import type { EventBuffer } from '../buffer/event-buffer.js';
import type { TellNotice } from '../observe/notices.js';
import type { TrackingTelemetry } from '../observe/telemetry.js';
import type { Clock } from '../host/clock.js';
import type { LaneAttempt } from './attempt.js';
import type { Batch } from './batch.js';
import { deliveryMessages } from './delivery.messages.js';
import type { LaneDestination } from './lane-destination.js';
import type { AttemptResult } from './reading.js';

const WINDOW_MS = 60_000;
/** Weight of the newest round trip in the running mean. */
const SMOOTHING = 0.1;

/** Gets the times of a lane; must not throw. An absent part costs nothing. */
export type LaneTelemetry = {
  readonly [Part in 'attempted' | 'delivered']: TrackingTelemetry[Part] | undefined;
};

/** The figures of a lane for `stats()`. */
export interface LaneFigures {
  /** Requests made. */
  readonly attempts: number;
  /** Requests whose events had been sent before. */
  readonly retries: number;
  /** Delivered events whose answer could not be read. */
  readonly unverified: number;
  /** Events in flight, at most, divided by the round trip; null before the first delivery. */
  readonly capacityPerSecond: number | null;
}

/** The sources of the figures. */
export interface LaneMeasuresSetup {
  readonly destination: Pick<LaneDestination, 'name' | 'concurrency' | 'batch'>;
  readonly buffer: Pick<EventBuffer, 'ledger'>;
  readonly clock: Clock;
  readonly telemetry?: LaneTelemetry | undefined;
  readonly notice: TellNotice;
}

/** The figures of a lane: for `stats()`, telemetry, and the notice `over_capacity`. */
export class LaneMeasures {
  #attempts = 0;
  #retries = 0;
  #unverified = 0;
  #roundTripMs = 0;
  #windowStart: number;
  #intakeAtStart = 0;
  #isOverCapacity = false;

  constructor(private readonly setup: LaneMeasuresSetup) {
    this.#windowStart = setup.clock.monotonic();
  }

  get figures(): LaneFigures {
    const [attempts, retries, unverified] = [this.#attempts, this.#retries, this.#unverified];
    return { attempts, retries, unverified, capacityPerSecond: this.#capacityPerSecond };
  }

  /** A request is made of the batch. */
  sent(batch: Batch): void {
    this.#attempts++;
    if (batch.totalAttempts > 0) this.#retries++;
    batch.sent();
  }

  /** Nothing was sent, so it does not count as an attempt. */
  notSent(batch: Batch): void {
    this.#attempts--;
    batch.notSent();
    if (batch.totalAttempts > 0) this.#retries--;
  }

  ended({ batch, startedAt }: LaneAttempt, result: AttemptResult): void {
    const { clock, destination, telemetry } = this.setup;
    telemetry?.attempted?.({
      lane: destination.name,
      durationMs: clock.monotonic() - startedAt,
      events: batch.size,
      ...('answer' in result ? { status: result.answer.status } : { failure: result.failure }),
    });
  }

  /** @param batch the events of the attempt that were delivered */
  delivered(batch: Batch, { startedAt }: LaneAttempt, isVerified: boolean): void {
    const { clock, destination, telemetry } = this.setup;
    const now = clock.monotonic();
    if (!isVerified) this.#unverified += batch.size;
    telemetry?.delivered?.(
      destination.name,
      batch.events.map(({ since }) => Math.max(0, now - since)),
    );
    const measured = Math.max(now - startedAt, 0.1);
    this.#roundTripMs += this.#roundTripMs === 0 ? measured : (measured - this.#roundTripMs) * SMOOTHING;
    if (now - this.#windowStart >= WINDOW_MS) this.#compareIntake(now);
  }

  /** Once a minute. A lane with one event per request to a distant host reaches its capacity first. */
  #compareIntake(now: number): void {
    const { buffer, destination, notice } = this.setup;
    const { accepted } = buffer.ledger(destination.name);
    const perSecond = Math.round(((accepted - this.#intakeAtStart) * 1_000) / (now - this.#windowStart));
    this.#windowStart = now;
    this.#intakeAtStart = accepted;
    const capacity = this.#capacityPerSecond!;
    if (this.#isOverCapacity || perSecond <= capacity) return;
    this.#isOverCapacity = true;
    notice('over_capacity', destination.name, () =>
      deliveryMessages.overCapacity(destination.name, perSecond, capacity),
    );
  }

  get #capacityPerSecond(): number | null {
    const { concurrency, batch } = this.setup.destination;
    if (this.#roundTripMs === 0) return null;
    return Math.round((concurrency * batch.maxEvents * 1_000) / this.#roundTripMs);
  }
}
