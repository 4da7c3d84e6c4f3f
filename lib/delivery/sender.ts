import { TrackingConfigError } from '../config/tracking-config.error.js';
import type { Clock } from '../host/clock.js';
import type { Log } from '../host/log.js';
import type { LaneAttempt } from './attempt.js';
import type { Batch } from './batch.js';
import { encodeBatch } from './encode-batch.js';
import type { Transport } from './http/transport.js';
import type { LaneSecret } from './lane-credentials.js';
import type { LaneDestination } from './lane-destination.js';
import type { LaneHealth } from './lane-health.js';
import type { LaneQueue } from './lane-queue.js';
import { isNoRequest, mayBeTaken, NOT_CONFIGURED, type AttemptResult } from './reading.js';
import type { AttemptResults } from './attempt-results.js';

const NOT_SENT: AttemptResult = { failure: 'ERROR', isUnsent: true };

/** The setup of a lane's attempts. */
export interface SenderSetup {
  readonly destination: LaneDestination;
  readonly transport: Pick<Transport, 'send' | 'close'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly health: LaneHealth;
  readonly queue: LaneQueue;
  readonly results: AttemptResults;
}

/** Makes the attempts of a lane: builds each request, sends it, and passes its result on. */
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
    const { destination, transport, clock, log, queue, results } = this.setup;
    const request = encodeBatch(destination, batch, queue.sent(batch), clock.now(), secret.values);
    if (typeof request === 'string') return results.unsendable(batch, request);
    if (request instanceof TrackingConfigError) {
      return results.notMade(this.#begin(batch, secret), NOT_CONFIGURED, request.message);
    }
    queue.start(batch);
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
    const { clock, health, queue } = this.setup;
    return {
      batch,
      number: health.begin(batch),
      known: health.newestSuccess,
      isWithheld: queue.isWithheld,
      startedAt: clock.monotonic(),
      secret,
      secrets,
    };
  }

  #ended(attempt: LaneAttempt, result: AttemptResult): void {
    const { queue, results } = this.setup;
    const { batch } = attempt;
    try {
      if (!queue.end(batch)) return;
      if ('failure' in result && isNoRequest(result.failure)) {
        results.notMade(attempt, result.failure);
      } else if (this.#closed && 'failure' in result) {
        results.aborted(batch, result);
      } else {
        if (mayBeTaken(result)) batch.perhapsTaken();
        results.ended(attempt, result);
      }
    } catch (error) {
      this.#unforeseen('settling a batch', error, batch, result);
    } finally {
      this.onEnd();
    }
  }

  #unforeseen(doing: string, error: unknown, batch: Batch, result: AttemptResult): void {
    const { results, log } = this.setup;
    log.internalError(doing, error);
    // If this fails, too, it stays pending and is not sent: a late settlement is better than a duplicate at the platform.
    log.contain('giving up a batch', () => results.unforeseen(batch, result));
  }
}
