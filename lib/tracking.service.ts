import { Inject, Injectable } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { registerPort } from './capture/capture-port.js';
import type { Identity, IdentityInput, Id } from './event/identity.js';
import type { LifecycleEvent } from './event/lifecycle.js';
import type { EventOptions, FlushReport, RecordResult } from './options.js';
import type { EventArguments, GroupArguments, IdentifyTraits, PlannedName } from './plan/planned.js';
import type { TrackingStats } from './stats.js';
import { TrackingRuntime } from './tracking.runtime.js';

/**
 * Records what users did. Inject it anywhere; the module is global.
 *
 * Nothing here throws, rejects or waits for a platform: a call that cannot be recorded is counted with its reason in
 * {@link stats} and warned of once.
 */
@Injectable()
export class TrackingService {
  readonly #runtime: TrackingRuntime;

  constructor(@Inject(TrackingRuntime) runtime: TrackingRuntime) {
    this.#runtime = runtime;
    registerPort(this, runtime.capture);
  }

  /**
   * Accepts an event. Synchronous; costs microseconds; the properties are copied, so that changing them afterwards changes
   * nothing.
   *
   * @param name what happened, such as `Order Completed`
   * @param properties any object, or what the registered plan has; as JSON would write it
   * @returns the event's id, also where the key was seen before; `undefined` where it was refused
   */
  track<Name extends string>(
    name: PlannedName<Name>,
    ...[properties, options]: EventArguments<Name, EventOptions>
  ): string | undefined {
    return this.#runtime.door.accept({ type: 'track', name, properties }, options).id;
  }

  /** Says what is known of a person: plan, country, sign-up date. As {@link track} otherwise. */
  identify(traits: IdentifyTraits, options?: EventOptions): string | undefined {
    return this.#runtime.door.accept({ type: 'identify', name: 'identify', properties: traits }, options).id;
  }

  /** Says that a person belongs to a group, and what is known of it. As {@link track} otherwise. */
  group(groupId: Id, ...[traits, options]: GroupArguments<EventOptions>): string | undefined {
    return this.#runtime.group(groupId, traits, options);
  }

  /**
   * Says that two ids are one person, such as a visitor's anonymous id and the account that was just made. Explicit only:
   * platforms merge the two histories, and at some of them, KISSmetrics among them, for ever.
   *
   * @param previousId the id known before
   * @param userId the person's own id
   */
  alias(
    previousId: Id,
    userId: Id,
    options?: Pick<EventOptions, 'timestamp' | 'destinations' | 'context'>,
  ): string | undefined {
    return this.#runtime.alias(previousId, userId, options);
  }

  /**
   * As {@link track}, and tells how safe the event is. Resolves within `commitTimeoutMs`; never rejects.
   *
   * `committed`: on disk. `buffered`: in memory, it will be sent. `held`: waits for the end of {@link hold}. `duplicate`: the key was seen before. `suppressed` and
   * `rejected`: with a reason.
   */
  record<Name extends string>(
    name: PlannedName<Name>,
    ...[properties, options]: EventArguments<Name, EventOptions>
  ): Promise<RecordResult> {
    return this.#runtime.record({ type: 'track', name, properties }, options);
  }

  /** Who the running code acts for: `runAs`, then the request. Plain JSON, for a job's payload; undefined for nobody. */
  identity(): Identity | undefined {
    return this.#runtime.identity.current();
  }

  /** Runs `fn`, and everything it starts, on behalf of somebody. Returns what `fn` returns. */
  runAs<T>(identity: IdentityInput, fn: () => T): T {
    return this.#runtime.identity.runAs(identity, fn);
  }

  /**
   * Holds back the events that `fn`, and everything it starts, records: by this service and by `@Track()`. When `fn` has
   * succeeded they enter, at the time at which they happened; when it throws or rejects they have never happened
   * (`suppressed.rolled_back`). Put it around a database transaction, so that its end decides.
   *
   * Holds nest: what an inner one lets go waits for the outer one. What goes on after `fn` has ended shares its fate.
   * `record()` resolves to `held` in here, and this promise then waits for the commit. Held events are in memory only, at
   * most 10,000 of them and 32 MB: a process that dies before its transaction ends has recorded neither.
   *
   * @returns what `fn` resolves to; rejects with what it throws
   *
   * @example
   * await tracking.hold(() => dataSource.transaction((manager) => placeOrder(manager, dto)));
   */
  hold<T>(fn: () => T | PromiseLike<T>): Promise<T> {
    return this.#runtime.hold(fn);
  }

  /**
   * Sends now what waits for company, and waits until it is settled. Does not go round `Retry-After` or a parked
   * destination: where only those remain it returns at once.
   *
   * @param options `timeoutMs`: default 10,000. `destinations`: default all
   */
  flush(options?: {
    readonly timeoutMs?: number;
    readonly destinations?: readonly string[];
  }): Promise<FlushReport> {
    return this.#runtime.flush(options);
  }

  /** The accounting: where every call and every event ended. A plain snapshot. */
  stats(): TrackingStats {
    return this.#runtime.stats();
  }

  /**
   * What happens to events, off the request's path and only while somebody listens. A subscriber that throws is counted and
   * dropped.
   */
  get lifecycle$(): Observable<LifecycleEvent> {
    return this.#runtime.lifecycle.observable;
  }
}
