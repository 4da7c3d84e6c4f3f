import type { Identity } from '../event/identity.js';
import type { RequestScope } from '../identity/request-scope.js';
import type { JsonObject } from '../event/tracking-event.js';
import { traceOf } from '../event/traceparent.js';
import { snapshot, type Snapshot } from '../event/snapshot.js';
import type { CallPlace } from './call-place.js';

/** Where the context of events comes from, beside what a call says. */
export interface EventContextSetup {
  /** What is known of a request; absent where the application did not ask for it. */
  readonly request: { read(scope: RequestScope, forSomebody: boolean): JsonObject | undefined } | undefined;
  /** Whom the request itself speaks of. */
  readonly sender: (scope: RequestScope) => Identity | undefined;
  /** The W3C `traceparent` of the span that is active; never throws. */
  readonly traceparent: (() => string | undefined) | undefined;
  readonly maxEventBytes: number;
}

/** Puts what surrounds a call into its event's context. What the call says comes first. */
export class EventContext {
  constructor(private readonly setup: EventContextSetup) {}

  /** Undefined if there is nothing to add to a context. */
  static of(setup: EventContextSetup): EventContext | undefined {
    const isAsked = setup.request !== undefined || setup.traceparent !== undefined;
    return isAsked ? new EventContext(setup) : undefined;
  }

  /**
   * @param who whom the event is about
   * @throws OversizeError
   */
  around(said: Snapshot | undefined, place: CallPlace, who: Identity): Snapshot | undefined {
    const { request, traceparent, maxEventBytes } = this.setup;
    const { scope, as } = place.around ?? {};
    const known =
      scope === undefined || request === undefined
        ? undefined
        : request.read(scope, as !== undefined || this.#isAnother(who, scope));
    const trace = place.isDecided ? place.traceparent : traceparent?.();
    const traced = traceOf(trace ?? known?.['traceparent']);
    if (known === undefined && traced === undefined) return said;
    return snapshot({ ...known, ...traced, ...said?.value }, maxEventBytes);
  }

  /** An admin speaks of a customer. Where nobody is signed in, it is the one at the other end, such as who signs in now. */
  #isAnother({ userId }: Identity, scope: RequestScope): boolean {
    if (userId === undefined) return false;
    const own = this.setup.sender(scope)?.userId;
    return own !== undefined && own !== userId;
  }
}
