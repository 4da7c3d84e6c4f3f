import type { Reason } from '../event/reasons.js';
import type { AnswerKeeper } from './answer/answer-keeper.js';
import type { LaneAttempt } from './attempt.js';
import type { Batch } from './batch.js';
import type { LaneCredentials } from './lane-credentials.js';
import type { LaneHealth } from './lane-health.js';
import type { LaneMeasures } from './lane-measures.js';
import type { LaneQueue } from './lane-queue.js';
import type { LeasedBatches } from './leased-batches.js';
import type { PersonOrder } from './order/person-order.js';
import { failureOf, type AttemptResult } from './reading.js';
import type { Settlements } from './settlements.js';
import type { Throttle } from './throttle.js';
import type { Verdict, Verdicts } from './verdicts.js';

/** The parts of a lane that outcomes change. */
export interface ConsequencesSetup {
  readonly answers: AnswerKeeper;
  readonly batches: LeasedBatches;
  readonly credentials: LaneCredentials;
  readonly health: LaneHealth;
  readonly measures: LaneMeasures;
  readonly order: PersonOrder;
  readonly queue: LaneQueue;
  readonly settlements: Settlements;
  readonly throttle: Throttle;
  readonly verdicts: Verdicts;
}

/** A refused request. */
export interface Refused {
  /** Set if the answer is about credentials or configuration, not about an event. */
  readonly parkAs?: Reason | undefined;
  /** The status of the answer; absent without one. */
  readonly status?: number | undefined;
  /** The reason of a dead letter. Default `refused`. */
  readonly deadAs?: Reason | undefined;
  /** The destination's message about its configuration. */
  readonly cause?: string | undefined;
}

/** Applies an outcome: settles or retries the batch, and changes the state of the lane. */
export class Consequences {
  constructor(private readonly setup: ConsequencesSetup) {}

  delivered(batch: Batch, attempt: LaneAttempt, isVerified = true): void {
    const { settlements, measures, verdicts, credentials, health } = this.setup;
    settlements.delivered(batch);
    measures.delivered(batch, attempt, isVerified);
    verdicts.succeeded(attempt);
    credentials.proven(attempt.secret);
    health.succeeded(attempt);
  }

  /** @param asksForPause whether the answer had `Retry-After` */
  failed(batch: Batch, attempt: LaneAttempt, result: AttemptResult, asksForPause: boolean): void {
    const { answers, health, throttle, verdicts } = this.setup;
    const wasFailing = throttle.window.failing;
    health.failed(batch, attempt, failureOf(result), asksForPause);
    const verdict = verdicts.ofFailed(batch, attempt, result, wasFailing || asksForPause);
    if (batch.failsAlone) batch.answer = answers.ofResult(result);
    this.#carryOut(verdict, batch, 'refused');
  }

  /** The outcome is unknown, and the platform does not recognise repeats. */
  unknown(batch: Batch, result: AttemptResult): void {
    batch.answer = this.setup.answers.ofResult(result);
    this.setup.settlements.dead(batch, 'outcome_unknown');
  }

  /** The request was refused as a whole, by the platform or before it was sent. */
  refused(batch: Batch, attempt: LaneAttempt, { parkAs, status, deadAs = 'refused', cause }: Refused): void {
    const { batches, health, throttle, verdicts } = this.setup;
    const verdict = verdicts.ofRefused(batch, parkAs !== undefined, attempt);
    const { isParked } = throttle.parking;
    if (status !== undefined) {
      const reported = isParked ? 'park' : verdict;
      health.refused(batch, status, parkAs ?? 'refused', reported);
    }
    // A parked lane gives up no event, because its refusals are not about an event.
    if (isParked) batches.setAside(batch);
    else this.#carryOut(verdict, batch, deadAs);
    if (verdict === 'park' && !isParked) health.park(parkAs ?? 'refused_all', batch, cause);
  }

  /** No request can be made of the batch. Only a single event is given up. */
  unsendable(batch: Batch, reason: Reason): void {
    this.#carryOut(batch.size > 1 ? 'halve' : 'dead', batch, reason);
  }

  /** The answer is too long to be read: further batches are smaller. */
  unreadable(batch: Batch): void {
    this.setup.queue.capAt(Math.ceil(batch.size / 2));
    this.setup.batches.addNext(batch.halves(false));
  }

  /** The platform named these events, and rejected each with a detail. */
  rejected(batch: Batch, details: readonly unknown[], status: number, hasDelivered: boolean): void {
    const { answers, health, settlements } = this.setup;
    const singles = batch.events.map((held) => batch.part([held]));
    for (const [i, single] of singles.entries()) {
      single.answer = answers.ofEvent(status, details[i]);
      settlements.dead(single, 'refused');
    }
    health.rejected(singles.at(-1)!, status, hasDelivered);
  }

  #carryOut(verdict: Verdict, batch: Batch, deadAs: Reason): void {
    const { batches, order, queue, settlements } = this.setup;
    switch (verdict) {
      case 'again':
        return queue.retryLater(batch);
      case 'dead':
        return settlements.dead(batch, deadAs);
      case 'halve':
        // Before all other batches, so that the refused event is soon alone.
        return batches.addNext(batch.halves());
      case 'park':
        return batches.setAside(batch);
      case 'setAside':
        batches.setAside(batch);
        if (batch.size === 1) order.letPass(batch);
    }
  }
}
