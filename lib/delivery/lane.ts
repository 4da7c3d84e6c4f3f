import type { Waiting } from '../buffer/event-buffer.js';
import type { LastRefusal } from '../event/last-refusal.js';
import type { Reason } from '../event/reasons.js';
import type { Clock } from '../host/clock.js';
import type { Log } from '../host/log.js';
import { deliveryMessages } from './delivery.messages.js';
import type { LaneCredentials } from './lane-credentials.js';
import type { LaneHealth } from './lane-health.js';
import type { LaneFigures } from './lane-measures.js';
import type { LaneQueue } from './lane-queue.js';
import { LaneTimer } from './lane-timer.js';
import type { Sender } from './sender.js';
import type { Throttle } from './throttle.js';

/** Events serialised in one turn of the event loop. */
const EVENTS_PER_TURN = 200;
/** How often a lane checks for events that are being read from a disk, and after an internal error. */
const LOOK_AGAIN_MS = 10_000;

/** The parts of a lane, as `makeLane()` connects them. */
export interface LaneParts {
  readonly name: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Events arrive in groups, and some pending events may not be in memory. */
  readonly isGrouped: boolean;
  readonly credentials: LaneCredentials;
  readonly health: LaneHealth;
  readonly queue: LaneQueue;
  readonly sender: Sender;
  readonly throttle: Throttle;
}

/** The state of a lane. */
export interface LaneState extends LaneFigures {
  readonly parked: Reason | null;
  readonly lastRefusal: LastRefusal | null;
  /** When the oldest unsettled event was accepted, in monotonic milliseconds. */
  readonly oldestSince: number | undefined;
}

/**
 * Delivers the events of one destination: begins attempts as soon as there is a batch and the throttle allows it. Every leased
 * event is in exactly one place: in flight, waiting, put aside, or settled.
 */
export class Lane {
  readonly name: string;
  readonly #timer: LaneTimer;
  #closed = false;
  /** The pause of an earlier process is not read yet. */
  #isOpening = false;

  constructor(private readonly parts: LaneParts) {
    this.name = parts.name;
    this.#timer = new LaneTimer(parts.clock, () => this.#pump());
  }

  /** Begins no attempt before the end of an earlier process's `Retry-After` is known; see `EventBuffer.pauses`. */
  async openAfter(pauses: Promise<ReadonlyMap<string, number>>): Promise<void> {
    this.#isOpening = true;
    const until = (await pauses).get(this.name);
    this.#isOpening = false;
    if (until !== undefined) this.parts.throttle.holdAgain(until);
    this.wake();
  }

  /** For `stats()`. */
  get state(): LaneState {
    const { health, queue, throttle } = this.parts;
    return {
      ...health.figures,
      parked: throttle.parking.parked?.reason ?? null,
      lastRefusal: health.lastRefusal,
      oldestSince: queue.oldestSince,
    };
  }

  /** Why its pending events are not delivered now, as a sentence; undefined if they only need time. */
  get standstill(): string | undefined {
    const { credentials, health, throttle } = this.parts;
    if (!throttle.parking.isParked && throttle.isHeld) return deliveryMessages.becauseAskedToWait();
    const { trouble } = credentials;
    if (trouble !== undefined) return deliveryMessages.becauseNoCredentials(trouble);
    return health.cause;
  }

  /**
   * The lane has new events: one from a call, or a group from a disk. On the caller's thread: at most it sets a timer.
   *
   * @param added how many of the pending ones are new
   */
  onWork(waiting: Waiting, added: number): void {
    const { credentials, isGrouped, queue, throttle } = this.parts;
    if (isGrouped) queue.announced();
    if (this.#isOpening || this.#timer.soon || queue.inFlight >= throttle.attempts.limit) return;
    const { blockedUntil } = throttle;
    if (blockedUntil > 0) {
      // The timer is set, but may not keep the process alive yet.
      if (!throttle.parking.isParked) this.#timer.wakeAt(blockedUntil, true);
      return;
    }
    if (credentials.isPaused && this.#timer.at !== Infinity) return;
    if (queue.isFull(waiting)) {
      this.wake();
    } else if (waiting.events === added || isGrouped) {
      const { readyAt } = queue;
      if (readyAt < this.#timer.at) this.#timer.wakeAt(readyAt, true);
      else if (this.#timer.at === Infinity) this.#lookAgain();
    }
  }

  /** Pending events were dropped, and a flush may wait only for these. */
  onDropped(): void {
    if (this.parts.queue.isFlushing) this.wake();
  }

  /** People were erased: forgets all data about them. @param ids undefined: of all people */
  forget(ids: readonly string[] | undefined): void {
    this.parts.queue.forget(ids);
  }

  /** Continues in the next turn of the event loop. */
  wake(): void {
    this.#timer.pumpSoon();
  }

  /**
   * Sends the events that were accepted so far, also if they do not fill a batch.
   *
   * @param done called when none of them can be sent now
   * @returns a function that cancels it
   */
  flush(done: () => void): () => void {
    if (this.#closed) {
      done();
      return () => undefined;
    }
    const cancel = this.parts.queue.flush(done);
    this.wake();
    return cancel;
  }

  /** The last attempts before the end: retries and paused calls are due now. `Retry-After` and parking are still respected. */
  hurry(): void {
    const { credentials, queue, throttle } = this.parts;
    throttle.hurry();
    credentials.hurry();
    queue.hurry();
    this.wake();
  }

  /** Ends every attempt, and returns all unsettled events to the buffer. */
  async close(): Promise<void> {
    const { credentials, health, queue, sender } = this.parts;
    this.#closed = true;
    this.#timer.cancel();
    credentials.close();
    await sender.close();
    queue.close();
    health.close();
  }

  /** Makes all progress of the lane. It runs in a timer, so it must not throw. */
  #pump(): void {
    if (this.#isOpening) return;
    this.#attempt('starting attempts', () => this.#beginAttempts());
    const { queue, throttle } = this.parts;
    if (queue.isFlushing) this.#attempt('ending a flush', () => queue.endFlushes(throttle));
  }

  /** Does a step of the lane. After an error of our own code, the lane looks again later. */
  #attempt(doing: string, step: () => void): void {
    if (!this.parts.log.contain(doing, step)) this.#wakeIn(LOOK_AGAIN_MS, true);
  }

  /** Begins attempts until no batch is ready or no attempt may begin, then sleeps. */
  #beginAttempts(): void {
    const { credentials, queue, sender, throttle } = this.parts;
    const { parking } = throttle;
    for (let encoded = 0; ;) {
      const { blockedUntil } = throttle;
      if (blockedUntil > 0) return this.#timer.wakeAt(blockedUntil, !parking.isParked && !queue.isEmpty);
      if (queue.inFlight >= throttle.attempts.limit || parking.probe !== undefined) return;
      if (encoded >= EVENTS_PER_TURN) return this.wake();
      const secret = credentials.take();
      if (secret === undefined) {
        const isNeeded = !queue.isEmpty;
        return this.#timer.wakeAt(isNeeded ? credentials.ask() : Infinity, isNeeded);
      }
      const batch = parking.isParked ? queue.nextProbe() : queue.next(throttle.attempts.failing);
      if (batch === undefined) return this.#sleep();
      encoded += batch.size;
      sender.send(batch, secret);
    }
  }

  /** Sleeps until a retry is due, or the first event has waited long enough for others. */
  #sleep(): void {
    const { queue, throttle } = this.parts;
    const next = queue.nextAt;
    if (next === Infinity) this.#lookAgain();
    else this.#timer.wakeAt(next, !throttle.parking.isParked);
  }

  /** No event is in memory. Events on a disk are announced; until then, the timer keeps the process alive. */
  #lookAgain(): void {
    const { queue, throttle } = this.parts;
    this.#wakeIn(queue.isReading ? LOOK_AGAIN_MS : Infinity, !throttle.parking.isParked);
  }

  #wakeIn(ms: number, holds: boolean): void {
    this.#timer.wakeAt(this.parts.clock.monotonic() + ms, holds);
  }
}
