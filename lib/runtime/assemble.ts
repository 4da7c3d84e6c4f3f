import type { EventBuffer } from '../buffer/event-buffer.js';
import { memory } from '../buffer/memory/memory.js';
import { bufferSetup } from './buffer-setup.js';
import { KeyWindow } from '../capture/idempotency/key-window.js';
import { KeyNamespace, namespaceOf } from '../capture/idempotency/namespace.js';
import { Router } from '../capture/routing/router.js';
import { CommitWait } from './commit-wait.js';
import { Delivery } from '../delivery/delivery.js';
import { LifecycleStream } from '../observe/lifecycle.js';
import { GuardedTelemetry } from '../observe/guarded-telemetry.js';
import type { Clock } from '../host/clock.js';
import { detached } from '../host/detached.js';
import type { Log } from '../host/log.js';
import { fromRequestUser } from '../identity/resolvers/verified-user.js';
import { IdentitySource } from '../identity/identity-source.js';
import { JournalWatch } from '../observe/journal-watch.js';
import { makeDoor } from './make-door.js';
import { Notices } from '../observe/notices.js';
import { PlanCheck } from '../plan/plan-check.js';
import { laneDestination } from '../options/lane-destination.js';
import type { ResolvedOptions } from '../options/resolve-options.js';
import { runtimeMessages } from './runtime.messages.js';

/** The parts of one application's tracking. */
export type Parts = ReturnType<typeof assemble>;

/** Makes the parts and connects them. Nothing runs yet. */
export function assemble(options: ResolvedOptions, clock: Clock, log: Log) {
  const { enabled, redact } = options;
  const destinations = enabled ? options.destinations : [];
  const notices = new Notices(log);
  const notice = notices.tell;
  const lifecycle = new LifecycleStream(
    // Subscribers do not run in the request of an event.
    (fn) => detached(() => clock.soon(fn)),
    () => notices.count('subscriber_error'),
  );
  const identity = new IdentitySource({
    resolvers: options.identity.resolvers ?? [fromRequestUser()],
    destinations,
    notice,
  });
  const telemetry =
    enabled && options.telemetry !== undefined ? new GuardedTelemetry(options.telemetry, notice) : undefined;
  const router = new Router(options.destinations, options);
  const keys = new KeyWindow(options.dedup.maxKeys, options.dedup.maxAgeMs, () => clock.monotonic());
  const delivery = new Delivery({
    destinations: destinations.map((each) => laneDestination(each, options.dispatcher, options.keepAnswers)),
    retry: options.retry,
    proxies: options.proxies,
    clock,
    random: Math.random,
    log,
    lifecycle,
    telemetry,
    notice,
  });
  const watch = new JournalWatch(clock, log, lifecycle);
  const namespace = new KeyNamespace(options.namespace, namespaceOf(options.destinations), () => {
    if (buffer.namespace === undefined) log.warnOnce('namespace', '', runtimeMessages.defaultNamespace);
  });
  // A disabled module writes nothing to a disk.
  const buffer: EventBuffer = (enabled ? options.buffer : memory()).create(
    bufferSetup(options, { delivery, watch, keys, router, namespace, lifecycle, clock, log }),
  );
  const plan =
    options.plan &&
    new PlanCheck({
      plan: options.plan,
      onInvalid: options.onInvalid,
      hidesNames: typeof redact === 'object' && redact.values !== undefined,
      notice,
    });
  const commits = new CommitWait(buffer, watch, notices, clock, log, options.commitTimeoutMs);
  const door = makeDoor(options, {
    namespace,
    identity,
    plan,
    traceparent: telemetry?.traceparent,
    router,
    keys,
    buffer,
    committed: () => commits.committed(),
    clock,
    log,
    lifecycle,
    notice,
  });
  return { lifecycle, identity, door, buffer, delivery, watch, notices, namespace, plan, telemetry };
}
