import type { CommitState, EventBuffer } from '../buffer/event-buffer.js';
import type { RequestContextOptions } from '../context/request-context-options.js';
import { RequestContextReader } from '../context/request-context.js';
import type { Destination } from '../destinations/destination.js';
import type { Identity } from '../event/identity.js';
import type { LifecycleStream } from '../event/lifecycle.js';
import type { PersonResolver } from '../event/person-data.js';
import type { Clock } from '../host/clock.js';
import type { Log } from '../host/log.js';
import type { TellNotice } from '../identity/ask-resolver.js';
import type { IdentitySource } from '../identity/identity-source.js';
import type { RequestScope } from '../identity/request-scope.js';
import type { PlanCheck } from '../plan/plan-check.js';
import { CallNames } from './call-names.js';
import { Door } from './door.js';
import { EventContent } from './event-content.js';
import { EventContext } from './event-context.js';
import { EventIds } from './event-ids.js';
import { EventMaker } from './event-maker.js';
import { Holds } from './holds.js';
import type { IdempotencyOptions } from './idempotency-options.js';
import { Intake } from './intake.js';
import type { KeyWindow } from './key-window.js';
import { needsPerson } from './lane-door.js';
import { PersonMatching } from './matching/person-matching.js';
import type { KeyNamespace } from './namespace.js';
import { Person, type PersonSetup } from './person.js';
import { IdHashing } from './privacy/id-hashing.js';
import type { PrivacyOptions } from './privacy/privacy-options.js';
import { Privacy } from './privacy/privacy.js';
import { RefusalLog } from './refusal-log.js';
import { RequestKeys } from './request-keys.js';
import type { Router } from './router.js';
import { StaticProperties } from './static-properties.js';
import type { Witness } from './witness.js';

/** The options of the module that capture uses, checked. */
export interface CaptureOptions extends PrivacyOptions {
  readonly enabled: boolean;
  readonly destinations: readonly Destination[];
  readonly maxEventBytes: number;
  readonly identity: {
    readonly fallback?: PersonSetup['fallback'];
    readonly person?: PersonResolver | undefined;
  };
  readonly properties: object | undefined;
  readonly context: RequestContextOptions | undefined;
  readonly idempotency: IdempotencyOptions | undefined;
  readonly witness?: Witness | undefined;
}

/** The parts of the application that capture works with. */
export interface CaptureParts {
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

/** Puts the door together. A part that the options do not ask for is absent, and costs nothing. */
export function makeDoor(options: CaptureOptions, parts: CaptureParts): Door {
  const { identity, plan, traceparent, router, keys, clock, notice, buffer, lifecycle } = parts;
  const { enabled, destinations, maxEventBytes, idempotency, witness } = options;
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
    port: { clock, maxEventBytes, witness, plan, traceparent, notice, identity: () => identity.named() },
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
