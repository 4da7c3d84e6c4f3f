import type { LastRefusal, LaneTrouble } from '../event/last-refusal.js';
import type { Reason } from '../event/reasons.js';
import type { Clock } from '../host/clock.js';
import { answerForLog } from './answer/for-log.js';
import type { LaneAttempt } from './attempt.js';
import type { Batch } from './batch.js';
import { deliveryMessages } from './delivery.messages.js';
import type { LaneSignals } from './lane-signals.js';
import type { LeasedBatches } from './leased-batches.js';
import { isNoRequest, PRIVATE_ADDRESS } from './reading.js';
import type { Throttle } from './throttle.js';
import type { Verdict } from './verdicts.js';

/** After the first delivery, refusals in a row are stored from this count on: one bad event costs no write. */
const REFUSALS_TO_STORE = 4;
/** Least time between two stored states of a lane that refuses again and again. */
const STORE_AGAIN_MS = 10_000;

/** Whether a lane delivers, fails, refuses or is parked: for the log, `lifecycle$`, `stats()` and the command line. */
export class LaneHealth {
  #last: Omit<LastRefusal, 'count'> | undefined;
  /** Refused requests since the last success. */
  #refusals = 0;
  #hasDelivered = false;
  #lastFailure: string | undefined;
  #parked: LaneTrouble['parked'] = null;
  #stored: LaneTrouble | undefined;
  #storedAt = -Infinity;

  constructor(
    private readonly throttle: Throttle,
    private readonly batches: LeasedBatches,
    private readonly signals: LaneSignals,
    private readonly clock: Clock,
    /** Stores why the lane delivers nothing, for the command line; undefined: it delivers. */
    private readonly store: (trouble: LaneTrouble | undefined) => void,
  ) {}

  get lastRefusal(): LastRefusal | null {
    return this.#last === undefined ? null : { ...this.#last, count: this.#refusals };
  }

  /** Why the lane delivers nothing now, as a sentence; undefined if it would. */
  get cause(): string | undefined {
    const answer = this.#refusals === 0 ? undefined : this.#last?.answer;
    if (this.#parked !== null) return deliveryMessages.becauseParked(this.#parked.reason, answer);
    if (this.throttle.window.failing) return deliveryMessages.becauseFailing(this.#lastFailure);
    if (answer === undefined) return undefined;
    return this.#hasDelivered
      ? deliveryMessages.becauseRefused(this.#refusals, answer)
      : deliveryMessages.becauseAllRefused(this.#refusals, answer);
  }

  /** A request delivered something. */
  succeeded({ number }: LaneAttempt): void {
    if (this.throttle.window.failing) {
      this.signals.line('info', 'recovered', deliveryMessages.recovered);
      this.batches.retryHealthy();
    }
    this.throttle.window.succeeded();
    this.#refusals = 0;
    // An earlier process may have stored a state.
    const isFirst = !this.#hasDelivered;
    this.#hasDelivered = true;
    if (this.#parked === null && (isFirst || this.#stored !== undefined)) this.#clear();
    if (this.throttle.parking.isResumedBy(number)) this.#resume();
    this.batches.retrySuspects(number);
  }

  /** The platform failed. @param asksForPause whether the answer had `Retry-After` */
  failed(batch: Batch, { number }: LaneAttempt, failure: string, asksForPause: boolean): void {
    const wasFailing = this.throttle.window.failing;
    // An event that is known to fail alone does not show the platform's health.
    if (!batch.failsAlone) this.throttle.window.failed(number, asksForPause);
    this.#lastFailure = failure;
    if (!wasFailing && this.throttle.window.failing) {
      this.signals.line('error', 'failing', (lane) => deliveryMessages.failing(lane, failure));
    }
  }

  /** A request was refused as a whole. @param verdict a parked lane and a dead letter have a line of their own */
  refused(batch: Batch, status: number, reason: Reason, verdict: Verdict): void {
    this.#note(batch, status, reason);
    this.#refusals++;
    if (verdict !== 'park') this.signals.ofLane('refused', { reason, answer: batch.answer ?? '' });
    if (verdict !== 'park' && verdict !== 'dead') {
      const message = this.#hasDelivered ? deliveryMessages.refused : deliveryMessages.refusedFirst;
      this.signals.line('warn', 'refused', (lane) => message(lane, shownOf(batch)));
    }
    this.#storeAgain(batch);
  }

  /** An answer rejected events by name; each of them is reported as a dead letter. */
  rejected(batch: Batch, status: number, hasDelivered: boolean): void {
    this.#note(batch, status, 'refused');
    if (hasDelivered) return;
    this.#refusals++;
    this.#storeAgain(batch);
  }

  /** @param cause the destination's message about its configuration */
  park(reason: Reason, batch: Batch, cause?: string): void {
    const { answer } = batch;
    this.throttle.parking.park(reason, this.throttle.window.begun);
    this.#parked = { reason, at: this.clock.now() };
    this.signals.line('error', `parked ${reason}`, (lane) => {
      if (cause !== undefined) return deliveryMessages.notConfigured(lane, cause);
      if (answer === PRIVATE_ADDRESS) return deliveryMessages.privateHost(lane);
      if (isNoRequest(answer)) return deliveryMessages.noRequest(lane, reason, answer!);
      return deliveryMessages.parked(lane, reason, shownOf(batch));
    });
    this.signals.ofLane('parked', { reason, ...(answer !== undefined && { answer }) });
    this.#store(batch);
  }

  /** A probe has ended. @param isAccepted the platform accepts credentials and configuration */
  probed(isAccepted: boolean): void {
    const { parking } = this.throttle;
    if (!parking.isParked) return;
    if (isAccepted) this.#resume();
    else parking.probeFailed();
  }

  /** The process ends: stores the last count. */
  close(): void {
    const { parked, lastRefusal } = this.#stored ?? {};
    if (!lastRefusal || parked === undefined) return;
    this.store({ parked, lastRefusal: { ...lastRefusal, count: this.#refusals } });
  }

  #resume(): void {
    this.throttle.parking.resume();
    this.batches.retryHealthy();
    this.#parked = null;
    this.signals.line('info', 'resumed', deliveryMessages.resumed);
    this.signals.ofLane('resumed');
    this.#clear();
  }

  #note(batch: Batch, status: number, reason: Reason): void {
    this.#last = { status, reason, answer: batch.answer ?? String(status), at: this.clock.now() };
  }

  /** Stores the first refusal of a destination that has delivered nothing, and then more and more rarely. */
  #storeAgain(batch: Batch): void {
    const count = this.#refusals;
    const isTurn = (count & (count - 1)) === 0 && (count >= REFUSALS_TO_STORE || !this.#hasDelivered);
    if (isTurn && this.clock.monotonic() - this.#storedAt >= STORE_AGAIN_MS) this.#store(batch);
  }

  #store(batch: Batch): void {
    const { lastRefusal: last } = this;
    const lastRefusal = last && { ...last, answer: shownOf(batch) ?? String(last.status) };
    this.#stored = { parked: this.#parked, lastRefusal };
    this.#storedAt = this.clock.monotonic();
    this.store(this.#stored);
  }

  #clear(): void {
    this.#stored = undefined;
    this.store(undefined);
  }
}

function shownOf({ answer, events }: Batch): string | undefined {
  return answer === undefined ? undefined : answerForLog(answer, events);
}
