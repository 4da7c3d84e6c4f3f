import { Inject, Injectable } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { registerPort } from './capture/capture-port.js';
import type { Identity, IdentityInput, Id } from './event/identity.js';
import type { LifecycleEvent } from './observe/lifecycle.js';
import type { EventOptions, FlushReport, GroupOptions, RecordResult } from './options/call-options.js';
import type { EventArguments, GroupArguments, IdentifyTraits, PlannedName } from './plan/planned.js';
import type { TrackingStats } from './observe/stats.js';
import { TrackingRuntime } from './runtime/tracking.runtime.js';

/**
 * Records events. Inject it anywhere; the module is global.
 *
 * No method throws or waits for a platform. A call that cannot be recorded is counted with its reason in {@link stats}
 * and logged once.
 */
@Injectable()
export class TrackingService {
  readonly #runtime: TrackingRuntime;

  constructor(@Inject(TrackingRuntime) runtime: TrackingRuntime) {
    this.#runtime = runtime;
    registerPort(this, runtime.door.port);
  }

  /**
   * Records an event. Synchronous; takes microseconds. The properties are copied, so later changes to them have no
   * effect.
   *
   * @param name what happened, such as `Order Completed`
   * @param properties any object that fits the registered plan, if there is one
   * @returns the event's id, also for a repeated key; `undefined` if the event was rejected
   */
  track<Name extends string>(
    name: PlannedName<Name>,
    ...[properties, options]: EventArguments<Name, EventOptions>
  ): string | undefined {
    return this.#runtime.door.accept({ type: 'track', name, properties }, options).id;
  }

  /** Records a person's traits, such as plan, country or sign-up date. Otherwise like {@link track}. */
  identify(traits: IdentifyTraits, options?: EventOptions): string | undefined {
    return this.#runtime.door.accept({ type: 'identify', name: 'identify', properties: traits }, options).id;
  }

  /** Records that a person belongs to a group, and the group's traits. Otherwise like {@link track}. */
  group(groupId: Id, ...[traits, options]: GroupArguments<GroupOptions>): string | undefined {
    return this.#runtime.door.accept({ type: 'group', name: 'group', properties: traits, groupId }, options)
      .id;
  }

  /**
   * Records that two ids are one person, such as a visitor's anonymous id and a new account. Never done implicitly:
   * platforms merge the two histories, and some, such as KISSmetrics, cannot undo it.
   *
   * @param previousId the id known before
   * @param userId the person's own id
   */
  alias(
    previousId: Id,
    userId: Id,
    options?: Pick<EventOptions, 'timestamp' | 'destinations' | 'context'>,
  ): string | undefined {
    const call = { type: 'alias', name: 'alias', properties: undefined, previousId, userId } as const;
    return this.#runtime.door.accept(call, options).id;
  }

  /**
   * Like {@link track}, and reports how safe the event is. Resolves within `commitTimeoutMs`; never rejects.
   *
   * `committed`: on disk. `buffered`: in memory; it will be sent. `held`: inside a {@link hold} that has not ended.
   * `duplicate`: the key was used before. `suppressed` and `rejected`: with a reason.
   */
  record<Name extends string>(
    name: PlannedName<Name>,
    ...[properties, options]: EventArguments<Name, EventOptions>
  ): Promise<RecordResult> {
    return this.#runtime.door.record({ type: 'track', name, properties }, options);
  }

  /**
   * The current identity: from `runAs`, else from the request. Plain JSON, for a job's payload; `undefined` if unknown.
   */
  identity(): Identity | undefined {
    const identity = this.#runtime.identity.current();
    // A change by the application must not change the person of later events.
    return identity && { ...identity };
  }

  /** Runs `fn`, and everything it starts, with the given identity. Returns the result of `fn`. */
  runAs<T>(identity: IdentityInput, fn: () => T): T {
    return this.#runtime.identity.runAs(identity, fn);
  }

  /**
   * Holds the events that `fn`, and everything it starts, records with this service or `@Track()`. If `fn` succeeds,
   * the events are recorded with the times at which they happened. If it throws or rejects, they are dropped
   * (`suppressed.rolled_back`). Wrap a database transaction in it, so that its outcome decides.
   *
   * Holds nest: events of an inner hold stay held until the outer one ends. Work that outlives `fn` is recorded or
   * dropped with it. Inside, `record()` resolves to `held`, and this promise waits for the commit. Held events are in
   * memory only, at most 10,000 of them and 32 MB; a process that dies before its transaction ends loses them with the
   * transaction.
   *
   * @returns the result of `fn`; rejects with its error
   *
   * @example
   * await tracking.hold(() => dataSource.transaction((manager) => placeOrder(manager, dto)));
   */
  hold<T>(fn: () => T | PromiseLike<T>): Promise<T> {
    return this.#runtime.door.hold(fn);
  }

  /**
   * Sends pending events now, and waits until they are settled. Respects `Retry-After` and parked destinations: if only
   * their events remain, it returns at once.
   *
   * @param options `timeoutMs`: default 10,000. `destinations`: default all
   */
  flush(options?: {
    readonly timeoutMs?: number | undefined;
    readonly destinations?: readonly string[] | undefined;
  }): Promise<FlushReport> {
    return this.#runtime.flush(options);
  }

  /** The accounting: the outcome of every call and every event. A plain snapshot. */
  stats(): TrackingStats {
    return this.#runtime.stats();
  }

  /**
   * Signals of events, emitted outside of the request's path and only while there are subscribers. A subscriber that
   * throws is counted and unsubscribed.
   */
  get lifecycle$(): Observable<LifecycleEvent> {
    return this.#runtime.lifecycle.observable;
  }
}
