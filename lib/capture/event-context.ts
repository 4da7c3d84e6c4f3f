import type { RequestScope } from '../identity/request-scope.js';
import type { JsonObject } from '../event/tracking-event.js';
import { snapshot } from '../event/snapshot.js';
import type { Snapshot } from '../event/snapshot.js';
import type { CallPlace } from './call-place.js';

/** Where the context of events comes from, beside what a call says. */
export interface EventContextSetup {
  /** What is known of a request; absent where the application did not ask for it. */
  readonly request: { read(scope: RequestScope, forSomebody: boolean): JsonObject | undefined } | undefined;
  /** The W3C `traceparent` of the span that is active; never throws. */
  readonly traceparent: (() => string | undefined) | undefined;
  readonly maxEventBytes: number;
}

/** `00-<trace id>-<span id>-<flags>` */
const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})[\da-f]{16}-[\da-f]{2}/;

/** Puts what surrounds a call into its event's context. What the call says comes first. */
export class EventContext {
  constructor(private readonly setup: EventContextSetup) {}

  /** @throws OversizeError */
  around(said: Snapshot | undefined, place: CallPlace): Snapshot | undefined {
    const { request, traceparent, maxEventBytes } = this.setup;
    const { scope, as } = place.around ?? {};
    const known = scope === undefined ? undefined : request?.read(scope, as !== undefined);
    const trace = place.decided ? place.traceparent : traceparent?.();
    const traced = traceOf(trace ?? known?.['traceparent']);
    if (known === undefined && traced === undefined) return said;
    return snapshot({ ...known, ...traced, ...said?.value }, maxEventBytes);
  }
}

/** Beside the header as a whole its trace id, because that is what people look for. */
function traceOf(traceparent: unknown): { traceparent: string; traceId: string } | undefined {
  if (typeof traceparent !== 'string') return undefined;
  const traceId = TRACEPARENT.exec(traceparent)?.[1];
  return traceId === undefined ? undefined : { traceparent, traceId };
}
