import type { LastRefusal, LaneTrouble } from '../event/last-refusal.js';
import type { LifecycleStream } from '../event/lifecycle.js';
import type { Reason } from '../event/reasons.js';
import type { Clock } from '../host/clock.js';
import type { Log } from '../host/log.js';
import { answerForLog } from './answer/for-log.js';
import type { Batch } from './batch.js';
import { deliveryMessages } from './delivery.messages.js';
import { isNoRequest, PRIVATE_ADDRESS } from './reading.js';

/** After the first delivery, refusals are stored from this count without a success on: one bad event costs no write. */
const REFUSALS_TO_KEEP = 4;
/** Least time between two stored states of a lane that keeps refusing. */
const KEEP_AGAIN_MS = 10_000;

/** What the refusals of a lane are reported to. */
export interface LaneRefusalsSetup {
  readonly lane: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly lifecycle: LifecycleStream;
  /** Stores why the lane delivers nothing, for the command line; undefined: it delivers. */
  readonly keep: (trouble: LaneTrouble | undefined) => void;
}

/**
 * Reports what a destination refuses: to the log, `lifecycle$`, `stats()`, and the buffer for the command line. Decides nothing.
 */
export class LaneRefusals {
  #last: Omit<LastRefusal, 'count'> | undefined;
  /** Refused requests since the last success. */
  #count = 0;
  #hasDelivered = false;
  #parked: LaneTrouble['parked'] = null;
  #kept: LaneTrouble | undefined;
  #keptAt = -Infinity;

  constructor(private readonly setup: LaneRefusalsSetup) {}

  get last(): LastRefusal | null {
    return this.#last === undefined ? null : { ...this.#last, count: this.#count };
  }

  /** Why the lane delivers nothing now, as a sentence; undefined where that is not because of refusals. */
  get cause(): string | undefined {
    const answer = this.#count === 0 ? undefined : this.#last?.answer;
    if (this.#parked !== null) return deliveryMessages.becauseParked(this.#parked.reason, answer);
    if (answer === undefined) return undefined;
    return this.#hasDelivered
      ? deliveryMessages.becauseRefused(this.#count, answer)
      : deliveryMessages.becauseAllRefused(this.#count, answer);
  }

  /**
   * A request was refused as a whole.
   *
   * @param follows the lane parks or is parked, or the event becomes a dead letter: that has a line of its own
   */
  refused(batch: Batch, status: number, reason: Reason, follows: 'parked' | 'dead' | 'retry'): void {
    const { lane, clock, log, lifecycle } = this.setup;
    this.#note(batch, status, reason);
    this.#count++;
    if (follows !== 'parked' && lifecycle.observed) {
      lifecycle.emit({ type: 'refused', at: clock.now(), lane, reason, answer: batch.answer ?? '' });
    }
    if (follows === 'retry') {
      const message = this.#hasDelivered ? deliveryMessages.refused : deliveryMessages.refusedFirst;
      log.limited('warn', `refused ${lane}`, () => message(lane, shownOf(batch)));
    }
    this.#keepAgain(batch);
  }

  /** An answer rejected events by name; each of them is reported as a dead letter. */
  rejected(batch: Batch, status: number, hasDelivered: boolean): void {
    this.#note(batch, status, 'refused');
    if (hasDelivered) return;
    this.#count++;
    this.#keepAgain(batch);
  }

  /** @param cause the destination's message about its configuration */
  parked(reason: Reason, batch: Batch, cause?: string): void {
    const { lane, clock, log, lifecycle } = this.setup;
    const { answer } = batch;
    const at = clock.now();
    this.#parked = { reason, at };
    log.limited('error', `parked ${lane} ${reason}`, () =>
      cause !== undefined
        ? deliveryMessages.notConfigured(lane, cause)
        : answer === PRIVATE_ADDRESS
          ? deliveryMessages.privateHost(lane)
          : isNoRequest(answer)
            ? deliveryMessages.noRequest(lane, reason, answer!)
            : deliveryMessages.parked(lane, reason, shownOf(batch)),
    );
    if (lifecycle.observed) {
      lifecycle.emit({ type: 'parked', at, lane, reason, ...(answer !== undefined && { answer }) });
    }
    this.#keep(batch);
  }

  resumed(): void {
    const { lane, clock, log, lifecycle } = this.setup;
    this.#parked = null;
    log.limited('info', `resumed ${lane}`, () => deliveryMessages.resumed(lane));
    if (lifecycle.observed) lifecycle.emit({ type: 'resumed', at: clock.now(), lane });
    this.#forget();
  }

  /** A request delivered something. */
  succeeded(): void {
    this.#count = 0;
    // An earlier process may have left a state of its own.
    const isFirst = !this.#hasDelivered;
    this.#hasDelivered = true;
    if (this.#parked === null && (isFirst || this.#kept !== undefined)) this.#forget();
  }

  /** The process ends, and leaves the last count. */
  close(): void {
    const { parked, lastRefusal } = this.#kept ?? {};
    if (!lastRefusal || parked === undefined) return;
    this.setup.keep({ parked, lastRefusal: { ...lastRefusal, count: this.#count } });
  }

  #note(batch: Batch, status: number, reason: Reason): void {
    this.#last = { status, reason, answer: batch.answer ?? String(status), at: this.setup.clock.now() };
  }

  /** Stores the first refusal of a destination that has delivered nothing, and then ever more rarely. */
  #keepAgain(batch: Batch): void {
    const count = this.#count;
    const isTurn = (count & (count - 1)) === 0 && (count >= REFUSALS_TO_KEEP || !this.#hasDelivered);
    if (isTurn && this.setup.clock.monotonic() - this.#keptAt >= KEEP_AGAIN_MS) this.#keep(batch);
  }

  #keep(batch: Batch): void {
    const { last } = this;
    const lastRefusal = last && { ...last, answer: shownOf(batch) ?? String(last.status) };
    this.#kept = { parked: this.#parked, lastRefusal };
    this.#keptAt = this.setup.clock.monotonic();
    this.setup.keep(this.#kept);
  }

  #forget(): void {
    this.#kept = undefined;
    this.setup.keep(undefined);
  }
}

function shownOf({ answer, events }: Batch): string | undefined {
  return answer === undefined ? undefined : answerForLog(answer, events);
}
