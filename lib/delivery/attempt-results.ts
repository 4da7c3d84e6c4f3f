import type { StoredEvent } from '../buffer/event-buffer.js';
import type { Answer, Outcome } from '../destinations/destination.js';
import type { Reason } from '../event/reasons.js';
import type { Clock } from '../host/clock.js';
import type { AnswerKeeper } from './answer/answer-keeper.js';
import type { LaneAttempt } from './attempt.js';
import type { Batch } from './batch.js';
import { retryAfterMs } from './http/retry-after.js';
import type { LaneCredentials } from './lane-credentials.js';
import type { LaneDestination, RetryPolicy } from './lane-destination.js';
import type { LaneHealth } from './lane-health.js';
import type { LaneQueue } from './lane-queue.js';
import {
  ANSWER_CUT,
  type AnswerCut,
  type AttemptResult,
  failureOf,
  isUnknown,
  mayBeTaken,
  readAttempt,
  type RequestReading,
} from './reading.js';
import type { Settlements } from './settlements.js';

/** After this number of requests with the same events, an answer that ends early counts as read. */
const ATTEMPTS_TO_READ = 3;

/** The parts of a lane that apply a result. */
export interface AttemptResultsSetup {
  readonly destination: LaneDestination;
  readonly retry: RetryPolicy;
  readonly clock: Clock;
  readonly answers: AnswerKeeper;
  readonly credentials: LaneCredentials;
  readonly health: LaneHealth;
  readonly queue: LaneQueue;
  readonly settlements: Settlements;
}

/** Applies the result of an attempt: settles or retries each event, and reports to the lane's health. */
export class AttemptResults {
  constructor(private readonly setup: AttemptResultsSetup) {}

  ended(attempt: LaneAttempt, result: AttemptResult): void {
    const { answers, credentials, destination, health } = this.setup;
    const { batch, secret, secrets } = attempt;
    answers.answersTo(secrets);
    const { request, events } = readAttempt(result, destination, batch.events);
    const isFailed = request.kind === 'retry' || request.kind === 'unknown';
    const pauseMs = isFailed && 'answer' in result ? this.#askedPauseMs(request, result.answer) : 0;
    const wasProbe = health.ended(attempt, result, pauseMs);
    const unnamed =
      events !== undefined && 'answer' in result ? this.#settleNamed(attempt, events, result.answer) : batch;
    const isRejected = request.kind === 'park' && request.areCredentialsRejected === true;
    const isRenewed = isRejected && credentials.rejected(secret);
    if (unnamed !== undefined) {
      this.#settle(unnamed, attempt, isRenewed ? { kind: 'again' } : request, result, pauseMs > 0);
    } else if (isFailed && !has(events, 'delivered')) {
      health.failed(batch, attempt, failureOf(result), pauseMs > 0);
    }
    // A platform that rejects the event by name has accepted the credentials and the configuration.
    if (wasProbe && !isRenewed) health.probed(unnamed === undefined && has(events, 'rejected'));
    health.pauseIfFailing();
  }

  /**
   * No request could be made, so nothing was sent. Before the first success the cause is the configuration, such as a dispatcher of
   * another undici, and the lane parks; later it is an event, such as one with a line feed in a header, and proof is needed.
   *
   * @param cause the destination's message, if it is the configuration
   */
  notMade(attempt: LaneAttempt, failure: string, cause?: string): void {
    const { health, settlements } = this.setup;
    const { batch } = attempt;
    const wasProbe = health.notMade(batch);
    batch.answered(failure);
    const isConfiguration = cause !== undefined || health.newestSuccess === 0;
    const parkAs = isConfiguration ? 'misconfigured' : undefined;
    settlements.carryOut(health.refused(batch, attempt, { parkAs, cause }), batch, 'encode_error');
    if (wasProbe) health.probed(false);
  }

  /** No request can be made of the batch as a whole. Halves may be sendable, so only a single event is given up. */
  unsendable(batch: Batch, reason: Reason): void {
    this.setup.settlements.carryOut(batch.size > 1 ? 'halve' : 'dead', batch, reason);
  }

  /** The lane ended the attempt itself, so the platform is not at fault. */
  aborted(batch: Batch, result: AttemptResult): void {
    if (isUnknown(result, this.setup.destination)) this.#unknown(batch, result);
    else this.setup.settlements.setAside(batch);
  }

  /**
   * An internal error at the end of the attempt. The batch is sent again, unless the platform may have it and does not recognise
   * repeats.
   */
  unforeseen(batch: Batch, result: AttemptResult): void {
    const { destination, health, settlements } = this.setup;
    health.endProbe(batch);
    settlements.removeParts(batch);
    const wasTaken = 'answer' in result && result.answer.status < 300;
    const mustNotRepeat = destination.onUnknown === 'dead' && (wasTaken || mayBeTaken(result));
    if (mustNotRepeat) this.#unknown(batch, result);
    else settlements.setAside(batch);
  }

  /** Settles the events that the platform did not name. */
  #settle(
    batch: Batch,
    attempt: LaneAttempt,
    request: RequestReading,
    result: AttemptResult,
    asksForPause: boolean,
  ): void {
    const { answers, health, settlements } = this.setup;
    switch (request.kind) {
      case 'delivered':
        return this.#delivered(batch, attempt, request.verified);
      case 'retry':
        return this.#failed(batch, attempt, result, asksForPause);
      case 'unknown':
        health.failed(batch, attempt, failureOf(result), asksForPause);
        return this.#unknown(batch, result);
      case 'unread':
        return this.#unread(batch, attempt, request.cut);
      case 'again':
        return settlements.retryNow(batch);
      case 'park':
      case 'refuse': {
        batch.answered(answers.ofResult(result));
        const parkAs = request.kind === 'park' ? request.reason : undefined;
        const status = 'answer' in result ? result.answer.status : undefined;
        settlements.carryOut(health.refused(batch, attempt, { parkAs, status }), batch, 'refused');
      }
    }
  }

  /** Settles the events that the platform named. @returns the others */
  #settleNamed(
    attempt: LaneAttempt,
    outcomes: ReadonlyMap<string, Outcome>,
    answer: Answer,
  ): Batch | undefined {
    const { clock, retry, settlements } = this.setup;
    const { batch } = attempt;
    const events: Record<Outcome['kind'] | 'unnamed', StoredEvent[]> = {
      delivered: [],
      retry: [],
      rejected: [],
      unnamed: [],
    };
    let pauseMs = 0;
    const askedMs = retryAfterMs(answer, clock.now(), retry.maxRetryAfterMs);
    for (const held of batch.events) {
      const outcome = outcomes.get(held.event.id);
      events[outcome?.kind ?? 'unnamed'].push(held);
      if (outcome?.kind !== 'retry') continue;
      const { afterMs = askedMs } = outcome;
      if (typeof afterMs === 'number' && afterMs > pauseMs) pauseMs = afterMs;
    }
    const { delivered, retry: retried, rejected, unnamed } = events;
    if (delivered.length > 0) this.#delivered(batch.part(delivered), attempt);
    if (retried.length > 0) {
      settlements.retryLater(batch.rest(retried), Math.min(pauseMs, retry.maxRetryAfterMs));
    }
    if (rejected.length > 0) this.#rejected(batch.part(rejected), outcomes, answer, delivered.length > 0);
    return unnamed.length === 0 ? undefined : batch.rest(unnamed);
  }

  #delivered(batch: Batch, attempt: LaneAttempt, isVerified = true): void {
    const { credentials, health, settlements } = this.setup;
    settlements.delivered(batch);
    credentials.proven(attempt.secret);
    health.succeeded(batch, attempt, isVerified);
  }

  #failed(batch: Batch, attempt: LaneAttempt, result: AttemptResult, asksForPause: boolean): void {
    const { answers, health, settlements } = this.setup;
    const step = health.failedBy(batch, attempt, result, asksForPause);
    if (batch.failsAlone) batch.answered(answers.ofResult(result));
    settlements.carryOut(step, batch, 'refused');
  }

  /** The outcome is unknown, and the platform does not recognise repeats. */
  #unknown(batch: Batch, result: AttemptResult): void {
    batch.answered(this.setup.answers.ofResult(result));
    this.setup.settlements.dead(batch, 'outcome_unknown');
  }

  /** The platform accepted the request, but the answer, which names single events, is cut. */
  #unread(batch: Batch, attempt: LaneAttempt, cut: AnswerCut): void {
    const { queue, settlements } = this.setup;
    const isLast = cut === 'long' ? batch.size === 1 : batch.attempts >= ATTEMPTS_TO_READ;
    if (isLast) return this.#delivered(batch, attempt, false);
    if (cut === 'early') return this.#failed(batch, attempt, { failure: ANSWER_CUT }, false);
    queue.capAt(Math.ceil(batch.size / 2));
    settlements.halve(batch, false);
  }

  /** The platform rejected these events by name. */
  #rejected(
    batch: Batch,
    outcomes: ReadonlyMap<string, Outcome>,
    { status }: Answer,
    hasDelivered: boolean,
  ): void {
    const { answers, health, settlements } = this.setup;
    let single = batch;
    for (const held of batch.events) {
      const outcome = outcomes.get(held.event.id);
      single = batch.part([held]);
      single.answered(answers.ofEvent(status, outcome?.kind === 'rejected' ? outcome.detail : undefined));
      settlements.dead(single, 'refused');
    }
    health.rejected(single, status, hasDelivered);
  }

  /** The pause in milliseconds that the platform asks the whole lane for; 0 for none. */
  #askedPauseMs(request: RequestReading, answer: Answer): number {
    const { maxRetryAfterMs } = this.setup.retry;
    const decoded = request.kind === 'retry' ? request.afterMs : undefined;
    const asked = decoded ?? retryAfterMs(answer, this.setup.clock.now(), maxRetryAfterMs) ?? 0;
    return Math.min(asked, maxRetryAfterMs);
  }
}

function has(outcomes: ReadonlyMap<string, Outcome> | undefined, kind: Outcome['kind']): boolean {
  return outcomes !== undefined && [...outcomes.values()].some((outcome) => outcome.kind === kind);
}
