import type { Identity } from '../event/identity.js';
import type { IdentitySource } from '../identity/identity-source.js';
import type { RequestScope } from '../identity/scope/request-scope.js';
import type { JsonObject } from '../event/tracking-event.js';
import { traceOf } from '../event/traceparent.js';
import { snapshot, type Snapshot } from '../event/snapshot.js';
import type { CallPlace } from './call.js';

/** Adds data of the request and the trace to the context of an event. The call's own context takes precedence. */
export class EventContext {
  /**
   * @param request absent without the option `context`
   * @param traceparent the W3C `traceparent` of the active span. Never throws
   */
  constructor(
    private readonly request:
      { read(scope: RequestScope, forAnother: boolean): JsonObject | undefined } | undefined,
    private readonly identity: Pick<IdentitySource, 'sender'>,
    private readonly traceparent: (() => string | undefined) | undefined,
    private readonly maxEventBytes: number,
  ) {}

  /**
   * @param who the person of the event
   * @throws OversizeError
   */
  around(said: Snapshot | undefined, place: CallPlace, who: Identity): Snapshot | undefined {
    const { request } = this;
    const { scope, as } = place.around ?? {};
    const known =
      scope === undefined || request === undefined
        ? undefined
        : request.read(scope, as !== undefined || this.#isAnother(who, scope));
    const trace = place.isDecided ? place.traceparent : this.traceparent?.();
    const traced = traceOf(trace ?? known?.['traceparent']);
    if (known === undefined && traced === undefined) return said;
    return snapshot({ ...known, ...traced, ...said?.value }, this.maxEventBytes);
  }

  /** Such as an event about a customer in an admin's request. Without a signed-in user it is the sender, who may sign in now. */
  #isAnother({ userId }: Identity, scope: RequestScope): boolean {
    if (userId === undefined) return false;
    const own = this.identity.sender(scope)?.userId;
    return own !== undefined && own !== userId;
  }
}
