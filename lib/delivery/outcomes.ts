import type { StoredEvent } from '../buffer/event-buffer.js';
import type { Answer, Outcome } from '../destinations/destination.js';
import type { Clock } from '../host/clock.js';
import type { LaneAttempt } from './attempt.js';
import type { Batch } from './batch.js';
import type { Consequences, ConsequencesSetup } from './consequences.js';
import type { LaneDestination, RetryPolicy } from './lane-destination.js';
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
import { retryAfterMs } from './http/retry-after.js';

/** After this number of requests with the same events, an answer that ends early counts as read. */
const ATTEMPTS_TO_READ = 3;

/** The setup of the outcomes. */
export interface OutcomesSetup extends ConsequencesSetup {
  readonly destination: LaneDestination;
  readonly retry: RetryPolicy;
  readonly clock: Clock;
  readonly consequences: Consequences;
}

/** Reads the result of an attempt, and applies its consequences to each event. */
export class Outcomes {
  constructor(private readonly setup: OutcomesSetup) {}

  ended(attempt: LaneAttempt, result: AttemptResult): void {
    const { answers, credentials, destination, health, throttle } = this.setup;
    const { batch, secret, secrets } = attempt;
    answers.answersTo(secrets);
    const { request, events } = readAttempt(result, destination, batch.events);
    const unnamed =
      events !== undefined && 'answer' in result ? this.#settleNamed(attempt, events, result.answer) : batch;
    const wasProbe = throttle.parking.endProbe(batch);
    const isRejected = request.kind === 'park' && request.areCredentialsRejected === true;
    const isRenewed = isRejected && credentials.rejected(secret);
    const pauseMs = this.#askedPauseMs(request, result);
    if (pauseMs > 0) throttle.hold(pauseMs);
    const isFailed = request.kind === 'retry' || request.kind === 'unknown';
    if (unnamed !== undefined) {
      this.#settle(unnamed, attempt, isRenewed ? { kind: 'again' } : request, result, pauseMs > 0);
    } else if (isFailed && !has(events, 'delivered')) {
      health.failed(batch, attempt, failureOf(result), pauseMs > 0);
    }
    // A platform that rejects the event by name has accepted the credentials and the configuration.
    if (wasProbe && !isRenewed) health.probed(unnamed === undefined && has(events, 'rejected'));
    throttle.pauseIfFailing();
  }

  /**
   * No request could be made, so nothing was sent. Before the first success the cause is the configuration, such as a dispatcher of
   * another undici, and the lane parks; later it is an event, such as one with a line feed in a header, and proof is needed.
   *
   * @param cause the destination's message, if it is the configuration
   */
  notMade(attempt: LaneAttempt, failure: string, cause?: string): void {
    const { consequences, health, throttle, verdicts } = this.setup;
    const { batch } = attempt;
    const wasProbe = throttle.parking.endProbe(batch);
    batch.answer = failure;
    const isConfiguration = cause !== undefined || verdicts.newestSuccess === 0;
    const parkAs = isConfiguration ? 'misconfigured' : undefined;
    consequences.refused(batch, attempt, { parkAs, deadAs: 'encode_error', cause });
    if (wasProbe) health.probed(false);
  }

  /** No request can be made of the batch as a whole; halves may be sendable. */
  unsendable(batch: Batch, reason: 'encode_error' | 'too_large'): void {
    this.setup.throttle.parking.endProbe(batch);
    this.setup.consequences.unsendable(batch, reason);
  }

  /** The lane ended the attempt itself, so the platform is not at fault. */
  aborted(batch: Batch, result: AttemptResult): void {
    const { batches, consequences, destination } = this.setup;
    if (isUnknown(result, destination)) consequences.unknown(batch, result);
    else batches.add(batch);
  }

  /**
   * An internal error at the end of the attempt. The batch is sent again, unless the platform may have it and does not recognise
   * repeats.
   */
  unforeseen(batch: Batch, result: AttemptResult): void {
    const { batches, consequences, destination, throttle } = this.setup;
    throttle.parking.endProbe(batch);
    batches.removeParts(batch);
    const wasTaken = 'answer' in result && result.answer.status < 300;
    const mustNotRepeat = destination.onUnknown === 'dead' && (wasTaken || mayBeTaken(result));
    if (mustNotRepeat) consequences.unknown(batch, result);
    else batches.setAside(batch);
  }

  /** Settles the events that the platform did not name. */
  #settle(
    batch: Batch,
    attempt: LaneAttempt,
    request: RequestReading,
    result: AttemptResult,
    asksForPause: boolean,
  ): void {
    const { answers, consequences, health, queue } = this.setup;
    switch (request.kind) {
      case 'delivered':
        return consequences.delivered(batch, attempt, request.verified);
      case 'retry':
        return consequences.failed(batch, attempt, result, asksForPause);
      case 'unknown':
        health.failed(batch, attempt, failureOf(result), asksForPause);
        return consequences.unknown(batch, result);
      case 'unread':
        return this.#unread(batch, attempt, request.cut);
      case 'again':
        return queue.retryNow(batch);
      case 'park':
      case 'refuse':
        batch.answer = answers.ofResult(result);
        return consequences.refused(batch, attempt, {
          parkAs: request.kind === 'park' ? request.reason : undefined,
          status: 'answer' in result ? result.answer.status : undefined,
        });
    }
  }

  /** The platform accepted the request, but the answer, which names single events, is cut. */
  #unread(batch: Batch, attempt: LaneAttempt, cut: AnswerCut): void {
    const { consequences } = this.setup;
    const isLast = cut === 'long' ? batch.size === 1 : batch.attempts >= ATTEMPTS_TO_READ;
    if (isLast) consequences.delivered(batch, attempt, false);
    else if (cut === 'long') consequences.unreadable(batch);
    else consequences.failed(batch, attempt, { failure: ANSWER_CUT }, false);
  }

  /** Settles the events that the platform named. @returns the others */
  #settleNamed(
    attempt: LaneAttempt,
    outcomes: ReadonlyMap<string, Outcome>,
    answer: Answer,
  ): Batch | undefined {
    const { consequences, clock, queue, retry } = this.setup;
    const { batch } = attempt;
    const events: Record<Outcome['kind'] | 'unnamed', StoredEvent[]> = {
      delivered: [],
      retry: [],
      rejected: [],
      unnamed: [],
    };
    const details: unknown[] = [];
    const askedMs = retryAfterMs(answer, clock.now(), retry.maxRetryAfterMs);
    let pauseMs = 0;
    for (const held of batch.events) {
      const outcome = outcomes.get(held.event.id);
      events[outcome?.kind ?? 'unnamed'].push(held);
      if (outcome?.kind === 'rejected') details.push(outcome.detail);
      if (outcome?.kind === 'retry') {
        const { afterMs = askedMs } = outcome;
        if (typeof afterMs === 'number' && afterMs > pauseMs) pauseMs = afterMs;
      }
    }
    const { delivered, retry: retried, rejected, unnamed } = events;
    if (delivered.length > 0) consequences.delivered(batch.part(delivered), attempt);
    if (retried.length > 0) queue.retryLater(batch.rest(retried), Math.min(pauseMs, retry.maxRetryAfterMs));
    if (rejected.length > 0) {
      consequences.rejected(batch.part(rejected), details, answer.status, delivered.length > 0);
    }
    return unnamed.length === 0 ? undefined : batch.rest(unnamed);
  }

  /** The pause in milliseconds that the platform asks the whole lane for; 0 for none. */
  #askedPauseMs(request: RequestReading, result: AttemptResult): number {
    const isFailed = request.kind === 'retry' || request.kind === 'unknown';
    if (!isFailed || !('answer' in result)) return 0;
    const { maxRetryAfterMs } = this.setup.retry;
    const decoded = request.kind === 'retry' ? request.afterMs : undefined;
    const asked = decoded ?? retryAfterMs(result.answer, this.setup.clock.now(), maxRetryAfterMs) ?? 0;
    return Math.min(asked, maxRetryAfterMs);
  }
}

function has(outcomes: ReadonlyMap<string, Outcome> | undefined, kind: Outcome['kind']): boolean {
  return outcomes !== undefined && [...outcomes.values()].some((outcome) => outcome.kind === kind);
}
