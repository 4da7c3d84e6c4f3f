import type { Identity } from '../event/identity.js';
import type { RequestScope } from '../identity/scope/request-scope.js';
import type { JsonObject } from '../event/tracking-event.js';
import { traceOf } from '../event/traceparent.js';
import { snapshot, type Snapshot } from '../event/snapshot.js';
import type { CallPlace } from './call-place.js';

/** Where the context of events comes from, besides the call. */
export interface EventContextSetup {
  /** Absent without the option `context`. */
  readonly request: { read(scope: RequestScope, forAnother: boolean): JsonObject | undefined } | undefined;
  /** The person who sent the request. */
  readonly sender: (scope: RequestScope) => Identity | undefined;
  /** The W3C `traceparent` of the active span. Never throws. */
  readonly traceparent: (() => string | undefined) | undefined;
  readonly maxEventBytes: number;
}

/** Adds data of the request and the trace to the context of an event. The call's own context takes precedence. */
export class EventContext {
  constructor(private readonly setup: EventContextSetup) {}

  /** Undefined if there is nothing to add to a context. */
  static of(setup: EventContextSetup): EventContext | undefined {
    const isAsked = setup.request !== undefined || setup.traceparent !== undefined;
    return isAsked ? new EventContext(setup) : undefined;
  }

  /**
   * @param who the person of the event
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

  /** Such as an event about a customer in an admin's request. Without a signed-in user it is the sender, who may sign in now. */
  #isAnother({ userId }: Identity, scope: RequestScope): boolean {
    if (userId === undefined) return false;
    const own = this.setup.sender(scope)?.userId;
    return own !== undefined && own !== userId;
  }
}
