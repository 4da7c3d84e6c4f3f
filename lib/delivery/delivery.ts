import type { EventBuffer, Waiting } from '../buffer/event-buffer.js';
import type { LifecycleStream } from '../event/lifecycle.js';
import type { Clock } from '../host/clock.js';
import type { Log } from '../host/log.js';
import { deliveryMessages } from './delivery.messages.js';
import { Lane } from './lane.js';
import type { LaneDestination, RetryPolicy } from './lane-destination.js';
import { Transport } from './transport.js';

/** What the delivery works with. */
export interface DeliverySetup {
  readonly destinations: readonly LaneDestination[];
  readonly retry: RetryPolicy;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly lifecycle: LifecycleStream;
  onOverCapacity(lane: string, message: () => string): void;
}

/** What a flush did, and what it left. */
export interface FlushResult {
  readonly delivered: number;
  readonly pending: number;
  readonly dead: number;
  readonly timedOut: boolean;
}

/** All lanes: one for each destination, none of which knows of another. */
export class Delivery {
  readonly #lanes = new Map<string, Lane>();
  #buffer!: EventBuffer;
  #closed = false;

  constructor(private readonly setup: DeliverySetup) {}

  /** Begins to deliver what the buffer holds. */
  open(buffer: EventBuffer): void {
    const { clock, random, log, lifecycle, retry } = this.setup;
    this.#buffer = buffer;
    for (const destination of this.setup.destinations) {
      const { dispatcher, concurrency, pipelining, timeoutMs, name } = destination;
      const transport = new Transport({ dispatcher, concurrency, pipelining, timeoutMs, clock });
      const onOverCapacity = (message: () => string): void => this.setup.onOverCapacity(name, message);
      this.#lanes.set(
        name,
        new Lane({ destination, buffer, transport, retry, clock, random, log, lifecycle, onOverCapacity }),
      );
    }
  }

  get lanes(): Iterable<Lane> {
    return this.#lanes.values();
  }

  onWork(lane: string, waiting: Waiting): void {
    this.#lanes.get(lane)?.onWork(waiting);
  }

  /** Sends now what was accepted so far; ends when that is settled or cannot be sent now, or at the deadline. */
  async flush(timeoutMs: number, names?: readonly string[]): Promise<FlushResult> {
    const lanes = this.#closed
      ? []
      : [...this.#lanes.values()].filter((lane) => names?.includes(lane.name) ?? true);
    const before = this.#sum(lanes);
    const timedOut = await this.#within(timeoutMs, Promise.all(lanes.map((lane) => this.#flushed(lane))));
    const after = this.#sum(lanes);
    return {
      delivered: after.delivered - before.delivered,
      dead: Math.max(0, after.dead - before.dead),
      pending: after.pending,
      timedOut,
    };
  }

  /** As a flush, and what only waits for its next attempt gets one more at once. */
  drain(timeoutMs: number): Promise<FlushResult> {
    for (const lane of this.#lanes.values()) lane.hurry();
    return this.flush(timeoutMs);
  }

  /** Ends all attempts and closes the sockets; what was not delivered is the buffer's again. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#lanes.values()].map((lane) => lane.close()));
    for (const lane of this.#lanes.keys()) {
      const { pending } = this.#buffer.ledger(lane);
      if (pending > 0) this.setup.log.error(deliveryMessages.undrained(lane, pending));
    }
  }

  #flushed(lane: Lane): Promise<void> {
    return new Promise((done) => lane.flush(done));
  }

  /** Resolves to true when the time ran out first. */
  async #within(timeoutMs: number, work: Promise<unknown>): Promise<boolean> {
    let ended = (_timedOut: boolean): void => {};
    const deadline = new Promise<boolean>((resolve) => (ended = resolve));
    const timer = this.setup.clock.after(timeoutMs, () => ended(true));
    try {
      return await Promise.race([work.then(() => false), deadline]);
    } finally {
      timer.cancel();
    }
  }

  #sum(lanes: readonly Lane[]): { delivered: number; dead: number; pending: number } {
    const sum = { delivered: 0, dead: 0, pending: 0 };
    for (const { name } of lanes) {
      const ledger = this.#buffer.ledger(name);
      sum.delivered += ledger.delivered;
      sum.dead += ledger.dead;
      sum.pending += ledger.pending;
    }
    return sum;
  }
}
