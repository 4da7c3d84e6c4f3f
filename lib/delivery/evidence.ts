import type { Clock } from '../host/clock.js';
import type { LaneAttempt } from './attempt.js';
import type { Batch } from './batch.js';
import type { AttemptResult } from './reading.js';
import type { Throttle } from './throttle.js';

/**
 * After this number of refused single events or pieces without a success in between, the platform refuses the lane, not an event.
 */
const REFUSALS_TO_PARK = 3;
/**
 * A batch is halved after this number of failures, each after a success of others, because a platform may also fail at random.
 */
const FAILURES_TO_HALVE = 8;
/** For a piece of a halved batch, one failure is enough, because the other pieces succeed. */
const FAILURES_OF_A_PIECE = 1;
/** An event that fails alone for this time, while others succeed, is dead. */
const PATIENCE_MS = 86_400_000;

const RESETS: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);
/** Time-outs and rate limits are never caused by an event. */
const TOO_FAST: ReadonlySet<number> = new Set([408, 429]);

/** The next step for a batch that was refused or failed. `setAside`: it is retried after another batch succeeds. */
export type NextStep = 'again' | 'dead' | 'halve' | 'setAside' | 'park';

/**
 * Distinguishes an event that a platform refuses, or fails on, from a platform that refuses or fails everything. Only one thing
 * proves that the event is the cause: an attempt that began after its failure succeeded, and an attempt with the event that began
 * after that fails again. An earlier attempt that succeeds late proves nothing: the platform may have changed since.
 */
export class Evidence {
  #newestSuccess = 0;
  #refusalsSinceSuccess = 0;
  readonly #suspects = new Set<string>();

  constructor(
    private readonly throttle: Throttle,
    private readonly clock: Clock,
  ) {}

  /** The newest attempt that succeeded; 0 for none. */
  get newestSuccess(): number {
    return this.#newestSuccess;
  }

  succeeded({ number }: LaneAttempt): void {
    this.#newestSuccess = Math.max(this.#newestSuccess, number);
    this.#refusalsSinceSuccess = 0;
    this.#suspects.clear();
  }

  /** @param speaksOfLane the answer is about credentials or configuration */
  ofRefused(batch: Batch, speaksOfLane: boolean, { known }: LaneAttempt): NextStep {
    const isAlone = batch.size === 1;
    // A dead letter that is sent again was proven to be the cause before. Its refusal says nothing about the lane.
    if (isAlone && !speaksOfLane && batch.events[0]!.wasDead === true) return 'dead';
    const isLane = ++this.#refusalsSinceSuccess >= REFUSALS_TO_PARK;
    const { refusedAt, refusedAloneAt } = batch;
    // If it was refused only within a batch before, and others are refused, too, the platform is the likelier cause.
    const isProven = (isAlone && known > refusedAloneAt) || (known > refusedAt && !isLane);
    batch.refused(this.throttle.attempts.begun);
    if (isProven) return isAlone ? 'dead' : 'halve';
    if (speaksOfLane) return batch.isPiece && !isLane ? 'setAside' : 'park';
    if (!isAlone) return 'halve';
    this.#suspects.add(batch.events[0]!.event.id);
    return this.#suspects.size >= REFUSALS_TO_PARK ? 'park' : 'setAside';
  }

  /** @param isLane the lane was failing, or is asked to wait, so the event is not the cause */
  ofFailed(
    batch: Batch,
    { known, isWithheld }: LaneAttempt,
    result: AttemptResult,
    isLane: boolean,
  ): NextStep {
    if (!mayBeCausedByEvent(result) || this.throttle.parking.isParked) return 'again';
    const step = isLane ? 'again' : this.#ofFailure(batch, known);
    // Such events fill the lane's part of the memory, so no other event can be sent, whose success would be the proof.
    return batch.failsAlone && isWithheld ? 'dead' : step;
  }

  #ofFailure(batch: Batch, known: number): NextStep {
    const failures = batch.failed(this.throttle.attempts.begun, known);
    if (failures < (batch.isPiece ? FAILURES_OF_A_PIECE : FAILURES_TO_HALVE)) return 'again';
    if (batch.size > 1) return 'halve';
    return batch.failedAlone(this.clock.monotonic()) >= PATIENCE_MS ? 'dead' : 'again';
  }
}

/**
 * Whether an attempt failed in a way that an event may have caused. `decode` may ask to try again with any status, because some
 * platforms name their failures in the body.
 */
function mayBeCausedByEvent(result: AttemptResult): boolean {
  return 'failure' in result ? RESETS.has(result.failure) : !TOO_FAST.has(result.answer.status);
}
