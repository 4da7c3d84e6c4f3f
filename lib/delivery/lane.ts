import type { EventBuffer, Waiting } from '../buffer/event-buffer.js';
import type { Outcome } from '../destinations/destination.js';
import type { LifecycleStream } from '../event/lifecycle.js';
import type { Reason } from '../event/reasons.js';
import type { Clock } from '../host/clock.js';
import type { Log } from '../host/log.js';
import { AttemptWindow } from './attempt-window.js';
import { backoffMs } from './backoff.js';
import type { Batch } from './batch.js';
import { CapacityWatch } from './capacity-watch.js';
import { cleanAnswer } from './clean-answer.js';
import { deliveryMessages } from './delivery.messages.js';
import { encodeBatch } from './encode-batch.js';
import type { LaneDestination, RetryPolicy } from './lane-destination.js';
import { LaneStock } from './lane-stock.js';
import { LaneTimer } from './lane-timer.js';
import { ownPart } from './own-part.js';
import { Parking } from './parking.js';
import { readAttempt } from './reading.js';
import type { AttemptResult } from './reading.js';
import { Refusals } from './refusals.js';
import { retryAfterMs } from './retry-after.js';
import type { Transport } from './transport.js';
import { WaitingBatches } from './waiting-batches.js';

/** Events serialised in one turn of the event loop. */
const EVENTS_PER_TURN = 200;

/** What a lane works with. */
export interface LaneSetup {
  readonly destination: LaneDestination;
  readonly buffer: EventBuffer;
  readonly transport: Pick<Transport, 'send' | 'close'>;
  readonly retry: RetryPolicy;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly log: Log;
  readonly lifecycle: LifecycleStream;
  /** More comes in than the lane can deliver; `message` is for the log. */
  onOverCapacity(message: () => string): void;
}

/** What is remembered of an attempt while it is under way. */
interface AttemptMarks {
  readonly window: number;
  /** Successes of the lane when it began. */
  readonly successes: number;
  readonly sentAt: number;
}

/**
 * Delivers one destination's events: cuts batches, makes attempts, reads the outcome, and waits, retries, halves or parks
 * as the answer's class demands. Every event it has taken is in exactly one place: under way, waiting, or settled.
 */
export class Lane {
  readonly name: string;
  /** Requests made. */
  attempts = 0;
  /** Those of them whose events had been sent before. */
  retries = 0;
  /** Events that count as delivered although the answer could not be read. */
  unverified = 0;

  readonly #stock: LaneStock;
  readonly #window: AttemptWindow;
  readonly #refusals = new Refusals();
  readonly #waiting = new WaitingBatches();
  readonly #inFlight = new Set<Batch>();
  readonly #timer: LaneTimer;
  readonly #capacity: CapacityWatch;
  #parking: Parking | undefined;
  /** Monotonic times before which no attempt begins: `Retry-After`'s, and the pause of a failing lane. */
  #heldUntil = 0;
  #pausedUntil = 0;
  /** A failing lane tries new and old events in turn, so that a batch that always fails holds nobody up. */
  #freshNext = false;
  #suspects = false;
  /** Events before this position are sent without waiting for company. */
  #flushTo = 0;
  #flushes: { readonly position: number; readonly done: () => void }[] = [];
  #closed = false;

  constructor(private readonly setup: LaneSetup) {
    const { destination, clock } = setup;
    this.name = destination.name;
    this.#stock = new LaneStock(
      { ...destination, partition: ownPart(destination.partition) },
      setup.buffer,
      setup.retry.maxAgeMs,
      clock,
      setup.log,
      setup.lifecycle,
    );
    this.#window = new AttemptWindow(destination.concurrency);
    this.#timer = new LaneTimer(clock, () => this.#pump());
    this.#capacity = new CapacityWatch(
      destination.concurrency * destination.batch.maxEvents,
      clock.monotonic(),
      (intake, capacity) =>
        setup.onOverCapacity(() => deliveryMessages.overCapacity(this.name, intake, capacity)),
    );
  }

  get parked(): Reason | null {
    return this.#parking?.reason ?? null;
  }

  /** Events per second that this lane can deliver, as measured; null before the first delivery. */
  get capacityPerSecond(): number | null {
    return this.#capacity.perSecond;
  }

  /** When the oldest unsettled event was accepted, in monotonic milliseconds. */
  get oldestSince(): number | undefined {
    let since = this.#stock.oldest?.since;
    for (const batch of this.#taken()) {
      for (const held of batch.events) if (since === undefined || held.since < since) since = held.since;
    }
    return since;
  }

  /** An event came in. On the caller's thread: at most it arms a timer. */
  onWork(waiting: Waiting): void {
    if (this.#timer.soon || this.#inFlight.size >= this.#window.limit) return;
    const { maxEvents, maxBytes, maxDelayMs } = this.setup.destination.batch;
    if (waiting.events >= maxEvents || waiting.bytes >= maxBytes) {
      if (this.#standsUntil() === 0) this.#timer.pumpSoon();
    } else if (waiting.events === 1 && this.#standsUntil() === 0) {
      const ripeAt = this.setup.clock.monotonic() + maxDelayMs;
      if (ripeAt < this.#timer.at) this.#timer.wakeAt(ripeAt, true);
    }
  }

  /** Sends what was accepted so far without waiting for company; `done` once nothing of it can be sent now. */
  flush(done: () => void): void {
    if (this.#closed) {
      done();
      return;
    }
    this.#flushTo = this.#stock.nextPosition;
    this.#flushes.push({ position: this.#flushTo, done });
    this.#timer.pumpSoon();
  }

  /** The last chance before the end: what only waits for its time is due now. `Retry-After` and parking still hold. */
  hurry(): void {
    const now = this.setup.clock.monotonic();
    this.#pausedUntil = now;
    this.#waiting.makeDue(now);
    this.#timer.pumpSoon();
  }

  /** Ends every attempt and gives what is not settled back to the buffer. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer.cancel();
    await this.setup.transport.close();
    for (const batch of this.#waiting.takeAll()) this.#stock.giveBack(batch);
    for (const { done } of this.#flushes.splice(0)) done();
  }

  #pump(): void {
    let encoded = 0;
    for (;;) {
      const until = this.#standsUntil();
      if (until > 0) {
        this.#timer.wakeAt(until, this.#parking === undefined && this.#holdsEvents());
        break;
      }
      if (this.#inFlight.size >= this.#window.limit || this.#parking?.probe !== undefined) break;
      if (encoded >= EVENTS_PER_TURN) {
        this.#timer.pumpSoon();
        break;
      }
      const batch = this.#parking?.takeProbe(this.#stock, this.#waiting) ?? this.#next();
      if (batch === undefined) {
        this.#sleep();
        break;
      }
      encoded += batch.size;
      this.#attempt(batch);
    }
    this.#endFlushes();
  }

  /** The monotonic time before which no attempt may begin, 0 if one may begin now. */
  #standsUntil(): number {
    const until = Math.max(
      this.#heldUntil,
      this.#parking?.probeAt ?? 0,
      this.#window.failing ? this.#pausedUntil : 0,
    );
    return until > this.setup.clock.monotonic() ? until : 0;
  }

  /** Nothing is ready: wake up when the first waiting batch is due, or the first event has waited for company. */
  #sleep(): void {
    this.#timer.wakeAt(Math.min(this.#waiting.nextDueAt ?? Infinity, this.#stock.ripeAt), true);
  }

  #next(): Batch | undefined {
    if (this.#parking !== undefined) return undefined;
    if (!this.#window.failing) return this.#due() ?? this.#stock.take(this.#flushTo);
    this.#freshNext = !this.#freshNext;
    return this.#freshNext
      ? (this.#stock.take(this.#flushTo) ?? this.#due(Infinity))
      : (this.#due(Infinity) ?? this.#stock.take(this.#flushTo));
  }

  #due(by = this.setup.clock.monotonic()): Batch | undefined {
    for (let at = this.#waiting.nextDueAt; at !== undefined && at <= by; at = this.#waiting.nextDueAt) {
      const batch = this.#stock.withoutExpired(this.#waiting.takeFirst()!);
      if (batch !== undefined) return batch;
    }
    return undefined;
  }

  #attempt(batch: Batch): void {
    const { destination, clock, transport } = this.setup;
    const request = encodeBatch(destination, batch, clock.now());
    if (request === undefined) {
      this.#unsendable(batch, 'encode_error');
      return;
    }
    const { body } = request;
    const bytes = typeof body === 'string' ? Buffer.byteLength(body) : (body?.byteLength ?? 0);
    if (bytes > destination.batch.maxBytes) {
      this.#unsendable(batch, 'too_large');
      return;
    }
    this.attempts++;
    if (batch.totalAttempts > 0) this.retries++;
    batch.attempts++;
    this.#inFlight.add(batch);
    const marks = {
      window: this.#window.start(),
      successes: this.#refusals.successes,
      sentAt: clock.monotonic(),
    };
    transport.send(request, (result) => {
      this.#inFlight.delete(batch);
      if (this.#closed && 'failure' in result) this.#waiting.add(batch);
      else this.#ended(batch, result, marks);
      this.#timer.pumpSoon();
    });
  }

  /** No request can be made of it as a whole: its halves may do; only a single event is given up. */
  #unsendable(batch: Batch, reason: Reason): void {
    if (this.#parking?.probe === batch) this.#parking.probe = undefined;
    if (batch.size > 1) this.#halve(batch);
    else this.#stock.dead(batch, reason);
  }

  #ended(batch: Batch, result: AttemptResult, marks: AttemptMarks): void {
    const { destination, clock, retry } = this.setup;
    const answer = 'answer' in result ? result.answer : undefined;
    const { request, events } = readAttempt(result, destination, batch.events);
    const unnamed = events === undefined ? batch : this.#settleNamed(batch, events, marks);
    const probed = this.#parking?.probe === batch;
    if (probed) this.#parking!.probe = undefined;
    if (request.kind === 'retry' && answer !== undefined) {
      const holdMs = retryAfterMs(answer, clock.now(), retry.maxRetryAfterMs);
      if (holdMs !== undefined) this.#heldUntil = Math.max(this.#heldUntil, clock.monotonic() + holdMs);
    }
    if (unnamed !== undefined) {
      if (request.kind === 'delivered') {
        if (!request.verified) this.unverified += unnamed.size;
        this.#delivered(unnamed, marks);
      } else if (request.kind === 'retry') {
        this.#failed(
          unnamed,
          marks,
          request.throttled,
          answer ? String(answer.status) : (result as { failure: string }).failure,
        );
      } else {
        unnamed.answer = answer && cleanAnswer(answer.status, answer.body, destination.secrets);
        this.#refused(unnamed, request.kind === 'park' ? request.reason : undefined, marks);
      }
    }
    if (probed && this.#parking !== undefined) {
      this.#parking.rounds++;
      this.#parking.probeAt = clock.monotonic() + this.#pause(this.#parking.rounds + 1);
    }
  }

  /** Settles what the platform named; returns the rest, which fares as the status says. */
  #settleNamed(batch: Batch, outcomes: ReadonlyMap<string, Outcome>, marks: AttemptMarks): Batch | undefined {
    const delivered = batch.events.filter((held) => outcomes.get(held.event.id)?.kind === 'delivered');
    if (delivered.length > 0) this.#delivered(batch.part(delivered), marks);
    let notBefore = 0;
    const retried = batch.events.filter((held) => {
      const outcome = outcomes.get(held.event.id);
      if (outcome?.kind !== 'retry') return false;
      const { afterMs } = outcome;
      if (typeof afterMs === 'number' && afterMs > notBefore) notBefore = afterMs;
      return true;
    });
    if (retried.length > 0)
      this.#again(batch.rest(retried), Math.min(notBefore, this.setup.retry.maxRetryAfterMs));
    for (const held of batch.events) {
      const outcome = outcomes.get(held.event.id);
      if (outcome?.kind !== 'rejected') continue;
      const single = batch.part([held]);
      if (outcome.detail !== undefined)
        single.answer = cleanAnswer(200, outcome.detail, this.setup.destination.secrets);
      this.#stock.dead(single, 'refused');
    }
    const unnamed = batch.events.filter((held) => !outcomes.has(held.event.id));
    return unnamed.length === 0 ? undefined : batch.rest(unnamed);
  }

  #delivered(batch: Batch, marks: AttemptMarks): void {
    const now = this.setup.clock.monotonic();
    this.#stock.delivered(batch);
    if (this.#window.failing) {
      this.setup.log.info(deliveryMessages.recovered(this.name));
      this.#waiting.makeDue(now);
    }
    this.#window.succeeded();
    this.#refusals.succeeded();
    this.#capacity.roundTrip(now - marks.sentAt, now, () => this.#stock.intake);
    if (this.#parking !== undefined) this.#resume(now);
    if (this.#suspects) {
      this.#suspects = false;
      this.#waiting.makeDue(now, (waiting) => waiting.refusedAt !== undefined);
    }
  }

  #failed(batch: Batch, marks: AttemptMarks, throttled: boolean, failure: string): void {
    const wasFailing = this.#window.failing;
    this.#window.failed(marks.window, throttled);
    if (this.#window.failing) {
      if (!wasFailing)
        this.setup.log.errorLimited(`failing ${this.name}`, () =>
          deliveryMessages.failing(this.name, failure),
        );
      this.#pausedUntil = this.setup.clock.monotonic() + this.#pause(this.#window.failedRounds);
    }
    this.#again(batch, 0);
  }

  /** Waits and is sent again as it is, so that a platform that knows the batch knows it again. */
  #again(batch: Batch, notBeforeMs: number): void {
    batch.dueAt = this.setup.clock.monotonic() + Math.max(notBeforeMs, this.#pause(batch.attempts));
    this.#waiting.add(batch);
    this.#stock.retrying(batch);
  }

  #refused(batch: Batch, parking: Reason | undefined, marks: AttemptMarks): void {
    const decision = this.#refusals.refused(batch, parking, marks.successes);
    if (this.#parking !== undefined) {
      this.#setAside(batch);
      return;
    }
    switch (decision.kind) {
      case 'dead':
        this.#stock.dead(batch, 'refused');
        break;
      case 'halve':
        this.#halve(batch);
        break;
      case 'setAside':
        this.#setAside(batch);
        break;
      case 'park':
        this.#setAside(batch);
        this.#park(decision.reason, batch.answer);
    }
  }

  #setAside(batch: Batch): void {
    this.#suspects = true;
    batch.dueAt = this.setup.clock.monotonic() + this.#pause(batch.attempts);
    this.#waiting.add(batch);
  }

  #halve(batch: Batch): void {
    for (const half of batch.halves()) {
      half.dueAt = this.setup.clock.monotonic();
      this.#waiting.add(half);
    }
  }

  #park(reason: Reason, answer: string | undefined): void {
    const { log, lifecycle, clock } = this.setup;
    this.#parking = new Parking(reason, clock.monotonic() + this.#pause(1));
    log.errorLimited(`parked ${this.name} ${reason}`, () =>
      deliveryMessages.parked(this.name, reason, answer),
    );
    if (lifecycle.observed) lifecycle.emit({ type: 'parked', at: clock.now(), lane: this.name, reason });
  }

  #resume(now: number): void {
    const { log, lifecycle, clock } = this.setup;
    this.#parking = undefined;
    this.#waiting.makeDue(now);
    log.info(deliveryMessages.resumed(this.name));
    if (lifecycle.observed) lifecycle.emit({ type: 'resumed', at: clock.now(), lane: this.name });
  }

  #pause(failures: number): number {
    return backoffMs(failures, this.setup.retry, this.setup.random);
  }

  #taken(): Batch[] {
    return [...this.#inFlight, ...this.#waiting];
  }

  #holdsEvents(): boolean {
    return this.#waiting.count > 0 || this.#stock.oldest !== undefined;
  }

  /** A flush ends when its events are settled, or when those left wait for `Retry-After`, a parked lane, or as suspects. */
  #endFlushes(): void {
    if (this.#flushes.length === 0) return;
    const now = this.setup.clock.monotonic();
    const stands = this.#heldUntil > now || this.#parking !== undefined;
    let first = stands ? Infinity : (this.#stock.oldest?.position ?? Infinity);
    const reach = (batch: Batch): void => {
      for (const held of batch.events) first = Math.min(first, held.position);
    };
    for (const batch of this.#inFlight) if (batch !== this.#parking?.probe) reach(batch);
    if (!stands) for (const batch of this.#waiting) if (!isSuspect(batch, now)) reach(batch);
    const ended = this.#flushes.filter((flush) => flush.position <= first);
    if (ended.length === 0) return;
    this.#flushes = this.#flushes.filter((flush) => flush.position > first);
    for (const { done } of ended) done();
  }
}

/** Refused alone, and waiting for a proof that it is the event's fault. */
function isSuspect(batch: Batch, now: number): boolean {
  return batch.size === 1 && batch.refusedAt !== undefined && batch.dueAt > now;
}
