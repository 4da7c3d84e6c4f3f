import type { CommitState, EventBuffer } from '../buffer/event-buffer.js';
import { RequestContextReader } from '../context/request-context.js';
import type { LifecycleStream } from '../observe/lifecycle.js';
import type { Clock } from '../host/clock.js';
import type { Log } from '../host/log.js';
import type { TellNotice } from '../observe/notices.js';
import type { IdentitySource } from '../identity/identity-source.js';
import type { ResolvedOptions } from '../options/resolve-options.js';
import type { PlanCheck } from '../plan/plan-check.js';
import { CallLog } from '../capture/call-log.js';
import { Door } from '../capture/door.js';
import { EventContent, EventContext } from '../capture/event-content.js';
import { EventIds } from '../capture/idempotency/event-ids.js';
import { EventMaker } from '../capture/event-maker.js';
import { Holds } from '../capture/holds/holds.js';
import { Intake } from '../capture/intake.js';
import type { KeyWindow } from '../capture/idempotency/key-window.js';
import { needsPerson } from '../capture/routing/lane-door.js';
import { PersonMatching } from '../capture/matching/person-matching.js';
import type { KeyNamespace } from '../capture/idempotency/namespace.js';
import { Person } from '../capture/person.js';
import { IdHashing } from '../capture/privacy/id-hashing.js';
import { Privacy } from '../capture/privacy/privacy.js';
import { RequestKeys } from '../capture/idempotency/request-keys.js';
import type { Router } from '../capture/routing/router.js';
import { StaticProperties } from '../capture/static-properties.js';

/** The parts of the application that the door uses. */
export interface DoorParts {
  readonly namespace: KeyNamespace;
  readonly identity: IdentitySource;
  readonly plan: PlanCheck | undefined;
  readonly traceparent: (() => string | undefined) | undefined;
  readonly router: Router;
  readonly keys: KeyWindow;
  readonly buffer: EventBuffer;
  readonly committed: () => Promise<CommitState>;
  readonly clock: Clock;
  readonly log: Log;
  readonly lifecycle: LifecycleStream;
  readonly notice: TellNotice;
}

/** Builds the door. A part that no option enables is absent, and costs nothing. */
export function makeDoor(options: ResolvedOptions, parts: DoorParts): Door {
  const { identity, plan, traceparent, router, keys, clock, log, notice, buffer, lifecycle } = parts;
  const { enabled, destinations, maxEventBytes, idempotency, observer } = options;
  const hashing = enabled && options.hashIds ? new IdHashing(options.hashIds) : undefined;
  const privacy = Privacy.of({ ...options, hashing });
  const calls = new CallLog(log, notice, (name) => privacy?.shownName(name) ?? name);
  const namespace =
    hashing === undefined ? parts.namespace.use : () => hashing.namespace(parts.namespace.use());
  const matching = destinations.some(needsPerson)
    ? new PersonMatching(options.identity.person, identity, calls)
    : undefined;
  const request = options.context && new RequestContextReader(options.context);
  const context =
    request === undefined && traceparent === undefined
      ? undefined
      : new EventContext(request, identity, traceparent, maxEventBytes);
  const fixed = StaticProperties.of(options.properties, maxEventBytes);
  const requestKeys = idempotency && new RequestKeys(idempotency, namespace, keys, hashing, identity, calls);
  const maker = new EventMaker(
    new Person(options.identity.fallback, identity, calls),
    matching,
    new EventContent(plan, fixed, context, maxEventBytes, calls),
    new EventIds(namespace, requestKeys, calls),
    privacy,
    router,
    clock,
    maxEventBytes,
  );
  const intake = new Intake(router, keys, buffer, calls, lifecycle, clock);
  return new Door(enabled, maker, intake, new Holds(keys, calls), calls, parts.committed, {
    clock,
    maxEventBytes,
    observer,
    plan,
    traceparent,
    notice,
    identity: () => identity.named(),
    internalError: (doing, error) => log.internalError(doing, error),
  });
}
