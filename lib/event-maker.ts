import { EventContext } from './capture/event-context.js';
import { EventMaker } from './capture/event-maker.js';
import type { KeyWindow } from './capture/key-window.js';
import type { KeyNamespace } from './capture/namespace.js';
import { PersonMatching } from './capture/matching/person-matching.js';
import { Person } from './capture/person.js';
import { IdHashing } from './capture/privacy/id-hashing.js';
import { Privacy } from './capture/privacy/privacy.js';
import { RequestKeys } from './capture/request-keys.js';
import { needsPerson } from './capture/lane-door.js';
import type { Router } from './capture/router.js';
import { StaticProperties } from './capture/static-properties.js';
import { RequestContextReader } from './context/request-context.js';
import type { Identity } from './event/identity.js';
import type { Notice } from './event/notices.js';
import type { Clock } from './host/clock.js';
import type { IdentitySource } from './identity/identity-source.js';
import type { RequestScope } from './identity/request-scope.js';
import type { PlanCheck } from './plan/plan-check.js';
import type { ResolvedOptions } from './resolve-options.js';

/** What the maker shares with the rest of the runtime. */
interface Shared {
  readonly namespace: KeyNamespace;
  readonly identity: IdentitySource;
  readonly plan: PlanCheck | undefined;
  readonly traceparent: (() => string | undefined) | undefined;
  readonly router: Router;
  readonly keys: KeyWindow;
  readonly clock: Clock;
  readonly notice: (notice: Notice, about: string, message: () => string) => void;
}

/** The maker that the options ask for: what they do not ask for is absent, and costs nothing. */
export function eventMaker(options: ResolvedOptions, shared: Shared): EventMaker {
  const { identity, plan, traceparent, router, keys, clock, notice } = shared;
  const { use } = shared.namespace;
  const { maxEventBytes, idempotency } = options;
  const hashing = options.enabled && options.hashIds ? new IdHashing(options.hashIds) : undefined;
  const namespace = hashing === undefined ? use : mapped(use, (known) => hashing.namespace(known));
  const request = options.context && new RequestContextReader(options.context);
  const sender = (scope: RequestScope): Identity | undefined =>
    identity.current({ scope, as: undefined, hold: undefined });
  const privacy = Privacy.of({ ...options, hashing });
  return new EventMaker({
    namespace,
    maxEventBytes,
    person: new Person({
      fallback: options.identity.fallback,
      identity: (around) => identity.named(around),
      browserIdsOf: (userId, around) => identity.browserIdsOf(userId, around),
      shownName: (name) => privacy?.shownName(name) ?? name,
      notice,
    }),
    matching: options.destinations.some(needsPerson)
      ? new PersonMatching({ resolver: options.identity.person, sender, notice })
      : undefined,
    plan,
    staticProperties: StaticProperties.of(options.properties, maxEventBytes),
    context:
      request === undefined && traceparent === undefined
        ? undefined
        : new EventContext({ request, sender, traceparent, maxEventBytes }),
    privacy,
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
    router,
    clock,
    notice,
  });
}

/** Computes anew only what is new. */
function mapped(source: () => string, map: (value: string) => string): () => string {
  let from: string | undefined;
  let to = '';
  return () => {
    const value = source();
    if (value !== from) [from, to] = [value, map(value)];
    return to;
  };
}
