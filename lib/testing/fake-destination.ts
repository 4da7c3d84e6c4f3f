import type { Answer, Destination, Outcome, OutgoingRequest } from '../destinations/destination.js';
import type { LaneEvent } from '../event/lane-event.js';
import type { TrackingEvent } from '../event/tracking-event.js';
import {
  fakeOptions,
  type FakeAnswer,
  type FakeDestinationOptions,
  type FakeRequest,
} from './fake-options.js';
import {
  playedDispatcher,
  type PlayedAnswer,
  type PlayedRequest,
} from '../destinations/played-dispatcher.js';

/** A simulated platform. Make it with {@link fakeDestination}. */
export interface FakeDestination extends Destination {
  /** Events that it accepted, in order, each as often as it was accepted. */
  readonly received: readonly TrackingEvent[];
  /** All requests, including failed ones. */
  readonly requests: readonly FakeRequest[];
  /**
   * Makes the next `count` requests fail, by default with status 503. Ends an outage or a stall, and answers waiting
   * requests.
   */
  failNext(count?: number, answer?: FakeAnswer): this;
  /** Sets the answer to all further and all waiting requests. Ends an outage or a stall. */
  answer(answer: FakeAnswer): this;
  /** Refuses connections (`ECONNREFUSED`) until another method, such as {@link recover}, ends the outage. */
  goDown(): this;
  /** Leaves requests without an answer until another method, such as {@link recover}, ends the stall. */
  stall(): this;
  /** Rejects matching events by name, as a platform does that answers for each event. */
  reject(refused: (event: TrackingEvent) => boolean): this;
  /** Accepts every event from now on, and answers waiting requests. */
  recover(): this;
  /** Forgets all requests and events, but not its answers. */
  clear(): this;
}

type Script = NonNullable<FakeDestinationOptions['script']>;

const OK: FakeAnswer = 200;
const HOST = 'http://fake.invalid/';

/**
 * A destination without a network whose answers a test defines. It replaces the application's destination of the same
 * name in `overrideTracking({ destinations })`, or is an additional destination.
 *
 * Retries, parking and dead letters are real: 429 and 5xx are retried, 401 parks the lane, and so on.
 */
export function fakeDestination(options: FakeDestinationOptions = {}): FakeDestination {
  const { values, members } = fakeOptions.read(options);
  return Object.assign(new Fake(values.script), members);
}

/** Whether a destination is one that {@link fakeDestination} made. */
export function isFakeDestination(destination: Destination): destination is FakeDestination {
  return destination instanceof Fake;
}

type Coming = { -readonly [Member in keyof FakeRequest]: FakeRequest[Member] };

class Fake {
  readonly dispatcher = playedDispatcher((request) => this.#came(request));
  #script: Script;
  #failures: { left: number; readonly answer: FakeAnswer }[] = [];
  #standing: FakeAnswer | undefined;
  #state: 'up' | 'down' | 'stalled' = 'up';
  #refused: ((event: TrackingEvent) => boolean) | undefined;
  #waiting: (() => void)[] = [];
  #encoded = 0;
  #numbers = 0;
  /** Events of requests that are built and not sent yet, by the path of the request. */
  readonly #outgoing = new Map<string, readonly TrackingEvent[]>();
  #received: TrackingEvent[] = [];
  #requests: Coming[] = [];

  constructor(script: Script) {
    this.#script = script;
  }

  get received(): readonly TrackingEvent[] {
    return [...this.#received];
  }

  get requests(): readonly FakeRequest[] {
    return this.#requests.map((request) => ({ ...request }));
  }

  failNext(count = 1, answer: FakeAnswer = 503): this {
    this.#failures.push({ left: count, answer });
    this.#comeUp();
    return this;
  }

  answer(answer: FakeAnswer): this {
    this.#standing = answer;
    this.#comeUp();
    return this;
  }

  goDown(): this {
    this.#state = 'down';
    return this;
  }

  stall(): this {
    this.#state = 'stalled';
    return this;
  }

  reject(refused: (event: TrackingEvent) => boolean): this {
    this.#refused = refused;
    return this;
  }

  recover(): this {
    this.#failures = [];
    this.#standing = undefined;
    this.#script = [];
    this.#refused = undefined;
    this.#comeUp();
    return this;
  }

  clear(): this {
    this.#received = [];
    this.#requests = [];
    return this;
  }

  encode(batch: readonly LaneEvent[]): OutgoingRequest {
    const path = `${++this.#encoded}`;
    this.#outgoing.set(
      `/${path}`,
      batch.map(({ event }) => event),
    );
    return { method: 'POST', url: HOST + path };
  }

  decode(_answer: Answer, batch: readonly LaneEvent[]): ReadonlyMap<string, Outcome> | undefined {
    const refused = batch.filter(({ event }) => this.#refused?.(event));
    if (refused.length === 0) return undefined;
    return new Map(refused.map(({ event }) => [event.id, { kind: 'rejected' }]));
  }

  #came(request: PlayedRequest): void {
    const events = this.#outgoing.get(request.path) ?? [];
    this.#outgoing.delete(request.path);
    const coming: Coming = { number: ++this.#numbers, events };
    this.#requests.push(coming);
    const end = (): void => this.#end(request, coming);
    if (this.#state === 'stalled') this.#waiting.push(end);
    else end();
  }

  #comeUp(): void {
    this.#state = 'up';
    for (const go of this.#waiting.splice(0)) go();
  }

  #end(request: PlayedRequest, coming: Coming): void {
    const answer = toPlayed(this.#nextAnswer(coming));
    if ('error' in answer) coming.error = answer.error;
    else {
      coming.status = answer.status;
      if (answer.status >= 200 && answer.status < 300) {
        this.#received.push(...coming.events.filter((event) => this.#refused?.(event) !== true));
      }
    }
    request.end(answer);
  }

  #nextAnswer(coming: Coming): FakeAnswer {
    if (this.#state === 'down') return { error: 'ECONNREFUSED' };
    const [failure] = this.#failures;
    if (failure !== undefined) {
      if (--failure.left <= 0) this.#failures.shift();
      return failure.answer;
    }
    const scripted =
      typeof this.#script === 'function' ? this.#script({ ...coming }) : this.#script[coming.number - 1];
    return scripted ?? this.#standing ?? OK;
  }
}

function toPlayed(answer: FakeAnswer): PlayedAnswer {
  return typeof answer === 'number' ? { status: answer } : answer;
}
