import type { EventBuffer, StoredEvent, Waiting } from '../buffer/event-buffer.js';
import { TrackingConfigError } from '../config/tracking-config.error.js';
import type { LastRefusal } from '../event/last-refusal.js';
import type { LifecycleStream } from '../event/lifecycle.js';
import type { Reason } from '../event/reasons.js';
import type { Clock } from '../host/clock.js';
import type { Log } from '../host/log.js';
import type { Batch } from './batch.js';
import { CapacityWatch } from './capacity-watch.js';
import { deliveryMessages } from './delivery.messages.js';
import { encodeBatch } from './encode-batch.js';
import type { LaneDestination, RetryPolicy } from './lane-destination.js';
import { LaneCredentials } from './lane-credentials.js';
import type { LaneSecret } from './lane-credentials.js';
import { LaneFlushes } from './lane-flushes.js';
import { LaneOutcomes } from './lane-outcomes.js';
import type { AttemptMarks } from './lane-outcomes.js';
import { LanePace } from './lane-pace.js';
import { LaneRefusals } from './lane-refusals.js';
import { LaneStock } from './lane-stock.js';
import type { LaneTelemetry } from './lane-telemetry.js';
import { LaneTimer } from './lane-timer.js';
import { PersonOrder } from './order/person-order.js';
import { isNoRequest, isUnknown, NOT_CONFIGURED } from './reading.js';
import type { AttemptResult } from './reading.js';
import type { Transport } from './transport.js';
import { WaitingBatches } from './waiting-batches.js';

/** Events serialised in one turn of the event loop. */
const EVENTS_PER_TURN = 200;
/** How often a lane looks for events that are on their way from a disk, whatever it was told. */
const LOOK_AGAIN_MS = 10_000;

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
  readonly telemetry?: LaneTelemetry | undefined;
  /** More comes in than the lane can deliver; `message` is for the log. */
  onOverCapacity(message: () => string): void;
}

/**
 * Delivers one destination's events: cuts batches and makes attempts as fast as its pace allows, and leaves what follows
 * from them to its outcomes. Every event it has taken is in exactly one place: under way, waiting, or settled.
 */
export class Lane {
  readonly name: string;
  /** Requests made. */
  attempts = 0;
  /** Those of them whose events had been sent before. */
  retries = 0;

  readonly #stock: LaneStock;
  readonly #pace: LanePace;
  readonly #outcomes: LaneOutcomes;
  readonly #refusals: LaneRefusals;
  readonly #waiting = new WaitingBatches();
  readonly #inFlight = new Set<Batch>();
  readonly #timer: LaneTimer;
  /** Set if a function returns the credentials. */
  readonly #credentials: LaneCredentials | undefined;
  readonly #capacity: CapacityWatch;
  readonly #flushes = new LaneFlushes();
  /** A failing lane tries new and old events in turn, so that a batch that always fails holds nobody up. */
  #freshNext = false;
  /** Events come in groups, and some that wait may not be at hand: that none waited before tells nothing of the first. */
  readonly #isGrouped: boolean;
  #closed = false;
  /** What an earlier life knew of the platform is not read yet. */
  #isOpening = false;

  constructor(private readonly setup: LaneSetup) {
    const { destination, buffer, clock, log, lifecycle, retry, random, telemetry } = setup;
    this.name = destination.name;
    this.#isGrouped = buffer.durable;
    const order = new PersonOrder({
      waiting: this.#waiting,
      inFlight: this.#inFlight,
      isParked: () => this.#pace.parking !== undefined,
    });
    this.#stock = new LaneStock(destination, buffer, retry.maxAgeMs, clock, log, lifecycle, order);
    this.#pace = new LanePace(destination.concurrency, retry, clock, random, (until) =>
      buffer.keepPause?.(destination.name, until),
    );
    this.#timer = new LaneTimer(clock, () => this.#pump());
    this.#capacity = new CapacityWatch(
      destination.concurrency * destination.batch.maxEvents,
      clock.monotonic(),
      (intake, capacity) =>
        setup.onOverCapacity(() => deliveryMessages.overCapacity(this.name, intake, capacity)),
    );
    this.#refusals = new LaneRefusals({
      lane: this.name,
      clock,
      log,
      lifecycle,
      keep: (trouble) => buffer.keepTrouble?.(this.name, trouble),
    });
    const { credentials: source, timeoutMs } = destination;
    this.#credentials =
      source &&
      new LaneCredentials({
        lane: this.name,
        source,
        timeoutMs,
        clock,
        log,
        pauseMs: (failures) => this.#pace.pauseMs(failures),
        onSecrets: (secrets) => this.#outcomes.hide(secrets),
        onEnd: () => this.#timer.pumpSoon(),
      });
    this.#outcomes = new LaneOutcomes({
      destination,
      retry,
      clock,
      log,
      reports: this.#refusals,
      telemetry,
      stock: this.#stock,
      pace: this.#pace,
      waiting: this.#waiting,
      capacity: this.#capacity,
      credentials: this.#credentials,
    });
  }

  /** Begins no attempt before it is known until when the platform asked to wait; see `EventBuffer.pauses`. */
  async openAfter(pauses: Promise<ReadonlyMap<string, number> | undefined>): Promise<void> {
    this.#isOpening = true;
    const until = (await pauses)?.get(this.name);
    this.#isOpening = false;
    if (until !== undefined) this.#pace.holdAgain(until);
    this.#timer.pumpSoon();
  }

  get parked(): Reason | null {
    return this.#pace.parking?.reason ?? null;
  }

  get lastRefusal(): LastRefusal | null {
    return this.#refusals.last;
  }

  /** Why its pending events are not delivered now, as a sentence; undefined where only time is missing. */
  get standstill(): string | undefined {
    const { isHeld, parking, window } = this.#pace;
    if (parking === undefined && isHeld) return deliveryMessages.becauseAskedToWait();
    const trouble = this.#credentials?.trouble;
    if (trouble !== undefined) return deliveryMessages.becauseNoCredentials(trouble);
    if (parking === undefined && window.failing)
      return deliveryMessages.becauseFailing(this.#outcomes.failure);
    return this.#refusals.cause;
  }

  get unverified(): number {
    return this.#outcomes.unverified;
  }

  /** Events per second that this lane can deliver, as measured; null before the first delivery. */
  get capacityPerSecond(): number | null {
    return this.#capacity.perSecond;
  }

  /** When the oldest unsettled event was accepted, in monotonic milliseconds. */
  get oldestSince(): number | undefined {
    let since = this.#stock.oldest?.since;
    for (const held of this.#leased()) if (since === undefined || held.since < since) since = held.since;
    return since;
  }

  /**
   * Events came in, one from the door or a group from a disk. On the caller's thread: at most it arms a timer.
   *
   * @param added how many of those that wait
   */
  onWork(waiting: Waiting, added: number): void {
    if (this.#isGrouped) this.#stock.announced();
    if (this.#isOpening || this.#timer.soon || this.#inFlight.size >= this.#pace.window.limit) return;
    const { parking, standsUntil } = this.#pace;
    if (standsUntil > 0) {
      // The wake-up is set; it may be that nothing waited for it yet.
      if (parking === undefined) this.#timer.wakeAt(standsUntil, true);
      return;
    }
    if (this.#credentials?.isPaused === true && this.#timer.at !== Infinity) return;
    const { maxBytes } = this.setup.destination.batch;
    if (waiting.events >= this.#stock.maxEvents || waiting.bytes >= maxBytes) {
      this.#timer.pumpSoon();
    } else if (waiting.events === added || this.#isGrouped) {
      const ripeAt = this.#stock.ripeAt(this.#flushes.upTo);
      if (ripeAt < this.#timer.at) this.#timer.wakeAt(ripeAt, true);
      else if (this.#timer.at === Infinity) this.#lookAgain();
    }
  }

  /** Events that waited are gone: a flush may have waited for them alone. */
  onDropped(): void {
    if (this.#flushes.count > 0) this.#timer.pumpSoon();
  }

  /** People were erased: forgets all data about them. @param ids undefined: of all people */
  forget(ids: readonly string[] | undefined): void {
    this.#stock.forget(ids);
  }

  /**
   * Sends what was accepted so far without waiting for company; `done` once nothing of it can be sent now. Returns what
   * ends the waiting for it.
   */
  flush(done: () => void): () => void {
    if (this.#closed) {
      done();
      return () => undefined;
    }
    const cancel = this.#flushes.add(this.#stock.nextPosition, done);
    this.#timer.pumpSoon();
    return cancel;
  }

  /** The last chance before the end: what only waits for its time is due now. `Retry-After` and parking still hold. */
  hurry(): void {
    this.#pace.hurry();
    this.#credentials?.hurry();
    this.#waiting.makeDue(this.setup.clock.monotonic());
    this.#timer.pumpSoon();
  }

  /** Ends every attempt and gives what is not settled back to the buffer. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer.cancel();
    this.#credentials?.close();
    await this.setup.transport.close();
    this.#stock.giveBack(this.#waiting.takeAll());
    this.#flushes.endUpTo(Infinity);
    this.#refusals.close();
  }

  /** The only way forward: begins attempts until nothing is ready or nothing may begin, then sleeps. */
  #pump(): void {
    if (this.#isOpening) return;
    let encoded = 0;
    for (;;) {
      const { parking, standsUntil, window } = this.#pace;
      const now = this.setup.clock.monotonic();
      if (standsUntil > 0) {
        this.#timer.wakeAt(standsUntil, parking === undefined && this.#holdsEvents());
        break;
      }
      if (this.#inFlight.size >= window.limit || parking?.probe !== undefined) break;
      if (encoded >= EVENTS_PER_TURN) {
        this.#timer.pumpSoon();
        break;
      }
      const secret = this.#credentials?.take();
      if (this.#credentials !== undefined && secret === undefined) {
        const needed = this.#holdsEvents();
        this.#timer.wakeAt(needed ? this.#credentials.ask() : Infinity, needed);
        break;
      }
      const batch =
        parking === undefined
          ? this.#next(window.failing)
          : parking.takeProbe(this.#stock, this.#waiting, now);
      if (batch === undefined) {
        // Wake up when the first waiting batch is due, or the first event has waited for company.
        const next = Math.min(this.#waiting.nextDueAt ?? Infinity, this.#stock.ripeAt(this.#flushes.upTo));
        if (next === Infinity) this.#lookAgain();
        else this.#timer.wakeAt(next, parking === undefined);
        break;
      }
      encoded += batch.size;
      this.#attempt(batch, secret);
    }
    if (this.#flushes.count > 0) this.#flushes.endUpTo(this.#firstToWaitFor());
  }

  #next(failing: boolean): Batch | undefined {
    // Full batches may each hold an event that breaks the platform: one event alone shows that it is up.
    const fresh = (): Batch | undefined => this.#stock.take(this.#flushes.upTo, failing ? 1 : undefined);
    if (!failing) return this.#due() ?? fresh();
    this.#freshNext = !this.#freshNext;
    return this.#freshNext ? (fresh() ?? this.#due()) : (this.#due() ?? fresh());
  }

  #due(): Batch | undefined {
    const now = this.setup.clock.monotonic();
    for (let batch = this.#waiting.take(now); batch !== undefined; batch = this.#waiting.take(now)) {
      const fresh = this.#stock.sendable(batch);
      if (fresh !== undefined) return fresh;
    }
    return undefined;
  }

  #attempt(batch: Batch, secret: LaneSecret | undefined): void {
    const { destination, clock, transport } = this.setup;
    const request = encodeBatch(destination, batch, this.#stock.sent(batch), clock.now(), secret?.values);
    if (request === undefined) {
      this.#outcomes.unsendable(batch, 'encode_error');
      return;
    }
    if (request instanceof TrackingConfigError) {
      this.#outcomes.notMade(batch, NOT_CONFIGURED, this.#outcomes.begin(secret), request.message);
      return;
    }
    const { body } = request;
    const bytes = typeof body === 'string' ? Buffer.byteLength(body) : (body?.byteLength ?? 0);
    if (bytes > destination.batch.maxBytes) {
      this.#outcomes.unsendable(batch, 'too_large');
      return;
    }
    this.attempts++;
    if (batch.totalAttempts > 0) this.retries++;
    batch.attempts++;
    this.#inFlight.add(batch);
    const marks = this.#outcomes.begin(secret, request.secrets);
    const end = (result: AttemptResult): void => {
      if (this.#inFlight.delete(batch)) this.#ended(batch, result, marks);
    };
    try {
      // A request that shares a socket may be repeated by undici.
      transport.send(destination.onUnknown === 'dead' ? { ...request, idempotent: false } : request, end);
    } catch (error) {
      this.setup.log.internalError('sending a batch', error);
      end({ failure: 'ERROR', isUnsent: true });
    }
  }

  #ended(batch: Batch, result: AttemptResult, marks: AttemptMarks): void {
    try {
      if ('failure' in result && isNoRequest(result.failure)) this.#notMade(batch, result.failure, marks);
      // What we ended ourselves says nothing of the platform.
      else if (this.#closed && 'failure' in result) this.#cutShort(batch, result);
      else this.#outcomes.ended(batch, result, marks);
    } catch (error) {
      this.setup.log.internalError('settling a batch', error);
      this.#outcomes.unforeseen(batch, result);
    } finally {
      this.#timer.pumpSoon();
    }
  }

  #cutShort(batch: Batch, result: AttemptResult & { readonly failure: string }): void {
    if (isUnknown(result, this.setup.destination)) this.#outcomes.unknown(batch, result);
    else this.#waiting.add(batch);
  }

  /** Nothing was sent, so it was no attempt. */
  #notMade(batch: Batch, failure: string, marks: AttemptMarks): void {
    this.attempts--;
    batch.attempts--;
    if (batch.totalAttempts > 0) this.retries--;
    this.#outcomes.notMade(batch, failure, marks);
  }

  /** Nothing is at hand. What is on its way announces itself; until then the process has something to live for. */
  #lookAgain(): void {
    const onItsWay = this.#inFlight.size === 0 && this.#stock.firstPosition !== Infinity;
    const at = onItsWay ? this.setup.clock.monotonic() + LOOK_AGAIN_MS : Infinity;
    this.#timer.wakeAt(at, this.#pace.parking === undefined);
  }

  #holdsEvents(): boolean {
    const { asideCount, firstPosition } = this.#stock;
    return this.#waiting.count > 0 || asideCount > 0 || firstPosition !== Infinity;
  }

  *#leased(): Iterable<StoredEvent> {
    for (const batch of [...this.#inFlight, ...this.#waiting]) yield* batch.events;
    yield* this.#stock.aside;
  }

  /** The first position that a flush has to wait for: not what waits for `Retry-After`, a parked lane, or as a suspect. */
  #firstToWaitFor(): number {
    const { isRefusing, parking } = this.#pace;
    const now = this.setup.clock.monotonic();
    let first = isRefusing ? Infinity : this.#stock.firstPosition;
    const reach = (batch: Batch): void => {
      for (const held of batch.events) first = Math.min(first, held.position);
    };
    for (const batch of this.#inFlight) if (batch !== parking?.probe) reach(batch);
    if (isRefusing) return first;
    for (const batch of this.#waiting) if (!batch.isSuspect(now)) reach(batch);
    for (const { position } of this.#stock.aside) first = Math.min(first, position);
    return first;
  }
}
