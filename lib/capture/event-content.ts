import type { Identity } from '../event/identity.js';
import { type Snapshot, snapshot } from '../event/snapshot.js';
import { traceOf } from '../event/traceparent.js';
import type { JsonObject } from '../event/tracking-event.js';
import { OversizeError, UnserialisableError } from '../event/unserialisable.js';
import type { IdentitySource } from '../identity/identity-source.js';
import type { RequestScope } from '../identity/scope/request-scope.js';
import type { PlanCheck } from '../plan/plan-check.js';
import { Refusal } from './call-end.js';
import type { CallLog } from './call-log.js';
import { type CallOptions, type CallPlace, CapturedOptions, type EventCall } from './call.js';
import { captureMessages } from './capture.messages.js';
import { type Groups, normaliseGroups } from './groups.js';
import type { EventParts } from './made-event.js';
import type { StaticProperties } from './static-properties.js';

const EMPTY: Snapshot = { value: Object.freeze({}), size: 2 };

/** Checks and copies the properties, groups and context of a call. */
export class EventContent {
  /** Parts that the application did not enable are absent. */
  constructor(
    private readonly plan: PlanCheck | undefined,
    private readonly staticProperties: StaticProperties | undefined,
    private readonly context: EventContext | undefined,
    private readonly maxEventBytes: number,
    private readonly calls: CallLog,
  ) {}

  of(
    call: EventCall<string>,
    name: string,
    timestamp: number,
    who: Identity,
    options: CallOptions,
    place: CallPlace,
  ): EventParts | Refusal {
    const { context, plan, staticProperties } = this;
    const { type, groupId, previousId } = call;
    // Those of a decorated method were checked before they were copied.
    const checked = place.isDecided ? call : (plan?.check(type, name, call.properties, place.source) ?? call);
    if (typeof checked === 'string') return new Refusal(checked);
    const { properties } = checked;
    try {
      const said = this.#copy(options.context, 'context');
      const own = CapturedOptions.keptOf(options, properties) ?? this.#copy(properties) ?? EMPTY;
      return {
        name,
        timestamp,
        who,
        groupId,
        previousId,
        groups: options.groups === undefined ? undefined : this.#groups(call, options.groups, place),
        groupType: type === 'group' ? (options.groupType as string | undefined) : undefined,
        properties: staticProperties === undefined || type !== 'track' ? own : staticProperties.around(own),
        context: context === undefined ? said : context.around(said, place, who),
      };
    } catch (error) {
      if (error instanceof UnserialisableError) return new Refusal('unserialisable', error);
      if (error instanceof OversizeError) return new Refusal('too_large');
      throw error;
    }
  }

  #copy(value: unknown, called?: string): Snapshot | undefined {
    return value === undefined || value === null
      ? undefined
      : snapshot(value as object, this.maxEventBytes, called);
  }

  #groups({ type, name }: EventCall, given: unknown, { source }: CallPlace): Groups | undefined {
    return normaliseGroups(given, () =>
      this.calls.notice('invalid_group', { type, name, source }, captureMessages.unusableGroup),
    );
  }
}

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
