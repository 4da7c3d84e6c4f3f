import { types } from 'node:util';
import type { CapturePort } from '../capture/capture-port.js';
import type { Identity } from '../event/identity.js';
import type { Reason } from '../event/reasons.js';
import { type Clock, systemClock } from '../host/clock.js';
import type { RequestScope, WaitingEvent } from '../identity/scope/request-scope.js';
import { commitFailed, durableNotAsync } from './decorator.messages.js';
import { type Circumstances, evaluate, type Evaluated, keepProperties } from './evaluate-options.js';
import type { TrackCall, TrackOptions } from './track-options.js';
import type { Binding } from './tracking-binding.js';
import { type NodeResponse, whenAnswered } from './when-answered.js';

export interface TrackedEvent {
  readonly name: string;
  readonly options: TrackOptions;
}

/** One call of a decorated method: decides at most once that it succeeded, and never throws. */
export class RunningCall implements Circumstances, WaitingEvent {
  readonly calledAt: number;
  readonly port: CapturePort | undefined;
  readonly #clock: Clock;
  readonly #startedAt: number;
  #decided = false;
  #waiting: Evaluated | undefined;

  constructor(
    readonly event: TrackedEvent,
    readonly source: string,
    private readonly binding: Binding,
    private readonly args: unknown[],
    private readonly scope: RequestScope | undefined,
    /** Node's response, if the method is the handler of an HTTP request whose answer decides. */
    private readonly response: NodeResponse | undefined,
    /** Why a success records nothing. */
    private readonly unwanted: Reason | undefined,
  ) {
    this.port = binding.port;
    this.#clock = binding.port?.clock ?? systemClock;
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
   * @returns for a durable event, the commit that delays the result
   */
  succeeded(result: unknown): Promise<void> | undefined {
    if (this.#decided) return undefined;
    this.#decided = true;
    try {
      const evaluated = this.#evaluate(result);
      if (this.event.options.durable === true) return this.#commit(evaluated);
      if (this.response === undefined || this.scope === undefined) {
        this.#record(evaluated);
      } else {
        this.#waiting = keepProperties(evaluated, this.port?.maxEventBytes);
        whenAnswered(this.scope, this.response, this);
      }
    } catch (error) {
      this.#failed(error);
    }
    return undefined;
  }

  /** As {@link succeeded}, for a result that cannot be delayed. */
  succeededAtOnce(result: unknown): void {
    if (this.event.options.durable === true) {
      this.port?.notice('durable_not_async', this.source, () => durableNotAsync(this.source));
    }
    void this.succeeded(result);
  }

  /** The result threw when it was examined, as a proxy may. It counts as a success. */
  unwatchable(result: unknown, error: unknown): void {
    if (!types.isProxy(result)) this.#failed(error);
    this.succeededAtOnce(result);
  }

  settle(): void {
    try {
      if (this.#waiting !== undefined) this.#record(this.#waiting);
    } catch (error) {
      this.#failed(error);
    }
  }

  describe(identity: Identity | undefined): TrackCall {
    return {
      args: this.args,
      request: this.scope?.request,
      response: this.scope?.response,
      // A copy, because a change by an option must not reach later events.
      identity: { ...identity },
      durationMs: this.#clock.monotonic() - this.#startedAt,
    };
  }

  #evaluate(result: unknown): Evaluated {
    if (this.binding.service === undefined) return { refused: 'unbound' };
    if (this.unwanted !== undefined) return { refused: this.unwanted };
    return evaluate(this.event.name, this.event.options, result, this);
  }

  #record(evaluated: Evaluated): void {
    const { name, options } = this.event;
    if ('refused' in evaluated) {
      const { refused, error } = evaluated;
      const known = options.key === undefined ? (evaluated.options ?? UNKNOWN) : undefined;
      this.port?.refuse(refused, this.source, error, name, known);
      return;
    }
    const { properties, options: given } = evaluated;
    // A mock gets plain options, because some test runners compare classes, too.
    this.binding.service?.track(name, properties, this.port === undefined ? Object.assign({}, given) : given);
  }

  #commit(evaluated: Evaluated): Promise<void> | undefined {
    const { service } = this.binding;
    // A mock gets every event through `track()`, which tests check.
    if ('refused' in evaluated || this.port === undefined || service?.record === undefined) {
      this.#record(evaluated);
      return undefined;
    }
    const recorded = service.record(this.event.name, evaluated.properties, evaluated.options);
    return Promise.resolve(recorded).then(
      (outcome) => this.#committed(outcome),
      () => this.#committed(REJECTED),
    );
  }

  #committed(outcome: unknown): void {
    if ((outcome as { state?: unknown } | undefined)?.state !== 'rejected') return;
    this.port?.notice('commit_failed', this.source, () => commitFailed(this.source));
  }

  /** The method's result is not affected. Without a port it is an error of a mock. */
  #failed(error: unknown): void {
    this.port?.internalError?.('recording an event of @Track()', error);
  }
}

const UNKNOWN = Object.freeze({});
const REJECTED = { state: 'rejected' };
