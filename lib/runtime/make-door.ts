import type { CommitState, EventBuffer } from '../buffer/event-buffer.js';
import { RequestContextReader } from '../context/request-context.js';
import type { Identity } from '../event/identity.js';
import type { LifecycleStream } from '../observe/lifecycle.js';
import type { Clock } from '../host/clock.js';
import type { Log } from '../host/log.js';
import type { TellNotice } from '../observe/notices.js';
import type { IdentitySource } from '../identity/identity-source.js';
import type { RequestScope } from '../identity/scope/request-scope.js';
import type { ResolvedOptions } from '../options/resolve-options.js';
import type { PlanCheck } from '../plan/plan-check.js';
import { CallNames } from '../capture/call-names.js';
import { Door } from '../capture/door.js';
import { EventContent } from '../capture/event-content.js';
import { EventContext } from '../capture/event-context.js';
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
import { RefusalLog } from '../capture/refusal-log.js';
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
  const { identity, plan, traceparent, router, keys, clock, notice, buffer, lifecycle } = parts;
  const { enabled, destinations, maxEventBytes, idempotency, observer } = options;
  const hashing = enabled && options.hashIds ? new IdHashing(options.hashIds) : undefined;
  const privacy = Privacy.of({ ...options, hashing });
  const names = new CallNames((name) => privacy?.shownName(name) ?? name);
  const namespace = hashedNamespace(parts.namespace.use, hashing);
  const sender = (scope: RequestScope): Identity | undefined =>
    identity.current({ scope, as: undefined, hold: undefined });
  const maker = new EventMaker({
    person: new Person({
      fallback: options.identity.fallback,
      identity: (around) => identity.named(around),
      browserIdsOf: (userId, around) => identity.browserIdsOf(userId, around),
      names,
      notice,
    }),
    matching: destinations.some(needsPerson)
      ? new PersonMatching({ resolver: options.identity.person, sender, names, notice })
      : undefined,
    content: new EventContent({
      plan,
      staticProperties: StaticProperties.of(options.properties, maxEventBytes),
      context: EventContext.of({
        request: options.context && new RequestContextReader(options.context),
        sender,
        traceparent,
        maxEventBytes,
      }),
      maxEventBytes,
      names,
      notice,
    }),
    ids: new EventIds({
      namespace,
      requestKeys:
        idempotency &&
        new RequestKeys({
          options: idempotency,
          namespace,
          keys,
          person: (who) => hashing?.person(who) ?? who,
          sender,
          notice,
        }),
      names,
      notice,
    }),
    privacy,
    router,
    clock,
    maxEventBytes,
  });
  const refusals = new RefusalLog(parts.log, names);
  return new Door({
    enabled,
    maker,
    intake: new Intake({ router, keys, buffer, refusals, lifecycle, clock }),
    holds: new Holds(keys, refusals),
    refusals,
    committed: parts.committed,
    port: { clock, maxEventBytes, observer, plan, traceparent, notice, identity: () => identity.named() },
  });
}

/** Computed again only for another namespace. */
function hashedNamespace(use: () => string, hashing: IdHashing | undefined): () => string {
  if (hashing === undefined) return use;
  let from: string | undefined;
  let hashed = '';
  return () => {
    const known = use();
    if (known !== from) [from, hashed] = [known, hashing.namespace(known)];
    return hashed;
  };
}
