import type { LastRefusal, LaneTrouble } from '../event/last-refusal.js';
import type { Reason } from '../event/reasons.js';
import type { Clock } from '../host/clock.js';
import { answerForLog } from './answer/for-log.js';
import type { LaneAttempt } from './attempt.js';
import type { Batch } from './batch.js';
import { deliveryMessages } from './delivery.messages.js';
import type { Evidence, NextStep } from './evidence.js';
import type { LaneFigures, LaneMeasures } from './lane-measures.js';
import type { LaneSignals } from './lane-signals.js';
import type { LeasedBatches } from './leased-batches.js';
import { type AttemptResult, failureOf, isNoRequest, PRIVATE_ADDRESS } from './reading.js';
import type { Throttle } from './throttle.js';

/** After the first delivery, refusals in a row are stored from this count on: one bad event costs no write. */
const REFUSALS_TO_STORE = 4;
/** Least time between two stored states of a lane that refuses again and again. */
const STORE_AGAIN_MS = 10_000;

/** A refused request. */
export interface Refused {
  /** Set if the answer is about credentials or configuration, not about an event. */
  readonly parkAs?: Reason | undefined;
  /** The status of the answer; absent without one. */
  readonly status?: number | undefined;
  /** The destination's message about its configuration. */
  readonly cause?: string | undefined;
}

/** The parts of a lane that decide about its health, or report it. */
export interface LaneHealthSetup {
  readonly throttle: Throttle;
  readonly evidence: Evidence;
  readonly batches: LeasedBatches;
  readonly measures: LaneMeasures;
  readonly signals: LaneSignals;
  readonly clock: Clock;
  /** Stores why the lane delivers nothing, for the command line; undefined: it delivers. */
  readonly store: (trouble: LaneTrouble | undefined) => void;
}

/** Whether a lane delivers, fails, refuses or is parked: for its next attempts, the log, `lifecycle$`, `stats()` and the command line. */
export class LaneHealth {
  #last: Omit<LastRefusal, 'count'> | undefined;
  /** Refused requests since the last success. */
  #refusals = 0;
  #lastFailure = '';
  #stored: LaneTrouble | undefined;
  #storedAt = -Infinity;

  constructor(private readonly setup: LaneHealthSetup) {}

  /** The newest attempt that succeeded; 0 for none. */
  get newestSuccess(): number {
    return this.setup.evidence.newestSuccess;
  }

  get #hasDelivered(): boolean {
    return this.newestSuccess > 0;
  }

  get figures(): LaneFigures {
    return this.setup.measures.figures;
  }

  get lastRefusal(): LastRefusal | null {
    return this.#last === undefined ? null : { ...this.#last, count: this.#refusals };
  }

  /** Why the lane delivers nothing now, as a sentence; undefined if it would. */
  get cause(): string | undefined {
    const answer = this.#refusals === 0 ? undefined : this.#last?.answer;
    const { attempts, parking } = this.setup.throttle;
    if (parking.parked !== null) return deliveryMessages.becauseParked(parking.parked.reason, answer);
    if (attempts.failing) return deliveryMessages.becauseFailing(this.#lastFailure);
    if (answer === undefined) return undefined;
    return this.#hasDelivered
      ? deliveryMessages.becauseRefused(this.#refusals, answer)
      : deliveryMessages.becauseAllRefused(this.#refusals, answer);
  }

  /** An attempt begins. That of a parked lane is a probe. @returns its number */
  begin(batch: Batch): number {
    const { measures, throttle } = this.setup;
    measures.sent(batch);
    if (throttle.parking.isParked) throttle.parking.startProbe(batch);
    return throttle.attempts.start();
  }

  /** No request could be made for the attempt. @returns whether it was a probe */
  notMade(batch: Batch): boolean {
    this.setup.measures.notSent(batch);
    return this.endProbe(batch);
  }

  /** @param pauseMs that the platform asks the whole lane for. @returns whether it was a probe */
  ended(attempt: LaneAttempt, result: AttemptResult, pauseMs: number): boolean {
    const { measures, throttle } = this.setup;
    measures.ended(attempt, result);
    if (pauseMs > 0) throttle.hold(pauseMs);
    return this.endProbe(attempt.batch);
  }

  endProbe(batch: Batch): boolean {
    return this.setup.throttle.parking.endProbe(batch);
  }

  /** @param batch the events of the attempt that were delivered */
  succeeded(batch: Batch, attempt: LaneAttempt, isVerified: boolean): void {
    const { batches, evidence, measures, signals, throttle } = this.setup;
    measures.delivered(batch, attempt, isVerified);
    if (throttle.attempts.failing) {
      signals.line('info', 'recovered', deliveryMessages.recovered);
      batches.retryHealthy();
    }
    throttle.attempts.succeeded();
    this.#refusals = 0;
    // An earlier process may have stored a state.
    const isFirst = !this.#hasDelivered;
    evidence.succeeded(attempt);
    if (!throttle.parking.isParked && (isFirst || this.#stored !== undefined)) this.#clear();
    if (throttle.parking.isResumedBy(attempt.number)) this.#resume();
    batches.retrySuspects(attempt.number);
  }

  /** The platform failed. @param asksForPause whether the answer had `Retry-After` */
  failed(batch: Batch, { number }: LaneAttempt, failure: string, asksForPause: boolean): void {
    const { attempts } = this.setup.throttle;
    const wasFailing = attempts.failing;
    // An event that is known to fail alone does not show the platform's health.
    if (!batch.failsAlone) attempts.failed(number, asksForPause);
    this.#lastFailure = failure;
    if (wasFailing || !attempts.failing) return;
    this.setup.signals.line('error', 'failing', (lane) => deliveryMessages.failing(lane, failure));
  }

  /** As {@link failed}, for events that may be the cause. @returns what to do with them */
  failedBy(batch: Batch, attempt: LaneAttempt, result: AttemptResult, asksForPause: boolean): NextStep {
    const { evidence, throttle } = this.setup;
    const isLane = throttle.attempts.failing || asksForPause;
    this.failed(batch, attempt, failureOf(result), asksForPause);
    return evidence.ofFailed(batch, attempt, result, isLane);
  }

  /** The request was refused as a whole, by the platform or before it was sent. @returns what to do with the batch */
  refused(batch: Batch, attempt: LaneAttempt, { parkAs, status, cause }: Refused): NextStep {
    const { evidence, throttle } = this.setup;
    const step = evidence.ofRefused(batch, parkAs !== undefined, attempt);
    // A parked lane gives up no event, because its refusals are not about an event.
    const applied = throttle.parking.isParked ? 'park' : step;
    if (status !== undefined) this.#refused(batch, status, parkAs ?? 'refused', applied);
    if (step === 'park' && !throttle.parking.isParked) this.#park(parkAs ?? 'refused_all', batch, cause);
    return applied;
  }

  /** An answer rejected events by name; each of them is reported as a dead letter. */
  rejected(batch: Batch, status: number, hasDelivered: boolean): void {
    this.#note(batch, status, 'refused');
    if (hasDelivered) return;
    this.#refusals++;
    this.#storeAgain(batch);
  }

  /** A probe has ended. @param isAccepted the platform accepts credentials and configuration */
  probed(isAccepted: boolean): void {
    const { parking } = this.setup.throttle;
    if (!parking.isParked) return;
    if (isAccepted) this.#resume();
    else parking.probeFailed();
  }

  pauseIfFailing(): void {
    this.setup.throttle.pauseIfFailing();
  }

  /** The process ends: stores the last count. */
  close(): void {
    const { parked, lastRefusal } = this.#stored ?? {};
    if (!lastRefusal || parked === undefined) return;
    this.setup.store({ parked, lastRefusal: { ...lastRefusal, count: this.#refusals } });
  }

  /** @param step a parked lane and a dead letter have a line of their own */
  #refused(batch: Batch, status: number, reason: Reason, step: NextStep): void {
    const { signals } = this.setup;
    this.#note(batch, status, reason);
    this.#refusals++;
    if (step !== 'park') signals.ofLane('refused', { reason, answer: batch.answer ?? '' });
    if (step !== 'park' && step !== 'dead') {
      const message = this.#hasDelivered ? deliveryMessages.refused : deliveryMessages.refusedFirst;
      signals.line('warn', 'refused', (lane) => message(lane, shownOf(batch)));
    }
    this.#storeAgain(batch);
  }

  /** @param cause the destination's message about its configuration */
  #park(reason: Reason, batch: Batch, cause: string | undefined): void {
    const { signals, throttle } = this.setup;
    const { answer } = batch;
    throttle.parking.park(reason, throttle.attempts.begun);
    signals.line('error', `parked ${reason}`, (lane) => {
      if (cause !== undefined) return deliveryMessages.notConfigured(lane, cause);
      if (answer === PRIVATE_ADDRESS) return deliveryMessages.privateHost(lane);
      if (isNoRequest(answer)) return deliveryMessages.noRequest(lane, reason, answer!);
      return deliveryMessages.parked(lane, reason, shownOf(batch));
    });
    signals.ofLane('parked', { reason, ...(answer !== undefined && { answer }) });
    this.#store(batch);
  }

  #resume(): void {
    const { batches, signals, throttle } = this.setup;
    throttle.parking.resume();
    batches.retryHealthy();
    signals.line('info', 'resumed', deliveryMessages.resumed);
    signals.ofLane('resumed');
    this.#clear();
  }

  #note(batch: Batch, status: number, reason: Reason): void {
    this.#last = { status, reason, answer: batch.answer ?? String(status), at: this.setup.clock.now() };
  }

  /** Stores the first refusal of a destination that has delivered nothing, and then more and more rarely. */
  #storeAgain(batch: Batch): void {
    const count = this.#refusals;
    const isTurn = (count & (count - 1)) === 0 && (count >= REFUSALS_TO_STORE || !this.#hasDelivered);
    if (isTurn && this.setup.clock.monotonic() - this.#storedAt >= STORE_AGAIN_MS) this.#store(batch);
  }

  #store(batch: Batch): void {
    const { lastRefusal: last } = this;
    const lastRefusal = last && { ...last, answer: shownOf(batch) ?? String(last.status) };
    this.#stored = { parked: this.setup.throttle.parking.parked, lastRefusal };
    this.#storedAt = this.setup.clock.monotonic();
    this.setup.store(this.#stored);
  }

  #clear(): void {
    this.#stored = undefined;
    this.setup.store(undefined);
  }
}

function shownOf({ answer, events }: Batch): string | undefined {
  return answer === undefined ? undefined : answerForLog(answer, events);
}
