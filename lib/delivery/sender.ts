import { TrackingConfigError } from '../config/tracking-config.error.js';
import type { Clock } from '../host/clock.js';
import type { Log } from '../host/log.js';
import type { LaneAttempt } from './attempt.js';
import type { Batch } from './batch.js';
import { encodeBatch } from './encode-batch.js';
import type { LaneSecret } from './lane-credentials.js';
import type { LaneDestination } from './lane-destination.js';
import type { LaneMeasures } from './lane-measures.js';
import type { LaneQueue } from './lane-queue.js';
import type { LeasedBatches } from './leased-batches.js';
import type { PersonOrder } from './order/person-order.js';
import type { Outcomes } from './outcomes.js';
import { isNoRequest, mayBeTaken, NOT_CONFIGURED, type AttemptResult } from './reading.js';
import type { Throttle } from './throttle.js';
import type { Transport } from './http/transport.js';
import type { Verdicts } from './verdicts.js';

const NOT_SENT: AttemptResult = { failure: 'ERROR', isUnsent: true };

/** The setup of a lane's attempts. */
export interface SenderSetup {
  readonly destination: LaneDestination;
  readonly transport: Pick<Transport, 'send' | 'close'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly batches: LeasedBatches;
  readonly measures: LaneMeasures;
  readonly outcomes: Outcomes;
  readonly order: PersonOrder;
  readonly queue: LaneQueue;
  readonly throttle: Throttle;
  readonly verdicts: Verdicts;
}

/** Makes the attempts of a lane: builds each request, sends it, and passes its result to the outcomes. */
export class Sender {
  #closed = false;

  constructor(
    private readonly setup: SenderSetup,
    /** An attempt has ended. */
    private readonly onEnd: () => void,
  ) {}

  /** Never throws. */
  send(batch: Batch, secret: LaneSecret): void {
    try {
      this.#send(batch, secret);
    } catch (error) {
      this.#unforeseen('making a request', error, batch, NOT_SENT);
    }
  }

  /** Ends every attempt. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.setup.transport.close();
  }

  #send(batch: Batch, secret: LaneSecret): void {
    const { destination, transport, clock, batches, measures, outcomes, order, log } = this.setup;
    const events = order.sent(batch.events);
    const request = encodeBatch(destination, batch, events, clock.now(), secret.values);
    if (typeof request === 'string') return outcomes.unsendable(batch, request);
    if (request instanceof TrackingConfigError) {
      return outcomes.notMade(this.#begin(batch, secret), NOT_CONFIGURED, request.message);
    }
    measures.sent(batch);
    batches.start(batch);
    const attempt = this.#begin(batch, secret, request.secrets);
    const end = (result: AttemptResult): void => this.#ended(attempt, result);
    try {
      // A request that shares a socket may be repeated by undici.
      transport.send(destination.onUnknown === 'dead' ? { ...request, idempotent: false } : request, end);
    } catch (error) {
      log.internalError('sending a batch', error);
      end(NOT_SENT);
    }
  }

  #begin(batch: Batch, secret: LaneSecret, secrets?: readonly string[]): LaneAttempt {
    const { throttle, queue, clock, verdicts } = this.setup;
    return {
      batch,
      number: throttle.window.start(),
      known: verdicts.newestSuccess,
      isWithheld: queue.isWithheld,
      startedAt: clock.monotonic(),
      secret,
      secrets,
    };
  }

  #ended(attempt: LaneAttempt, result: AttemptResult): void {
    const { batches, measures, outcomes } = this.setup;
    const { batch } = attempt;
    try {
      if (!batches.end(batch)) return;
      if ('failure' in result && isNoRequest(result.failure)) {
        measures.notSent(batch);
        outcomes.notMade(attempt, result.failure);
      } else if (this.#closed && 'failure' in result) {
        outcomes.aborted(batch, result);
      } else {
        if (mayBeTaken(result)) batch.mayBeTaken = true;
        measures.ended(attempt, result);
        outcomes.ended(attempt, result);
      }
    } catch (error) {
      this.#unforeseen('settling a batch', error, batch, result);
    } finally {
      this.onEnd();
    }
  }

  #unforeseen(doing: string, error: unknown, batch: Batch, result: AttemptResult): void {
    const { outcomes, log } = this.setup;
    log.internalError(doing, error);
    try {
      outcomes.unforeseen(batch, result);
    } catch (again) {
      // It stays pending and is not sent: a late settlement is better than a duplicate at the platform.
      log.internalError('giving up a batch', again);
    }
  }
}
