import { resolve } from 'node:path';
import type { BufferSetup, EventBuffer } from './buffer/event-buffer.js';
import { memory } from './buffer/memory/memory.js';
import type { CapturePort } from './capture/capture-port.js';
import { captureMessages } from './capture/capture.messages.js';
import { Door } from './capture/door.js';
import type { CallOptions, EventCall } from './capture/event-call.js';
import { KeyWindow } from './capture/key-window.js';
import { laneAccount } from './capture/lane-account.js';
import { KeyNamespace, namespaceOf } from './capture/namespace.js';
import { Router } from './capture/router.js';
import { unusedProxy } from './check-proxies.js';
import { Delivery } from './delivery/delivery.js';
import type { Id } from './event/identity.js';
import { idOf } from './event/lane-event.js';
import { LifecycleStream } from './event/lifecycle.js';
import type { Notice } from './event/notices.js';
import { reasonCounts } from './event/reasons.js';
import { eventMaker } from './event-maker.js';
import { GuardedTelemetry } from './guarded-telemetry.js';
import { deadline } from './host/deadline.js';
import type { Clock } from './host/clock.js';
import { disown } from './host/disown.js';
import { detached } from './host/detached.js';
import type { Log } from './host/log.js';
import { within } from './host/within.js';
import { fromRequestUser } from './identity/from-request-user.js';
import { IdentitySource } from './identity/identity-source.js';
import { normaliseId } from './identity/normalise-identity.js';
import { runHolding } from './identity/request-scope.js';
import { JournalWatch } from './journal-watch.js';
import type { FlushReport, RecordResult } from './options.js';
import { optionMessages } from './options.messages.js';
import { isSharedFallback } from './shared-fallback.js';
import { laneDestination } from './resolve-options.js';
import type { ResolvedOptions } from './resolve-options.js';
import { PlanCheck } from './plan/plan-check.js';
import type { TrackingStats } from './stats.js';
import { telemetryMessages } from './telemetry.messages.js';

const FLUSH_TIMEOUT_MS = 10_000;
/** What the last drain gets even when requests that ended late have used up the deadline. */
const LAST_DRAIN_MS = 1_000;
/** How long a start waits for what earlier lives left to be known. */
const OPEN_MS = 5_000;
/** How long a shutdown waits for a disk, beyond its deadline. */
const LAST_WRITE_MS = 5_000;

/** Everything of one application: the door, the buffer, the lanes, and their life from start to shutdown. */
export class TrackingRuntime {
  readonly lifecycle: LifecycleStream;
  readonly identity: IdentitySource;
  readonly door: Door;
  readonly capture: CapturePort;
  readonly #buffer: EventBuffer;
  readonly #delivery: Delivery;
  readonly #watch: JournalWatch;
  readonly #plan: PlanCheck | undefined;
  readonly #telemetry: GuardedTelemetry | undefined;
  readonly #namespace: KeyNamespace;
  readonly #notices: Partial<Record<Notice, number>> = {};
  #drainUntil: number | undefined;
  #closing: Promise<void> | undefined;

  constructor(
    private readonly options: ResolvedOptions,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    const notice = (word: Notice, about: string, message: () => string): void =>
      this.#notice(word, about, message);
    const { destinations } = options;
    this.lifecycle = new LifecycleStream(
      // Whoever made the event, its subscribers are not part of that request.
      (fn) => detached(() => clock.soon(fn)),
      () => this.#count('subscriber_error'),
    );
    this.identity = new IdentitySource({
      resolvers: options.identity.resolvers ?? [fromRequestUser()],
      destinations: options.enabled ? destinations : [],
      notice,
    });
    if (options.enabled && options.telemetry !== undefined) {
      this.#telemetry = new GuardedTelemetry(options.telemetry, (what) =>
        notice('hook_error', what, () => telemetryMessages.failed(what)),
      );
    }
    const traceparent = this.#telemetry?.traceparent;
    const router = new Router(destinations, options);
    const keys = new KeyWindow(options.dedup.maxKeys, options.dedup.maxAgeMs, () => clock.monotonic());
    this.#delivery = new Delivery({
      destinations: options.enabled
        ? destinations.map((destination) =>
            laneDestination(destination, options.dispatcher, options.keepAnswers),
          )
        : [],
      retry: options.retry,
      proxies: options.proxies,
      clock,
      random: Math.random,
      log,
      lifecycle: this.lifecycle,
      telemetry: this.#telemetry,
      onOverCapacity: (lane, message) => notice('over_capacity', lane, message),
    });
    this.#watch = new JournalWatch(clock, log, this.lifecycle);
    this.#namespace = new KeyNamespace(options.namespace, namespaceOf(destinations), () => {
      if (this.#buffer.namespace !== undefined) return;
      log.warnOnce('namespace', '', () => optionMessages.defaultNamespace());
    });
    this.#buffer = this.#makeBuffer(keys, router);
    const { plan, onInvalid, redact } = options;
    const hidesNames = typeof redact === 'object' && redact.values !== undefined;
    this.#plan = plan && new PlanCheck({ plan, onInvalid, hidesNames, notice });
    this.door = new Door({
      enabled: options.enabled,
      maker: eventMaker(options, {
        namespace: this.#namespace,
        identity: this.identity,
        plan: this.#plan,
        traceparent,
        router,
        keys,
        clock,
        notice,
      }),
      router,
      keys,
      buffer: this.#buffer,
      clock,
      log,
      lifecycle: this.lifecycle,
      witness: options.witness,
    });
    this.capture = {
      clock,
      witness: options.witness,
      maxEventBytes: options.maxEventBytes,
      refuse: (...refusal) => this.door.refuse(...refusal),
      notice,
      identity: () => this.identity.named(),
      traceparent,
      plan: this.#plan,
      internalError: (doing, error) => log.internalError(doing, error),
    };
    if (options.enabled) {
      const unused = unusedProxy(destinations, options.dispatcher, options.proxies);
      if (unused !== undefined) log.warn(optionMessages.proxyNotUsed(unused.variable, unused.names));
      if (isSharedFallback(options.identity.fallback)) {
        log.warn(optionMessages.sharedFallback());
      }
      for (const destination of destinations) {
        const opened: unknown = destination.open?.({
          notice: (word, about, message) => notice(word, `${destination.name} ${about}`, message),
        });
        disown(opened);
      }
      this.#delivery.open(this.#buffer);
    }
  }

  get enabled(): boolean {
    return this.options.enabled;
  }

  /** What is logged when the application has started. */
  get startLine(): string {
    const { enabled, destinations, buffer } = this.options;
    if (!enabled) return optionMessages.disabled();
    const place = buffer.directory === undefined ? '' : ` in ${resolve(buffer.directory)}`;
    return optionMessages.started(
      destinations.map(({ name }) => name),
      buffer.kind + place,
    );
  }

  group(groupId: Id, traits: object | undefined, options: CallOptions | undefined): string | undefined {
    const id = normaliseId(groupId);
    if (id === undefined) {
      this.door.refuse('invalid_id', 'group()');
      return undefined;
    }
    return this.door.accept({ type: 'group', name: 'group', properties: traits, groupId: id }, options).id;
  }

  alias(previousId: Id, userId: Id, options: CallOptions | undefined): string | undefined {
    const previous = normaliseId(previousId);
    const user = normaliseId(userId);
    if (previous === undefined || user === undefined || previous === user) {
      this.door.refuse('invalid_id', 'alias()');
      return undefined;
    }
    const call: EventCall = {
      type: 'alias',
      name: 'alias',
      properties: undefined,
      previousId: previous,
      userId: user,
    };
    return this.door.accept(call, options).id;
  }

  async record(call: EventCall, options: CallOptions | undefined): Promise<RecordResult> {
    const { id, state, reason, hold } = this.door.accept(call, options);
    if (state === 'accepted') return { id: id!, state: await this.#committed() };
    // Its caller may be what the hold waits for: the hold tells how safe it is, by its own end.
    if (hold !== undefined) hold.durable = true;
    return { ...(id !== undefined && { id }), state, ...(reason !== undefined && { reason }) };
  }

  async hold<T>(fn: () => T | PromiseLike<T>): Promise<T> {
    const hold = this.door.hold();
    let result: T;
    try {
      // Awaited in there: a query may begin only when somebody asks for its result.
      result = await runHolding(hold, async () => await fn());
    } catch (error) {
      this.door.release(hold, 'dropped');
      throw error;
    }
    this.door.release(hold, 'kept');
    if (hold.durable) await this.#committed();
    return result;
  }

  async flush(options?: {
    readonly timeoutMs?: number | undefined;
    readonly destinations?: readonly string[] | undefined;
  }): Promise<FlushReport> {
    const asked = options?.timeoutMs;
    const timeoutMs = typeof asked === 'number' && asked >= 0 ? asked : FLUSH_TIMEOUT_MS;
    return this.#delivery.flush(timeoutMs, options?.destinations);
  }

  stats(): TrackingStats {
    const { door } = this;
    const now = this.clock.monotonic();
    const lanes: TrackingStats['lanes'] = {};
    for (const lane of this.#delivery.lanes) {
      const since = lane.oldestSince;
      lanes[lane.name] = {
        ...this.#buffer.ledger(lane.name),
        declined: reasonCounts(door.declined.get(lane.name)),
        unverified: lane.unverified,
        attempts: lane.attempts,
        retries: lane.retries,
        parked: lane.parked,
        lastRefusal: lane.lastRefusal,
        oldestPendingMs: since === undefined ? null : Math.max(0, Math.round(now - since)),
        capacityPerSecond: lane.capacityPerSecond,
      };
    }
    return {
      called: door.called,
      accepted: door.accepted,
      duplicate: door.duplicate,
      held: door.held,
      rejected: reasonCounts(door.rejected),
      suppressed: reasonCounts(door.suppressed),
      lanes,
      notices: this.#allNotices(),
      journal: this.#buffer.journal?.() ?? null,
      plan: this.#plan?.stats() ?? null,
    };
  }

  /** Resolves once the namespace of keyed ids is known, or after a time-out. Never rejects. Await it before any call. */
  async prepared(): Promise<void> {
    if (this.options.namespace !== undefined) return;
    const known = this.#buffer.namespace?.().then((kept) => this.#namespace.keep(kept));
    if (known === undefined || (await within(this.clock, OPEN_MS, known))) return;
    this.log.warn(optionMessages.namespaceLate(OPEN_MS));
  }

  /** Resolves once the keys of earlier lives are known, or it takes too long. Never rejects. */
  async opened(): Promise<void> {
    detached(() =>
      this.#telemetry?.start({ stats: () => this.stats(), lifecycle$: this.lifecycle.observable }),
    );
    const opened = this.#buffer.opened?.();
    if (opened === undefined || (await within(this.clock, OPEN_MS, opened))) return;
    this.log.warn(optionMessages.openedLate(OPEN_MS));
  }

  /** Requests still run: delivers in the background from here on, against the one deadline of the shutdown. */
  beginDrain(): void {
    if (this.#closing !== undefined) return;
    this.#drainUntil ??= this.clock.monotonic() + this.options.shutdownTimeoutMs;
    void this.#delivery.drain(this.options.shutdownTimeoutMs);
  }

  /** Delivers what is left until the deadline, then ends everything. Always ends; called again it waits for the first. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /**
   * The process ends now: saves pending events synchronously, and logs how many are lost. Later `exit` listeners may still
   * track; events that cannot be saved any more are rejected.
   */
  onProcessExit(): void {
    const { held } = this.door;
    if (held > 0) this.log.error(optionMessages.heldOnExit(held));
    if (this.#buffer.durable) {
      this.#saveNow();
      this.door.saveEach(() => this.#saveNow());
      return;
    }
    const begun = this.#drainUntil !== undefined;
    this.door.close();
    for (const lane of this.#delivery.lanes) {
      const { pending } = this.#buffer.ledger(lane.name);
      if (pending > 0) this.log.error(optionMessages.lostOnExit(lane.name, pending, begun));
    }
  }

  #saveNow(): void {
    this.#buffer.saveNow?.();
    const unsaved = this.#buffer.journal?.().uncommitted ?? 0;
    if (unsaved > 0) this.log.limited('error', 'unsaved', () => optionMessages.unsavedOnExit(unsaved));
  }

  async #close(): Promise<void> {
    const { shutdownTimeoutMs } = this.options;
    const now = this.clock.monotonic();
    const until = this.#drainUntil ?? now + shutdownTimeoutMs;
    await this.#delivery.drain(Math.max(until - now, Math.min(LAST_DRAIN_MS, shutdownTimeoutMs)));
    if (this.#buffer.durable) await this.#closeDurable();
    else {
      this.door.close();
      await this.#delivery.close();
      await this.#buffer.close();
    }
    this.#watch.end();
    detached(() => this.#telemetry?.stop());
    this.lifecycle.complete();
  }

  /** Requests that still run may record to the last: what they do is kept as long as there is something to keep it. */
  async #closeDurable(): Promise<void> {
    await this.#delivery.close();
    const left = this.#handedOver();
    if (!(await within(this.clock, LAST_WRITE_MS, this.#buffer.close()))) {
      this.log.error(optionMessages.closedLate(LAST_WRITE_MS));
    }
    this.door.close();
    for (const { name, standstill } of this.#delivery.lanes) {
      const stays = this.#buffer.ledger(name).handedOver - left.get(name)!;
      if (stays > 0) this.log.info(optionMessages.staysInJournal(name, stays, standstill));
    }
  }

  /** By lane: events that somebody else has to deliver. */
  #handedOver(): Map<string, number> {
    return new Map(
      [...this.#delivery.lanes].map(({ name }) => [name, this.#buffer.ledger(name).handedOver] as const),
    );
  }

  #makeBuffer(keys: KeyWindow, router: Router): EventBuffer {
    const { options, clock, log, lifecycle } = this;
    const destinations = options.enabled ? options.destinations : [];
    const setup: BufferSetup = {
      lanes: destinations.map(({ name }) => name),
      clock,
      accounts: Object.fromEntries(destinations.map((each) => [each.name, laneAccount(each)])),
      namespace: options.namespace,
      defaultNamespace: this.#namespace.byDefault,
      maxKeyAgeMs: options.dedup.maxAgeMs,
      log,
      deadLetters: options.deadLetters,
      onWork: (lane, waiting, added) => this.#delivery.onWork(lane, waiting, added),
      // Consent decided only about the destinations that existed.
      admit: (event, lane) => (options.consent === undefined ? router.admit(event, lane) : undefined),
      onKey: (id, acceptedAt) => keys.recall(id, clock.now() - acceptedAt),
      onState: (...change) => this.#watch.changed(...change),
      onDropped: (held, lane, reason, gone) => {
        const id = idOf(held);
        // The application may send it again under the same key, unless that would give it to another lane twice, or put older
        // traits over newer ones.
        if (gone && reason !== 'superseded') keys.forget(id);
        this.#delivery.onDropped(lane);
        // Of what a shutdown leaves, the delivery has said how much.
        if (reason !== 'closed') {
          const level = reason === 'superseded' ? 'info' : 'error';
          log.limited(level, `dropped ${lane} ${reason}`, () => captureMessages.dropped(lane, reason));
        }
        if (lifecycle.observed) {
          lifecycle.emit({ type: 'dropped', at: clock.now(), lane, event: held.event, reason });
        }
      },
      onErased: (ids) => this.#delivery.forget(ids),
      onLost: (lane, reason, count) => {
        this.#delivery.onDropped(lane);
        if (lifecycle.observed) lifecycle.emit({ type: 'dropped', at: clock.now(), lane, reason, count });
      },
    };
    // Nothing comes in where it is disabled, and nothing is made on a disk.
    return (options.enabled ? options.buffer : memory()).create(setup);
  }

  /** The state of a commit, or `buffered` where it takes longer than it may. */
  #committed(): Promise<'committed' | 'buffered'> {
    return new Promise((resolve) => {
      const failed = (): void => {
        // Where the disk fails, the log says so already.
        if (this.#watch.isFailing) this.#count('commit_failed');
        else this.#notice('commit_failed', 'record()', () => optionMessages.notCommitted());
        resolve('buffered');
      };
      let late = false;
      const timer = deadline(this.clock, this.options.commitTimeoutMs, () => {
        late = true;
        failed();
      });
      void this.#buffer.commit().then((state) => {
        if (late) return;
        timer.cancel();
        if (state === 'buffered' && this.#buffer.durable) failed();
        else resolve(state);
      });
    });
  }

  #notice(notice: Notice, about: string, message: () => string): void {
    this.#count(notice);
    this.log.warnOnce(notice, about, message);
  }

  #allNotices(): Partial<Record<Notice, number>> {
    const { internal, logger } = this.log.faults;
    return {
      ...this.#notices,
      ...(internal > 0 && { internal_error: internal }),
      ...(logger > 0 && { log_error: logger }),
    };
  }

  #count(notice: Notice): void {
    this.#notices[notice] = (this.#notices[notice] ?? 0) + 1;
  }
}
