import type { DeadLetter, EventBuffer, EventBufferFactory } from '../../lib/buffer/event-buffer.js';
import { memory } from '../../lib/buffer/memory/memory.js';
import type { MemoryOptions } from '../../lib/buffer/memory/memory-options.js';
import type { Lane } from '../../lib/delivery/lane.js';
import type { KeepAnswers, LaneDestination, RetryPolicy } from '../../lib/delivery/lane-destination.js';
import type { LaneTelemetry } from '../../lib/delivery/lane-measures.js';
import { makeLane } from '../../lib/delivery/make-lane.js';
import type { AttemptResult } from '../../lib/delivery/reading.js';
import type { Destination, OutgoingRequest } from '../../lib/destinations/destination.js';
import type { LaneEvent } from '../../lib/event/lane-event.js';
import { LifecycleStream } from '../../lib/observe/lifecycle.js';
import type { LifecycleEvent } from '../../lib/observe/lifecycle.js';
import type { Reason } from '../../lib/event/reasons.js';
import type { TrackingEvent } from '../../lib/event/tracking-event.js';
import type { Log } from '../../lib/host/log.js';
import { laneDestination } from '../../lib/options/lane-destination.js';
import { anEvent } from './an-event.js';
import { bufferSetup } from './buffer-setup.js';
import { ManualClock } from './manual-clock.js';
import { aLog, type Spoken } from './spoken-log.js';

/** One request of the lane. */
export interface Sent {
  readonly at: number;
  readonly ids: readonly string[];
  readonly request: OutgoingRequest;
  /** Set when it is answered. */
  result?: AttemptResult;
}

/** How the platform answers a request. `null`: never, until the lane aborts it. */
export type Platform = (sent: Sent) => { readonly result: AttemptResult; readonly afterMs?: number } | null;

export interface LaneOptions {
  readonly destination?: Partial<Destination>;
  readonly retry?: Partial<RetryPolicy>;
  /** Options of `memory()`, or another buffer. */
  readonly buffer?: MemoryOptions | EventBufferFactory;
  readonly random?: () => number;
  readonly maxDeadLetters?: number;
  readonly telemetry?: LaneTelemetry;
  readonly keepAnswers?: KeepAnswers;
}

/** An answer of the platform. */
export function answer(status: number, body = '', headers: Record<string, string> = {}): AttemptResult {
  return { answer: { status, headers, body, complete: true } };
}

export const OK = { result: answer(200) };

/** One lane with the real buffer and a simulated platform, in the test's time. */
export class LaneBench {
  readonly clock = new ManualClock();
  readonly sent: Sent[] = [];
  readonly happened: LifecycleEvent[] = [];
  readonly log: Log;
  readonly spoken: Spoken;
  readonly buffer: EventBuffer;
  readonly lane: Lane;
  readonly destination: LaneDestination;
  readonly dropped: { readonly id: string; readonly reason: Reason }[] = [];
  readonly overCapacity: string[] = [];
  platform: Platform = () => OK;
  /** The highest number of simultaneous requests. */
  mostAtOnce = 0;
  #underWay = new Set<() => void>();

  constructor({
    destination = {},
    retry = {},
    buffer = {},
    random = () => 1,
    maxDeadLetters = 1_000,
    telemetry,
    keepAnswers = 'fields',
  }: LaneOptions = {}) {
    const { clock } = this;
    const { log, spoken } = aLog(() => clock.monotonic());
    this.log = log;
    this.spoken = spoken;
    const lifecycle = new LifecycleStream(
      (fn) => clock.soon(fn),
      () => undefined,
    );
    lifecycle.observable.subscribe((event) => this.happened.push(event));
    const factory = 'create' in buffer ? buffer : memory(buffer);
    this.buffer = factory.create(
      bufferSetup({
        clock,
        deadLetters: { maxEvents: maxDeadLetters, maxBytes: 16_777_216 },
        onWork: (_, waiting, added) => this.lane.onWork(waiting, added),
        onDropped: (held, _, reason) => {
          this.dropped.push({ id: held.event.id, reason });
          this.lane.onDropped();
        },
      }),
    );
    this.destination = laneDestination(
      {
        name: 'shop',
        encode: (batch: readonly LaneEvent[]) => ({
          method: 'POST',
          url: 'http://shop.example',
          body: JSON.stringify(batch.map(({ event }) => event.id)),
        }),
        ...destination,
      },
      undefined,
      keepAnswers,
    );
    this.lane = makeLane({
      destination: this.destination,
      buffer: this.buffer,
      transport: {
        send: (request, done) => this.#send(request, done),
        close: () => {
          for (const abort of this.#underWay) abort();
          return Promise.resolve();
        },
      },
      retry: { minDelayMs: 500, maxDelayMs: 60_000, maxRetryAfterMs: 300_000, ...retry },
      clock,
      random,
      log,
      lifecycle,
      telemetry,
      notice: (_, __, message) => this.overCapacity.push(message()),
    });
  }

  get underWay(): number {
    return this.#underWay.size;
  }

  get ledger() {
    return this.buffer.ledger('shop');
  }

  /** Puts events into the lane; returns their ids. */
  give(count = 1, members: Partial<TrackingEvent> = {}, size = 300): string[] {
    return Array.from({ length: count }, () => {
      const event = anEvent(members);
      const refusal = this.buffer.offer(event, size, [{ lane: 'shop' }]);
      if (refusal !== undefined) throw new Error('the buffer is full');
      return event.id;
    });
  }

  /** Ids of delivered events, each as often as the platform acknowledged it. */
  idsOf(type: LifecycleEvent['type']): string[] {
    this.clock.run();
    return this.happened.filter((each) => each.type === type).map(({ event }) => event!.id);
  }

  /** When requests were made, in milliseconds from the first one. */
  get times(): number[] {
    return this.sent.map(({ at }) => at - this.sent[0]!.at);
  }

  get deadIds(): string[] {
    return [...(this.buffer.deadLetters('shop') as Iterable<DeadLetter>)].map(({ event }) => event.id);
  }

  #send(request: OutgoingRequest, done: (result: AttemptResult) => void): void {
    const body = typeof request.body === 'string' ? request.body : '[]';
    const sent: Sent = { at: this.clock.monotonic(), ids: JSON.parse(body) as string[], request };
    this.sent.push(sent);
    const end = (result: AttemptResult): void => {
      if (!this.#underWay.delete(abort)) return;
      sent.result = result;
      done(result);
    };
    const abort = (): void => end({ failure: 'closed' });
    this.#underWay.add(abort);
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#underWay.size);
    const reply = this.platform(sent);
    if (reply === null) return;
    this.clock.after(reply.afterMs ?? 10, () => end(reply.result));
  }
}
