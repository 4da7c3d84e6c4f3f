import { sizeOfBrowserIds } from '../event/browser-ids.js';
import { isEventName } from '../event/event-name.js';
import { eventTime, InvalidTimeError } from '../event/event-time.js';
import type { Identity } from '../event/identity.js';
import { WORST_BYTES_PER_UNIT } from '../event/snapshot.js';
import type { TrackingEvent } from '../event/tracking-event.js';
import { type Clock, systemClock } from '../host/clock.js';
import { isUsable, normaliseId } from '../identity/normalise-identity.js';
import type { CallOptions, CallPlace, EventCall } from './call.js';
import { Refusal } from './call-end.js';
import type { EventContent } from './event-content.js';
import { sizeOfGroups } from './groups.js';
import type { EventIds } from './idempotency/event-ids.js';
import { AcceptedEvent, type EventParts, type MadeEvent } from './made-event.js';
import type { PersonMatching } from './matching/person-matching.js';
import type { Person } from './person.js';
import type { Privacy } from './privacy/privacy.js';
import type { Router } from './routing/router.js';

/** The size of an event's JSON without its texts, properties and context: ids, times and member names. */
const ENVELOPE_UNITS = 220;

/** Makes an event of a call: decides the person, the time and the id, and checks and copies the rest. */
export class EventMaker {
  #turn = 0;

  /**
   * @param matching absent if no destination needs the data of a person
   * @param privacy absent if the application set no option for it
   */
  constructor(
    private readonly person: Person,
    private readonly matching: PersonMatching | undefined,
    private readonly content: EventContent,
    private readonly ids: EventIds,
    private readonly privacy: Privacy | undefined,
    private readonly router: Router,
    private readonly clock: Clock,
    private readonly maxEventBytes: number,
  ) {}

  /** Throws only errors that hostile `options` throw. */
  make(given: EventCall, options: CallOptions, place: CallPlace): MadeEvent | Refusal {
    const { ids, maxEventBytes, privacy, router } = this;
    // A hook that records events would be called for them without end; skipping it would bypass it.
    if (privacy?.isAsking === true) return new Refusal('redact_error');
    const { name, type } = given;
    if (!isEventName(name)) return new Refusal('invalid_name');
    const call = withTextIds(given, options);
    if (call === undefined) return new Refusal('invalid_id');
    const lanes = router.select(options.destinations);
    const named = this.person.of(call, options, place, lanes ?? router.all);
    const who = isUsable(named) ? named : undefined;
    const recurring = who && ids.recurring(call, name, who, options, place);
    if (lanes === undefined) return new Refusal('no_destination');
    const now = this.clock.now();
    const timestamp = timeOf(options, place, now);
    if (typeof timestamp !== 'number') return timestamp;
    if (who === undefined) return new Refusal(named === undefined ? 'no_identity' : 'invalid_identity');
    const said = this.content.of(call, name, timestamp, who, options, place);
    if (said instanceof Refusal) return said;
    const { source } = place;
    let parts: EventParts = said;
    let ident = ids.of(call, name, options, place, now, recurring);
    if (privacy !== undefined) {
      const describe = (left: EventParts): TrackingEvent => {
        if (left.stripped === true) ident = ids.stripped(ident);
        return new AcceptedEvent(ident.id, type, left, now, source, lanes);
      };
      const left = privacy.apply(said, describe, place.around?.scope?.request);
      if (left instanceof Refusal) return left;
      parts = left;
      if (parts.stripped === true) ident = ids.stripped(ident);
    }
    const { id, keyed, owner } = ident;
    const event = new AcceptedEvent(id, type, parts, now, source, lanes);
    const size = sizeOf(parts) + (source?.length ?? 0);
    if (
      (size + unitsOf(lanes)) * WORST_BYTES_PER_UNIT > maxEventBytes &&
      Buffer.byteLength(JSON.stringify(event)) > maxEventBytes
    ) {
      return new Refusal('too_large');
    }
    const data = this.#isMatched(parts, lanes)
      ? this.matching!.of(options.person, who, place, name)
      : undefined;
    return { event, size, keyed, owner, consent: parts.consent, person: data, turn: this.#turn++ };
  }

  /** A call that was rejected earlier uses up its position in the request, too. */
  passBy(call: EventCall<string>, options: CallOptions, place: CallPlace): void {
    const { router } = this;
    if (!isEventName(call.name)) return;
    const who = this.person.of(call, options, place, router.select(options.destinations) ?? router.all);
    if (isUsable(who)) this.ids.recurring(call, call.name, who, options, place);
  }

  /** An event that lost its person, or got another one from a hook, must not be matched with the first person. */
  #isMatched({ stripped, isReattributed }: EventParts, lanes: readonly string[]): boolean {
    return (
      this.matching !== undefined &&
      stripped !== true &&
      isReattributed !== true &&
      this.router.needsPerson(lanes)
    );
  }
}

/** The call with its ids as texts; undefined if one is missing or unusable. */
function withTextIds(call: EventCall, { groupType }: CallOptions): EventCall<string> | undefined {
  const { type, name, properties } = call;
  if (type === 'group') {
    const groupId = normaliseId(call.groupId);
    // Without its type, the group would be another one: of the destination's default type.
    const hasType = groupType === undefined || isEventName(groupType);
    return groupId !== undefined && hasType ? { type, name, properties, groupId } : undefined;
  }
  if (type === 'alias') {
    const previousId = normaliseId(call.previousId);
    const userId = normaliseId(call.userId);
    if (previousId === undefined || userId === undefined || previousId === userId) return undefined;
    return { type, name, properties, previousId, userId };
  }
  return call as EventCall<string>;
}

/** The time of a decorated call is this machine's, so it is not checked. */
function timeOf({ timestamp }: CallOptions, { calledAt }: CallPlace, now: number): number | Refusal {
  if (timestamp === undefined || timestamp === null) return now;
  if (timestamp === calledAt) return calledAt;
  // A test may have set the application's clock to a year ago.
  const time = eventTime(timestamp, Math.max(now, systemClock.now()));
  return typeof time === 'number' ? time : new Refusal('invalid_timestamp', new InvalidTimeError(time));
}

function sizeOf(parts: EventParts): number {
  const { name, groups, groupId, groupType, previousId, properties, context } = parts;
  return (
    ENVELOPE_UNITS +
    name.length +
    sizeOfIds(parts.who) +
    (groups === undefined ? 0 : sizeOfGroups(groups)) +
    (groupId?.length ?? 0) +
    (groupType?.length ?? 0) +
    (previousId?.length ?? 0) +
    properties.size +
    (context?.size ?? 0)
  );
}

function sizeOfIds({ userId, anonymousId, browserIds }: Identity): number {
  return (
    (userId?.length ?? 0) +
    (anonymousId?.length ?? 0) +
    (browserIds === undefined ? 0 : sizeOfBrowserIds(browserIds))
  );
}

function unitsOf(names: readonly string[]): number {
  let units = 0;
  for (let i = 0; i < names.length; i++) units += names[i]!.length + 3;
  return units;
}
