import type { CapturePort } from '../capture/capture-port.js';
import type { CapturedMembers, CapturedOptions } from '../capture/captured-options.js';
import type { Identity } from '../event/identity.js';
import type { Reason } from '../event/reasons.js';
import { systemClock } from '../host/clock.js';
import type { Clock } from '../host/clock.js';
import type { RequestScope } from '../identity/request-scope.js';
import { commitFailed, durableNotAsync } from './decorator.messages.js';
import { type Circumstances, evaluate, type Verdict } from './evaluate-options.js';
import { holdToPlan } from './hold-to-plan.js';
import { keepUnchanged } from './keep-unchanged.js';
import type { TrackCall, TrackOptions } from './track-options.js';
import type { BoundTracking } from './tracking-binding.js';
import { type NodeResponse, type Waiting, whenAnswered } from './when-answered.js';

/** What a decorated method records, and how. */
export interface TrackedEvent {
  readonly name: string;
  readonly options: TrackOptions;
}

/** Where the events of a call go, and what counts those that never become one. */
export interface Destiny {
  /** Absent for an instance that no module knows. */
  readonly service: BoundTracking | undefined;
  readonly port: CapturePort | undefined;
  /** Why a success records nothing, whatever the options say. */
  readonly unwanted?: Reason | undefined;
}

/** One call of a decorated method: decides at most once that it succeeded, and never throws. */
export class RunningCall implements Circumstances, Waiting {
  readonly calledAt: number;
  readonly port: CapturePort | undefined;
  readonly #clock: Clock;
  readonly #startedAt: number;
  #decided = false;
  #verdict: Verdict | undefined;

  constructor(
    readonly event: TrackedEvent,
    readonly source: string,
    private readonly destiny: Destiny,
    private readonly args: unknown[],
    private readonly scope: RequestScope | undefined,
    /** Node's response, where the method is the handler of an HTTP request whose answer decides. */
    private readonly response: NodeResponse | undefined,
  ) {
    this.port = destiny.port;
    this.#clock = destiny.port?.clock ?? systemClock;
    this.calledAt = this.#clock.now();
    this.#startedAt = this.#clock.monotonic();
  }

  /** Whether the answer to the request decides, and not the method alone. */
  get awaitsAnswer(): boolean {
    return this.response !== undefined;
  }

  /** Whether a result is the response itself, as handlers write `return reply.send()`. */
  isResponse(result: unknown): boolean {
    return this.scope !== undefined && result === this.scope.response;
  }

  /**
   * The method has succeeded.
   *
   * @returns for a durable event, what the result is to wait for
   */
  succeeded(result: unknown): Promise<void> | undefined {
    if (this.#decided) return undefined;
    this.#decided = true;
    try {
      const verdict = this.#evaluate(result);
      if (this.event.options.durable === true) return this.#commit(verdict);
      if (this.response === undefined || this.scope === undefined) this.#record(verdict);
      else {
        this.#verdict = keepUnchanged(verdict, this.port?.maxEventBytes);
        whenAnswered(this.scope, this.response, this);
      }
    } catch {
      // Only what stands in for the service in a test can throw; the method's result is sacred all the same.
    }
    return undefined;
  }

  /** As {@link succeeded}, for a result that cannot wait. */
  succeededAtOnce(result: unknown): void {
    if (this.event.options.durable === true) {
      this.port?.notice('durable_not_async', this.source, () => durableNotAsync(this.source));
    }
    void this.succeeded(result);
  }

  settle(): void {
    try {
      if (this.#verdict !== undefined) this.#record(this.#verdict);
    } catch {
      // As above.
    }
  }

  describe(identity: Identity | undefined): TrackCall {
    return {
      args: this.args,
      request: this.scope?.request,
      response: this.scope?.response,
      // A copy: what an option does with it must not change about whom later events are.
      identity: { ...identity },
      durationMs: this.#clock.monotonic() - this.#startedAt,
    };
  }

  #evaluate(result: unknown): Verdict {
    const { service, unwanted } = this.destiny;
    if (service === undefined) return { refused: 'unbound' };
    if (unwanted !== undefined) return { refused: unwanted };
    const { name, options } = this.event;
    return holdToPlan(evaluate(options, result, this), name, this.source, this.port);
  }

  #record(verdict: Verdict): void {
    if ('refused' in verdict) this.#refuse(verdict);
    else this.destiny.service?.track(this.event.name, verdict.properties, this.#given(verdict.options));
  }

  /** A mock gets plain options: some runners compare classes, too. */
  #given(options: CapturedOptions): CapturedMembers {
    return this.port === undefined ? Object.assign({}, options) : options;
  }

  #refuse({ refused, error, options }: Extract<Verdict, { refused: Reason }>): void {
    const { name } = this.event;
    // Where nobody came to read the options, what surrounds the call is all that is known of whom it was about.
    const known = this.event.options.key === undefined ? (options ?? UNKNOWN) : undefined;
    this.port?.refuse(refused, this.source, error, name, known);
  }

  #commit(verdict: Verdict): Promise<void> | undefined {
    const { service } = this.destiny;
    // A mock gets every event by the one method that tests ask about.
    if ('refused' in verdict || this.port === undefined || service?.record === undefined) {
      this.#record(verdict);
      return undefined;
    }
    const recorded = service.record(this.event.name, verdict.properties, verdict.options);
    return Promise.resolve(recorded).then(
      (outcome) => this.#committed(outcome),
      () => this.#committed(REJECTED),
    );
  }

  #committed(outcome: unknown): void {
    if ((outcome as { state?: unknown } | undefined)?.state !== 'rejected') return;
    this.port?.notice('commit_failed', this.source, () => commitFailed(this.source));
  }
}

const UNKNOWN = Object.freeze({});
const REJECTED = { state: 'rejected' };
