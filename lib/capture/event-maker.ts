import { sizeOfBrowserIds } from '../event/browser-ids.js';
import { keyedId, newId } from '../event/event-id.js';
import { eventTime, InvalidTimeError } from '../event/event-time.js';
import type { Identity } from '../event/identity.js';
import type { Notice } from '../event/notices.js';
import type { Reason } from '../event/reasons.js';
import { snapshot, WORST_BYTES_PER_UNIT } from '../event/snapshot.js';
import type { Snapshot } from '../event/snapshot.js';
import type { TrackingEvent } from '../event/tracking-event.js';
import { OversizeError, UnserialisableError } from '../event/unserialisable.js';
import { systemClock, type Clock } from '../host/clock.js';
import { isUsable, normaliseId, normaliseIds } from '../identity/normalise-identity.js';
import type { PlanCheck } from '../plan/plan-check.js';
import { AcceptedEvent } from './accepted-event.js';
import type { CallPlace } from './call-place.js';
import { captureMessages } from './capture.messages.js';
import { CapturedOptions } from './captured-options.js';
import type { CallOptions, EventCall } from './event-call.js';
import type { EventContext } from './event-context.js';
import type { EventParts } from './event-parts.js';
import { isEventName } from '../event/event-name.js';
import { normaliseGroups, sizeOfGroups } from './groups.js';
import type { PersonMatching, PersonOfEvent } from './matching/person-matching.js';
import type { Person } from './person.js';
import type { Privacy } from './privacy/privacy.js';
import type { RecurringId, RequestKeys } from './request-keys.js';
import type { Routable } from './lane-door.js';
import type { Router } from './router.js';
import type { StaticProperties } from './static-properties.js';

/** What the JSON of an event takes beside its texts, properties and context: ids, times and member names. */
const ENVELOPE_UNITS = 220;
const EMPTY: Snapshot = { value: Object.freeze({}), size: 2 };

/** An event that may be stored. */
export interface MadeEvent extends Routable {
  /** Its id may come again, and is to be accepted once. */
  readonly keyed: boolean;
  /** What alone may use the id, where a client chose it; absent for ids of ours. */
  readonly owner?: string | undefined;
}

/** Why a call becomes no event, where the value at fault is known more closely. */
export interface Refused {
  readonly refused: Reason;
  /** Says more than the reason; never has the value. */
  readonly error: Error;
}

/** What the maker works with. Whatever the application has not asked for is absent. */
export interface EventMakerSetup {
  /** Called for each key. */
  readonly namespace: () => string;
  readonly maxEventBytes: number;
  readonly person: Person;
  /** Absent where no destination needs the data of a person. */
  readonly matching: PersonMatching | undefined;
  readonly plan: PlanCheck | undefined;
  readonly staticProperties: StaticProperties | undefined;
  readonly context: EventContext | undefined;
  readonly privacy: Privacy | undefined;
  readonly requestKeys: RequestKeys | undefined;
  readonly router: Router;
  readonly clock: Clock;
  notice(notice: Notice, about: string, message: () => string): void;
}

/** An event's id, and how it is recognised when it comes again. */
interface Ident {
  readonly id: string;
  readonly keyed: boolean;
  readonly owner?: string | undefined;
}

/** Makes an event of a call: checks and copies what the caller said, and decides who, when and under which id. */
export class EventMaker {
  /** A hook of the application is being asked about an event. */
  #asking = false;

  constructor(private readonly setup: EventMakerSetup) {}

  /** The event, or the reason why there is none. Throws only what a hostile `options` object throws. */
  make(call: EventCall, options: CallOptions, place: CallPlace): MadeEvent | Reason | Refused {
    const { clock, router, privacy, maxEventBytes } = this.setup;
    // Asked about the events that it makes itself, a hook would make more; without being asked, it would be passed by.
    if (this.#asking) return 'redact_error';
    const { name, type } = call;
    if (!isEventName(name)) return 'invalid_name';
    // Without its type, the group would be one of the destination's default type: another one.
    if (type === 'group' && options.groupType !== undefined && !isEventName(options.groupType))
      return 'invalid_id';
    const lanes = router.select(options.destinations);
    const named = this.#who(call, options, place, lanes);
    const who = isUsable(named) ? named : undefined;
    const recurring = who && this.#recurring(call, name, who, options, place);
    if (lanes === undefined) return 'no_destination';
    const now = clock.now();
    const said = this.#parts(call, name, who ?? (named && 'invalid_identity'), options, place, now);
    if (typeof said === 'string' || 'refused' in said) return said;
    let parts: EventParts = said;
    const { source } = place;
    let ident = this.#ident(call, name, options, source, now, recurring);
    if (privacy !== undefined) {
      const describe = (said: EventParts): TrackingEvent => {
        ident = this.#identOf(said, ident);
        return new AcceptedEvent(ident.id, type, said, now, source, lanes);
      };
      const left = this.#withoutSecrets(privacy, parts, describe, place);
      if (typeof left === 'string' || 'refused' in left) return left;
      parts = left;
      ident = this.#identOf(parts, ident);
    }
    const { id, keyed, owner } = ident;
    const event = new AcceptedEvent(id, type, parts, now, source, lanes);
    const size = sizeOf(parts) + (source?.length ?? 0);
    if (
      (size + unitsOf(lanes)) * WORST_BYTES_PER_UNIT > maxEventBytes &&
      Buffer.byteLength(JSON.stringify(event)) > maxEventBytes
    ) {
      return 'too_large';
    }
    const person = this.#personOf(said, parts, options, place, lanes);
    return { event, size, keyed, owner, consent: parts.consent, person };
  }

  /** An event's name as the log may have it: one that is refused early was never cleaned. */
  shownName(name: string): string {
    return this.setup.privacy?.shownName(name) ?? name;
  }

  /** A call that was refused before it came here has had its turn all the same: the next one is not the first. */
  passBy(call: EventCall, options: CallOptions, place: CallPlace): void {
    if (this.setup.requestKeys === undefined || !isEventName(call.name)) return;
    const who = this.#who(call, options, place, this.setup.router.select(options.destinations));
    if (isUsable(who)) this.#recurring(call, call.name, who, options, place);
  }

  #withoutSecrets(
    privacy: Privacy,
    parts: EventParts,
    describe: (said: EventParts) => TrackingEvent,
    { around }: CallPlace,
  ): EventParts | Reason | Refused {
    this.#asking = true;
    try {
      return privacy.apply(parts, describe, around?.scope?.request);
    } finally {
      this.#asking = false;
    }
  }

  #parts(
    call: EventCall,
    name: string,
    who: Identity | 'invalid_identity' | undefined,
    options: CallOptions,
    place: CallPlace,
    now: number,
  ): EventParts | Reason | Refused {
    const { context, plan, staticProperties } = this.setup;
    const timestamp = timeOf(options, place, now);
    if (typeof timestamp !== 'number') return timestamp;
    if (typeof who !== 'object') return who ?? 'no_identity';
    // A decorated method's were checked when it succeeded: what they are now is JSON.
    const checked = place.isDecided
      ? call
      : (plan?.check(call.type, name, call.properties, place.source) ?? call);
    if (typeof checked === 'string') return checked;
    const { properties } = checked;
    try {
      const said = this.#copy(options.context, 'context');
      const own = CapturedOptions.keptOf(options, properties) ?? this.#copy(properties) ?? EMPTY;
      return {
        name,
        timestamp,
        who,
        groupId: call.groupId,
        previousId: call.previousId,
        groups: options.groups === undefined ? undefined : this.#groups(call, options.groups, place),
        groupType: call.type === 'group' ? (options.groupType as string | undefined) : undefined,
        properties:
          staticProperties === undefined || call.type !== 'track' ? own : staticProperties.around(own),
        context: context === undefined ? said : context.around(said, place, who),
      };
    } catch (error) {
      if (error instanceof UnserialisableError) return { refused: 'unserialisable', error };
      return error instanceof OversizeError ? 'too_large' : 'unserialisable';
    }
  }

  #copy(value: unknown, called?: string): Snapshot | undefined {
    return value === undefined || value === null
      ? undefined
      : snapshot(value as object, this.setup.maxEventBytes, called);
  }

  /** An event that lost its person, or got another one from a hook, must not be matched with the first person. */
  #personOf(
    said: EventParts,
    left: EventParts,
    options: CallOptions,
    place: CallPlace,
    lanes: readonly string[],
  ): PersonOfEvent | undefined {
    const { matching, router } = this.setup;
    if (matching === undefined || left.stripped === true || left.isReattributed === true) return undefined;
    if (!router.needsPerson(lanes)) return undefined;
    return matching.of(options.person, said.who, place, () => place.source ?? this.shownName(said.name));
  }

  #groups({ type, name }: EventCall, given: unknown, { source }: CallPlace): EventParts['groups'] {
    return normaliseGroups(given, () => {
      const about = source ?? (type === 'track' ? this.shownName(name as string) : `${type}()`);
      this.setup.notice('invalid_group', about, () => captureMessages.unusableGroup(about));
    });
  }

  #who(
    call: EventCall,
    options: CallOptions,
    place: CallPlace,
    lanes: readonly string[] = this.setup.router.all,
  ): Identity | undefined {
    return this.setup.person.of(call, options, place, lanes);
  }

  /** What the client or the request is recognised by, for an event without a key. */
  #recurring(
    { type, userId }: EventCall,
    name: string,
    who: Identity,
    options: CallOptions,
    { around }: CallPlace,
  ): RecurringId | undefined {
    const { requestKeys } = this.setup;
    const scope = around?.scope;
    if (requestKeys === undefined || scope === undefined) return undefined;
    if (normaliseId(options.key) !== undefined) {
      requestKeys.passBy(scope, type);
      return undefined;
    }
    const said =
      userId !== undefined ||
      around!.as !== undefined ||
      options.browserIds !== undefined ||
      normaliseIds(options.userId, options.anonymousId) !== undefined;
    return requestKeys.idOf({ scope, type, name, who, said });
  }

  /** A key of the call's own, else an id that comes again with the request, else one that never comes again. */
  #ident(
    { type }: EventCall,
    name: string,
    options: CallOptions,
    source: string | undefined,
    now: number,
    recurring: RecurringId | undefined,
  ): Ident {
    const key = this.#key(options, source, name);
    if (key !== undefined) return { id: keyedId(this.setup.namespace(), type, name, key), keyed: true };
    return recurring === undefined
      ? { id: newId(now), keyed: false }
      : { id: recurring.id, keyed: true, owner: recurring.owner };
  }

  /** By an id that a client chose, a stripped event would be joined with the copy that the client sent itself. */
  #identOf({ stripped }: EventParts, ident: Ident): Ident {
    if (stripped !== true || ident.owner === undefined) return ident;
    return { id: this.setup.requestKeys!.unlinked(ident), keyed: true };
  }

  #key(options: CallOptions, source: string | undefined, name: string): string | undefined {
    const { key } = options;
    if (key === undefined) return undefined;
    const text = normaliseId(key);
    if (text !== undefined) return text;
    const about = source ?? this.shownName(name);
    this.setup.notice('key_empty', about, () => captureMessages.keyEmpty(about));
    return undefined;
  }
}

/** The time of a decorated call is this machine's, whatever its clock says: nobody has given it. */
function timeOf({ timestamp }: CallOptions, { calledAt }: CallPlace, now: number): number | Refused {
  if (timestamp === undefined || timestamp === null) return now;
  if (timestamp === calledAt) return calledAt;
  // A test may have set the application's clock to a year ago.
  const time = eventTime(timestamp, Math.max(now, systemClock.now()));
  return typeof time === 'number'
    ? time
    : { refused: 'invalid_timestamp', error: new InvalidTimeError(time) };
}

function sizeOf(parts: EventParts): number {
  const { name, who, groups, groupId, groupType, previousId, properties, context } = parts;
  return (
    ENVELOPE_UNITS +
    name.length +
    (who.userId?.length ?? 0) +
    (who.anonymousId?.length ?? 0) +
    (who.browserIds === undefined ? 0 : sizeOfBrowserIds(who.browserIds)) +
    (groups === undefined ? 0 : sizeOfGroups(groups)) +
    (groupId?.length ?? 0) +
    (groupType?.length ?? 0) +
    (previousId?.length ?? 0) +
    properties.size +
    (context?.size ?? 0)
  );
}

function unitsOf(names: readonly string[]): number {
  let units = 0;
  for (let i = 0; i < names.length; i++) units += names[i]!.length + 3;
  return units;
}
