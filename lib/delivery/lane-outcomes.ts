import type { Answer, Outcome } from '../destinations/destination.js';
import type { Reason } from '../event/reasons.js';
import type { Clock } from '../host/clock.js';
import type { Log } from '../host/log.js';
import { AnswerKeeper } from './answer/answer-keeper.js';
import type { Batch } from './batch.js';
import { Breakages, isBreakage } from './breakages.js';
import type { CapacityWatch } from './capacity-watch.js';
import { deliveryMessages } from './delivery.messages.js';
import type { LaneCredentials, LaneSecret } from './lane-credentials.js';
import type { LaneDestination, RetryPolicy } from './lane-destination.js';
import type { LanePace } from './lane-pace.js';
import type { LaneRefusals } from './lane-refusals.js';
import type { LaneStock } from './lane-stock.js';
import type { LaneTelemetry } from './lane-telemetry.js';
import { ANSWER_CUT, mayBeTaken, readAttempt } from './reading.js';
import type { AnswerCut, AttemptResult, RequestReading } from './reading.js';
import { Refusals } from './refusals.js';
import { retryAfterMs } from './retry-after.js';
import type { WaitingBatches } from './waiting-batches.js';

/** What is remembered of an attempt while it is under way. */
export interface AttemptMarks {
  /** The window's mark. */
  readonly window: number;
  readonly number: number;
  /** The newest attempt that had got through when it began. */
  readonly known: number;
  /** Other events were pending that found no room in memory. */
  readonly isWithheld: boolean;
  readonly sentAt: number;
  /** The credentials of the request, if a function returns them. */
  readonly secret?: LaneSecret | undefined;
  /** Secrets of the request itself. */
  readonly secrets?: readonly string[] | undefined;
}

/** What the outcomes of a lane act on. */
export interface LaneOutcomesSetup {
  readonly destination: LaneDestination;
  readonly retry: RetryPolicy;
  readonly clock: Clock;
  readonly log: Log;
  readonly reports: LaneRefusals;
  readonly telemetry?: LaneTelemetry | undefined;
  readonly stock: LaneStock;
  readonly pace: LanePace;
  readonly waiting: WaitingBatches;
  readonly capacity: CapacityWatch;
  readonly credentials?: LaneCredentials | undefined;
}

/** Requests with the same events until an answer that ends early counts as read. */
const ATTEMPTS_TO_READ = 3;

/** What follows from an attempt's end: each event of it is settled, or waits again. */
export class LaneOutcomes {
  /** Events that count as delivered although the answer could not be read. */
  unverified = 0;
  /** The last failure: a status, or a code of the transport. */
  failure: string | undefined;
  readonly #answers: AnswerKeeper;
  readonly #refusals = new Refusals();
  readonly #breakages = new Breakages();
  /** Something that was refused waits for a success of others. */
  #suspects = false;

  constructor(private readonly setup: LaneOutcomesSetup) {
    this.#answers = new AnswerKeeper(setup.destination);
  }

  /** Keeps these out of stored answers, too. */
  hide(secrets: readonly string[]): void {
    this.#answers.hide(secrets);
  }

  /** An attempt begins. */
  begin(secret?: LaneSecret, secrets?: readonly string[]): AttemptMarks {
    const { pace, clock, stock } = this.setup;
    return {
      window: pace.window.start(),
      number: this.#refusals.begin(),
      known: this.#refusals.newestSuccess,
      isWithheld: stock.isWithheld,
      sentAt: clock.monotonic(),
      secret,
      secrets,
    };
  }

  /** An attempt has ended. */
  ended(batch: Batch, result: AttemptResult, marks: AttemptMarks): void {
    const { destination, clock, retry, pace, telemetry } = this.setup;
    const answer = 'answer' in result ? result.answer : undefined;
    if (mayBeTaken(result)) batch.mayBeTaken = true;
    this.#answers.answersTo(marks.secrets);
    telemetry?.attempted?.({
      lane: destination.name,
      durationMs: clock.monotonic() - marks.sentAt,
      events: batch.size,
      ...('answer' in result ? { status: result.answer.status } : { failure: result.failure }),
    });
    const { request, events } = readAttempt(result, destination, batch.events);
    const unnamed =
      answer === undefined || events === undefined ? batch : this.#settleNamed(batch, events, marks, answer);
    const { parking } = pace;
    const probed = parking?.probe === batch;
    if (probed) parking.probe = undefined;
    const isRenewed = this.#renews(request, marks);
    let pausesMs = 0;
    if ((request.kind === 'retry' || request.kind === 'unknown') && answer !== undefined) {
      const said = request.kind === 'retry' ? request.afterMs : undefined;
      const { maxRetryAfterMs } = retry;
      pausesMs = Math.min(said ?? retryAfterMs(answer, clock.now(), maxRetryAfterMs) ?? 0, maxRetryAfterMs);
      if (pausesMs > 0) pace.hold(pausesMs);
    }
    if (unnamed !== undefined) {
      if (request.kind === 'delivered') {
        if (!request.verified) this.unverified += unnamed.size;
        this.#delivered(unnamed, marks);
      } else if (request.kind === 'retry') {
        this.#failed(unnamed, marks, pausesMs > 0, result);
      } else if (request.kind === 'unknown') {
        this.#fails(unnamed, marks, pausesMs > 0, result);
        this.unknown(unnamed, result);
      } else if (request.kind === 'unread') {
        this.#unread(unnamed, marks, request.cut);
      } else if (request.kind === 'again' || isRenewed) {
        this.setup.waiting.addNext([unnamed]);
        this.setup.stock.retrying(unnamed);
      } else {
        unnamed.answer = answer && this.#answers.of(answer);
        if ('failure' in result) unnamed.answer = result.failure;
        const reason = request.kind === 'park' ? request.reason : undefined;
        this.#refused(unnamed, reason, marks, { status: answer?.status });
      }
    }
    const isInTrouble = request.kind === 'retry' || request.kind === 'unknown';
    // Each event has its outcome, and none got through.
    if (isInTrouble && unnamed === undefined && !isAnyDelivered(events))
      this.#fails(batch, marks, pausesMs > 0, result);
    if (probed && !isRenewed && pace.parking === parking) {
      // A platform that rejects the event by name has accepted the credentials and the configuration.
      if (
        unnamed === undefined &&
        batch.events.some(({ event }) => events?.get(event.id)?.kind === 'rejected')
      )
        this.#resume(clock.monotonic());
      else pace.probeFailed(parking);
    }
    pace.pauseIfFailing();
  }

  /**
   * The transport cannot make its request. Before the first success that is the configuration, such as a dispatcher of another
   * undici, and the lane parks; afterwards it is an event, such as one with a line feed in a header, and proof is needed.
   *
   * @param cause the sentence of a destination which says that it is the configuration
   */
  notMade(batch: Batch, failure: string, marks: AttemptMarks, cause?: string): void {
    const { pace } = this.setup;
    const { parking } = pace;
    const probed = parking?.probe === batch;
    if (probed) parking.probe = undefined;
    batch.answer = failure;
    const isConfiguration = cause !== undefined || this.#refusals.newestSuccess === 0;
    const reason = isConfiguration ? 'misconfigured' : undefined;
    this.#refused(batch, reason, marks, { death: 'encode_error', cause });
    if (probed) pace.probeFailed(parking);
  }

  /** No request can be made of it as a whole: its halves may do; only a single event is given up. */
  unsendable(batch: Batch, reason: Reason): void {
    const { parking } = this.setup.pace;
    if (parking?.probe === batch) parking.probe = undefined;
    if (batch.size > 1) this.#halve(batch);
    else this.setup.stock.dead(batch, reason);
  }

  /**
   * Its attempt's end could not be worked through: all of it is sent again after a pause, once more rather than never. Where a
   * platform must get nothing twice, only what it certainly did not take.
   */
  unforeseen(batch: Batch, result: AttemptResult): void {
    const { pace, waiting, clock, destination, log } = this.setup;
    if (pace.parking?.probe === batch) pace.parking.probe = undefined;
    const ours = new Set(batch.events);
    const parts = [...waiting].filter(({ events }) => events.some((held) => ours.has(held)));
    for (const part of parts) waiting.remove(part);
    const wasTaken = 'answer' in result && result.answer.status < 300;
    if (destination.onUnknown === 'dead' && (wasTaken || mayBeTaken(result))) {
      try {
        this.unknown(batch, result);
      } catch (error) {
        // It stays pending and is not sent: a late settlement is better than a duplicate at the platform.
        log.internalError('giving up a batch', error);
      }
      return;
    }
    batch.dueAt = clock.monotonic() + pace.pauseMs(batch.attempts);
    waiting.add(batch);
  }

  /** Settles what the platform named; returns the rest, which fares as the status says. */
  #settleNamed(
    batch: Batch,
    outcomes: ReadonlyMap<string, Outcome>,
    marks: AttemptMarks,
    answer: Answer,
  ): Batch | undefined {
    const { stock, retry, reports, clock } = this.setup;
    const { status } = answer;
    const asked = retryAfterMs(answer, clock.now(), retry.maxRetryAfterMs);
    const delivered = batch.events.filter((held) => outcomes.get(held.event.id)?.kind === 'delivered');
    if (delivered.length > 0) this.#delivered(batch.part(delivered), marks);
    let notBefore = 0;
    const retried = batch.events.filter((held) => {
      const outcome = outcomes.get(held.event.id);
      if (outcome?.kind !== 'retry') return false;
      const { afterMs = asked } = outcome;
      if (typeof afterMs === 'number' && afterMs > notBefore) notBefore = afterMs;
      return true;
    });
    if (retried.length > 0) this.#again(batch.rest(retried), Math.min(notBefore, retry.maxRetryAfterMs));
    let rejected: Batch | undefined;
    for (const held of batch.events) {
      const outcome = outcomes.get(held.event.id);
      if (outcome?.kind !== 'rejected') continue;
      const single = batch.part([held]);
      rejected = single;
      single.answer = this.#answers.ofEvent(status, outcome.detail);
      stock.dead(single, 'refused');
    }
    if (rejected !== undefined) reports.rejected(rejected, status, delivered.length > 0);
    const unnamed = batch.events.filter((held) => !outcomes.has(held.event.id));
    return unnamed.length === 0 ? undefined : batch.rest(unnamed);
  }

  /** Whether the platform rejected credentials from a function, and the request is to be repeated with others. */
  #renews(request: RequestReading, { secret }: AttemptMarks): boolean {
    const isRejected = request.kind === 'park' && request.areCredentialsRejected === true;
    return isRejected && secret !== undefined && this.setup.credentials!.rejected(secret);
  }

  #delivered(batch: Batch, marks: AttemptMarks): void {
    const { stock, pace, capacity, waiting, clock, log, destination, telemetry } = this.setup;
    const now = clock.monotonic();
    stock.delivered(batch);
    telemetry?.delivered?.(
      destination.name,
      batch.events.map(({ since }) => Math.max(0, now - since)),
    );
    if (pace.window.failing) {
      const { name } = destination;
      log.limited('info', `recovered ${name}`, () => deliveryMessages.recovered(name));
      waiting.makeDue(now, ({ brokeAloneAt }) => brokeAloneAt === undefined);
    }
    pace.window.succeeded();
    this.#refusals.succeeded(marks.number);
    if (marks.secret !== undefined) this.setup.credentials!.proven(marks.secret);
    this.setup.reports.succeeded();
    capacity.roundTrip(now - marks.sentAt, now, () => stock.intake);
    // What was under way when the lane was parked may still get through, and says nothing of now.
    if (pace.parking !== undefined && marks.number > pace.parking.since) this.#resume(now);
    if (this.#suspects) this.#trySuspects(now, marks.number);
  }

  /** What was refused before this attempt began and waits may now be told from a platform that takes nothing. */
  #trySuspects(now: number, success: number): void {
    this.#suspects = false;
    this.setup.waiting.makeDue(now, ({ refusedAt }) => {
      if (refusedAt === undefined) return false;
      if (refusedAt < success) return true;
      this.#suspects = true;
      return false;
    });
  }

  /** The outcome is unknown, and the platform does not recognise repeats. */
  unknown(batch: Batch, result: AttemptResult): void {
    batch.answer = 'failure' in result ? result.failure : this.#answers.of(result.answer);
    this.setup.stock.dead(batch, 'outcome_unknown');
  }

  /** The platform accepted the request, but its outcomes for single events cannot be read. */
  #unread(batch: Batch, marks: AttemptMarks, cut: AnswerCut): void {
    const { stock, waiting } = this.setup;
    if (cut === 'long' ? batch.size === 1 : batch.attempts >= ATTEMPTS_TO_READ) {
      this.unverified += batch.size;
      this.#delivered(batch, marks);
    } else if (cut === 'long') {
      stock.capAt(Math.ceil(batch.size / 2));
      waiting.addNext(batch.halves(false));
    } else this.#failed(batch, marks, false, { failure: ANSWER_CUT });
  }

  /** The platform is failing: fewer attempts at once, and a line in the log if that is new. */
  #fails(batch: Batch, marks: AttemptMarks, asksForPause: boolean, result: AttemptResult): void {
    const { pace, log, destination } = this.setup;
    const wasFailing = pace.window.failing;
    // An event that is known to make the platform fail does not show the platform's health.
    if (batch.brokeAloneAt === undefined) pace.window.failed(marks.window, asksForPause);
    const failure = 'failure' in result ? result.failure : String(result.answer.status);
    this.failure = failure;
    if (pace.window.failing && !wasFailing) {
      log.limited('error', `failing ${destination.name}`, () =>
        deliveryMessages.failing(destination.name, failure),
      );
    }
  }

  #failed(batch: Batch, marks: AttemptMarks, asksForPause: boolean, result: AttemptResult): void {
    const { pace, stock, clock } = this.setup;
    const wasFailing = pace.window.failing;
    this.#fails(batch, marks, asksForPause, result);
    const counts = isBreakage(result) && !asksForPause && !wasFailing && pace.parking === undefined;
    let decision = counts
      ? this.#breakages.failed(batch, this.#refusals.begun, marks.known, clock.monotonic())
      : 'again';
    // Such events fill the lane's memory: no other can be sent, whose success would speak against them.
    const isCulprit = batch.brokeAloneAt !== undefined && isBreakage(result) && pace.parking === undefined;
    if (isCulprit && marks.isWithheld) decision = 'dead';
    if (batch.brokeAloneAt !== undefined) {
      batch.answer = 'failure' in result ? result.failure : this.#answers.of(result.answer);
    }
    if (decision === 'dead') stock.dead(batch, 'refused');
    else if (decision === 'halve') this.#halve(batch);
    else this.#again(batch, 0);
  }

  /** Waits and is sent again as it is, so that a platform that knows the batch knows it again. */
  #again(batch: Batch, notBeforeMs: number): void {
    const { clock, pace, waiting, stock } = this.setup;
    const now = clock.monotonic();
    batch.notBefore = now + notBeforeMs;
    batch.dueAt = Math.max(batch.notBefore, now + pace.pauseMs(batch.attempts));
    if (batch.brokeAloneAt !== undefined) batch.dueAt = this.#breakages.turn(batch.dueAt);
    waiting.add(batch);
    stock.retrying(batch);
    if (batch.brokeAloneAt !== undefined) stock.letPass(batch);
  }

  /** @param status of the answer; absent where there was none */
  #refused(
    batch: Batch,
    reason: Reason | undefined,
    marks: AttemptMarks,
    {
      status,
      death = 'refused',
      cause,
    }: {
      readonly status?: number | undefined;
      readonly death?: Reason;
      readonly cause?: string | undefined;
    },
  ): void {
    const decision = this.#refusals.refused(batch, reason, marks.known);
    const isParked = this.setup.pace.parking !== undefined;
    if (status !== undefined) {
      const { kind } = decision;
      const follows = isParked || kind === 'park' ? 'parked' : kind === 'dead' ? kind : 'retry';
      this.setup.reports.refused(batch, status, reason ?? 'refused', follows);
    }
    // A parked lane gives nothing up: what it refuses now says nothing of the event.
    if (isParked) this.#setAside(batch);
    else if (decision.kind === 'dead') this.setup.stock.dead(batch, death);
    else if (decision.kind === 'halve') this.#halve(batch);
    else {
      this.#setAside(batch);
      if (decision.kind === 'park') this.#park(decision.reason, batch, cause);
      else if (batch.size === 1) this.setup.stock.letPass(batch);
    }
  }

  #setAside(batch: Batch): void {
    const { clock, pace, waiting } = this.setup;
    this.#suspects = true;
    batch.dueAt = clock.monotonic() + pace.pauseMs(Math.max(1, batch.attempts));
    waiting.add(batch);
  }

  /** The halves come next, ahead of everything, so that what is refused soon stands alone. */
  #halve(batch: Batch): void {
    this.setup.waiting.addNext(batch.halves());
  }

  #park(reason: Reason, batch: Batch, cause?: string): void {
    this.setup.pace.park(reason, this.#refusals.begun);
    this.setup.reports.parked(reason, batch, cause);
  }

  #resume(now: number): void {
    const { pace, waiting, reports } = this.setup;
    pace.parking = undefined;
    waiting.makeDue(now, ({ brokeAloneAt }) => brokeAloneAt === undefined);
    reports.resumed();
  }
}

function isAnyDelivered(outcomes: ReadonlyMap<string, Outcome> | undefined): boolean {
  return outcomes !== undefined && [...outcomes.values()].some(({ kind }) => kind === 'delivered');
}
