import type { EventBuffer, Waiting } from '../buffer/event-buffer.js';
import { guarded } from '../host/guarded.js';
import type { ProxyEnvironment } from '../host/proxy-environment.js';
import { within } from '../host/deadline.js';
import { deliveryMessages } from './delivery.messages.js';
import { HostLookup } from './http/host-lookup.js';
import type { Lane } from './lane.js';
import type { LaneDestination } from './lane-destination.js';
import { makeLane, type LaneSetup } from './make-lane.js';
import { Transport } from './http/transport.js';

/** How long the lanes wait for pauses that are stored on a disk. */
const PAUSES_MS = 2_000;

/** The setup of the delivery. */
export interface DeliverySetup extends Omit<LaneSetup, 'destination' | 'transport' | 'buffer'> {
  readonly destinations: readonly LaneDestination[];
  /** Default: none is used. */
  readonly proxies?: ProxyEnvironment | undefined;
}

/** The result of a flush. */
export interface FlushResult {
  readonly delivered: number;
  readonly pending: number;
  readonly dead: number;
  readonly timedOut: boolean;
}

/** All lanes, one for each destination. No lane depends on another. */
export class Delivery {
  readonly #lanes = new Map<string, Lane>();
  /** One for all lanes, because lookups share the same few threads. */
  readonly #lookup: HostLookup;
  #buffer!: EventBuffer;
  #closed = false;

  constructor(private readonly setup: DeliverySetup) {
    this.#lookup = new HostLookup(setup.clock, setup.log);
  }

  /** Begins to deliver the events of the buffer. */
  open(buffer: EventBuffer): void {
    const { clock, destinations, proxies } = this.setup;
    this.#buffer = buffer;
    const pauses = buffer.pauses && this.#pauses(() => buffer.pauses!());
    for (const destination of destinations) {
      const { name, allowPrivateHosts } = destination;
      const transport = new Transport({
        ...destination,
        // With checked addresses, no proxy is configured: otherwise, the start fails.
        proxies: allowPrivateHosts ? proxies : undefined,
        clock,
        lookup: this.#lookup,
        log: this.setup.log,
      });
      const lane = makeLane({ ...this.setup, destination, buffer, transport });
      this.#lanes.set(name, lane);
      if (pauses !== undefined) void lane.openAfter(pauses);
      const waiting = buffer.waiting(name);
      if (waiting.events > 0) lane.onWork(waiting, waiting.events);
    }
  }

  get lanes(): Iterable<Lane> {
    return this.#lanes.values();
  }

  onWork(lane: string, waiting: Waiting, added: number): void {
    this.#lanes.get(lane)?.onWork(waiting, added);
  }

  onDropped(lane: string): void {
    this.#lanes.get(lane)?.onDropped();
  }

  /** Forgets delivered traits of people. @param ids undefined: of all people */
  forget(ids: readonly string[] | undefined): void {
    for (const lane of this.#lanes.values()) lane.forget(ids);
  }

  /**
   * Sends all events that were accepted so far. Ends when they are settled or cannot be sent now, or at the deadline. Never
   * rejects.
   *
   * @param names of the lanes. Unknown ones are ignored; any value except an array means all
   */
  async flush(timeoutMs: number, names?: readonly string[]): Promise<FlushResult> {
    const lanes = this.#closed ? [] : this.#named(names);
    const before = this.#sum(lanes);
    // Events are sent only after the disk has written them.
    if (lanes.length > 0) void this.setup.log.contained('committing events', () => this.#buffer.commit());
    const timedOut = await this.#flushed(lanes, timeoutMs);
    const after = this.#sum(lanes);
    if (before === undefined || after === undefined) {
      return { delivered: 0, pending: 0, dead: 0, timedOut: true };
    }
    return {
      delivered: after.delivered - before.delivered,
      dead: Math.max(0, after.dead - before.dead),
      pending: after.pending,
      timedOut,
    };
  }

  /** As a flush, and events that wait for a retry get one more attempt at once. */
  drain(timeoutMs: number): Promise<FlushResult> {
    for (const lane of this.#lanes.values()) this.setup.log.contain('hurrying a lane', () => lane.hurry());
    return this.flush(timeoutMs);
  }

  /** Ends all attempts, closes the sockets, and returns undelivered events to the buffer. */
  async close(): Promise<void> {
    this.#closed = true;
    const { log } = this.setup;
    const lanes = [...this.#lanes.values()];
    await Promise.all(lanes.map((lane) => log.contained('closing a lane', () => lane.close())));
    this.#lookup.close();
    log.contain('counting events', () => this.#logUndrained());
  }

  #logUndrained(): void {
    for (const { name, standstill } of this.#lanes.values()) {
      const { pending } = this.#buffer.ledger(name);
      if (pending === 0 || this.#buffer.durable) continue;
      const cause = standstill ?? deliveryMessages.becauseOfTime();
      this.setup.log.error(deliveryMessages.undrained(name, pending, cause));
    }
  }

  /** A disk that hangs must not stop the lanes from delivering from memory. */
  async #pauses(read: () => Promise<ReadonlyMap<string, number>>): Promise<ReadonlyMap<string, number>> {
    let known: ReadonlyMap<string, number> = new Map();
    const reading = this.setup.log.contained('reading stored pauses', async () => {
      known = await read();
    });
    await within(this.setup.clock, PAUSES_MS, reading);
    return known;
  }

  #named(names: unknown): Lane[] {
    const all = [...this.#lanes.values()];
    const named = guarded(() => Array.isArray(names) && all.filter(({ name }) => names.includes(name)));
    return named || all;
  }

  /** Whether the time ran out before all lanes had finished. */
  async #flushed(lanes: readonly Lane[], timeoutMs: number): Promise<boolean> {
    const { log } = this.setup;
    const cancels: (() => void)[] = [];
    const work = lanes.map(
      (lane) =>
        new Promise<void>((done) => {
          log.contain('beginning a flush', () => cancels.push(lane.flush(done)));
        }),
    );
    // The caller has a deadline, too, so this one is never extended.
    const isDone = await within(this.setup.clock, timeoutMs, Promise.all(work), 0);
    for (const cancel of cancels) cancel();
    return !isDone;
  }

  /** Undefined after an error of our own code. */
  #sum(lanes: readonly Lane[]): { delivered: number; dead: number; pending: number } | undefined {
    const sum = { delivered: 0, dead: 0, pending: 0 };
    const isKnown = this.setup.log.contain('counting events', () => {
      for (const { name } of lanes) {
        const ledger = this.#buffer.ledger(name);
        sum.delivered += ledger.delivered;
        // Dead letters that were replaced, dropped or sent again count, too.
        const { dead_letters_full: full, given_up: givenUp } = ledger.dropped;
        sum.dead += ledger.dead + (full ?? 0) + (givenUp ?? 0) + ledger.redriven;
        sum.pending += ledger.pending;
      }
    });
    return isKnown ? sum : undefined;
  }
}
