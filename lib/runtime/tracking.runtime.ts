import { resolve } from 'node:path';
import { assemble, type Parts } from './assemble.js';
import type { Door } from '../capture/door.js';
import { unusedProxy } from '../options/check-connections.js';
import type { LifecycleStream } from '../observe/lifecycle.js';
import type { Clock } from '../host/clock.js';
import { detached } from '../host/detached.js';
import { disown } from '../host/disown.js';
import type { Log } from '../host/log.js';
import { within } from '../host/deadline.js';
import type { IdentitySource } from '../identity/identity-source.js';
import { isSharedFallback } from '../options/identity-options.js';
import type { FlushReport } from '../options/call-options.js';
import type { ResolvedOptions } from '../options/resolve-options.js';
import { Shutdown } from './shutdown.js';
import type { TrackingStats } from '../observe/stats.js';
import { runtimeMessages } from './runtime.messages.js';

const FLUSH_TIMEOUT_MS = 10_000;
/** How long a start waits for the state of earlier processes. */
const OPEN_MS = 5_000;

/** The tracking of one application, from start to shutdown. */
export class TrackingRuntime {
  readonly lifecycle: LifecycleStream;
  readonly identity: IdentitySource;
  readonly door: Door;
  readonly shutdown: Shutdown;
  readonly #parts: Parts;

  constructor(
    private readonly options: ResolvedOptions,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    this.#parts = assemble(options, clock, log);
    this.lifecycle = this.#parts.lifecycle;
    this.identity = this.#parts.identity;
    this.door = this.#parts.door;
    this.shutdown = new Shutdown(this.#parts, clock, log, options.shutdownTimeoutMs);
    if (options.enabled) this.#open();
  }

  get enabled(): boolean {
    return this.options.enabled;
  }

  /** Logged when the application has started. */
  get startLine(): string {
    const { enabled, destinations, buffer } = this.options;
    if (!enabled) return runtimeMessages.disabled();
    const place = buffer.directory === undefined ? '' : ` in ${resolve(buffer.directory)}`;
    return runtimeMessages.started(
      destinations.map(({ name }) => name),
      buffer.kind + place,
    );
  }

  async flush(options?: {
    readonly timeoutMs?: number | undefined;
    readonly destinations?: readonly string[] | undefined;
  }): Promise<FlushReport> {
    const asked = options?.timeoutMs;
    const timeoutMs = typeof asked === 'number' && asked >= 0 ? asked : FLUSH_TIMEOUT_MS;
    return this.#parts.delivery.flush(timeoutMs, options?.destinations);
  }

  /** After an error of our own code, the figures that it concerns are missing. */
  stats(): TrackingStats {
    const { door, delivery, buffer, notices, plan } = this.#parts;
    const now = this.clock.monotonic();
    const lanes: TrackingStats['lanes'] = {};
    let journal: TrackingStats['journal'] = null;
    for (const lane of delivery.lanes) {
      this.log.contain('counting events', () => {
        const { oldestSince: since, ...state } = lane.state;
        lanes[lane.name] = {
          ...buffer.ledger(lane.name),
          declined: door.intake.declined(lane.name),
          ...state,
          oldestPendingMs: since === undefined ? null : Math.max(0, Math.round(now - since)),
        };
      });
    }
    this.log.contain('counting events', () => {
      journal = buffer.journal?.() ?? null;
    });
    return { ...door.stats(), lanes, notices: notices.all(), journal, plan: plan?.stats() ?? null };
  }

  /** Resolves when the namespace of keyed ids is known, or after a time-out. Never rejects. Await it before any call. */
  async prepared(): Promise<void> {
    if (this.options.namespace !== undefined) return;
    const { buffer, namespace } = this.#parts;
    if (buffer.namespace === undefined) return;
    const known = this.log.contained('reading the namespace', async () => {
      namespace.keep(await buffer.namespace!());
    });
    if (!(await within(this.clock, OPEN_MS, known))) this.log.warn(runtimeMessages.namespaceLate(OPEN_MS));
  }

  /** Resolves when the keys of earlier processes are known, or after a time-out. Never rejects. */
  async opened(): Promise<void> {
    const { buffer, telemetry, lifecycle } = this.#parts;
    detached(() => telemetry?.start({ stats: () => this.stats(), lifecycle$: lifecycle.observable }));
    if (buffer.opened === undefined) return;
    const opened = this.log.contained('reading earlier events', () => buffer.opened!());
    if (!(await within(this.clock, OPEN_MS, opened))) this.log.warn(runtimeMessages.openedLate(OPEN_MS));
  }

  close(): Promise<void> {
    return this.shutdown.close();
  }

  /** Opens the destinations, and begins to deliver. */
  #open(): void {
    const { destinations, dispatcher, proxies, identity } = this.options;
    const { delivery, buffer, notices } = this.#parts;
    const unused = unusedProxy(destinations, dispatcher, proxies);
    if (unused !== undefined) this.log.warn(runtimeMessages.proxyNotUsed(unused.variable, unused.names));
    if (isSharedFallback(identity.fallback)) this.log.warn(runtimeMessages.sharedFallback());
    for (const destination of destinations) {
      const opened: unknown = destination.open?.({
        notice: (word, about, message) => notices.tell(word, `${destination.name} ${about}`, message),
      });
      disown(opened);
    }
    delivery.open(buffer);
  }
}
