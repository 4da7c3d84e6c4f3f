import { InvalidTimeError, type TimeProblem } from '../event/event-time.js';
import type { Reason } from '../event/reasons.js';
import { type Obstacle, UnknownConsentKeyError, UnserialisableError } from '../event/unserialisable.js';

const REMEDIES: Partial<Record<Reason, string>> = {
  no_identity:
    'no person is known for it. Pass `userId` or `anonymousId` (`undefined` counts as not given), call it within a request whose user is ' +
    'known, use `runAs()`, or set `identity.fallback`',
  invalid_identity:
    'the call, `user` of @Track(), runAs() or the verified user has an unusable id: null, an empty string, a number that is not finite, a plain object, ' +
    'bytes, a Date, or a word such as undefined. The event is not attributed to anybody else. Pass a non-empty string, a finite number, a bigint, or an object ' +
    'whose toJSON() returns one. `user` of @Track() and runAs() take { userId }, not the id',
  invalid_name: 'its name must be a non-empty string of at most 1,000 characters',
  invalid_id:
    'an id is missing or unusable, both ids of an alias are the same, or `groupType` is not a non-empty text. An id must be a non-empty ' +
    'string, a finite number, a bigint, or an object whose toJSON() returns one',
  invalid_timestamp: 'its `timestamp` is out of range',
  unserialisable:
    'its properties or options threw when they were read. Pass plain objects, and fix getters that throw',
  too_large: 'its JSON is larger than `maxEventBytes`. Record less data, or raise the limit',
  option_error: 'an option function of @Track() threw. Make it handle every result of the method',
  async_option:
    'an option function of @Track() returned a promise. Option functions are synchronous: let the method return the values that they need',
  invalid_properties:
    'its properties do not fit the tracking plan; stats().plan has the details. Fix the call or the plan',
  not_in_plan: 'the tracking plan has no event of this name. Add it to the plan, or fix the name',
  consent_error:
    "a `consent` hook threw, or returned something other than 'allow', 'drop', 'strip', an object of these by purpose or destination, or " +
    'undefined. It must be synchronous, and work without a request',
  sampling_error:
    '`sampling` threw, or returned something other than a number from 0 to 1. It must be synchronous',
  redact_error:
    'the `redact` hook or a pattern of `redact.values` threw or returned an invalid value, or a hook of the ' +
    'module recorded this event itself. It is never sent unredacted. Fix the hook',
  no_destination:
    'no destination has a name in its `destinations`. Use the `name` of one, or omit `destinations`',
  closed: 'the application has shut down tracking. Record events before the last shutdown hook ends',
  unbound:
    'no module knows the decorated instance: it was created by `new`, or by a `useFactory` of a lazily loaded module or of a request-scoped ' +
    'provider. Provide the class itself, create the instance with ModuleRef.create(), or call track() of TrackingService',
  buffer_full: 'the buffer is full. Enlarge it, or check the slowest destination',
};

const LANE_REMEDIES: Partial<Record<Reason, string>> = {
  filter_error:
    'its `filter` threw, returned something other than true or false, or recorded this event itself. Make it synchronous, and fix it if it throws',
  map_error:
    'its `map` threw, returned a promise or something other than `{ name?, properties? }` or null, or recorded this event itself. A name must be ' +
    'a non-empty string of at most 1,000 characters, and only `track` events can get another one. Make it synchronous, and fix what it returns',
};

const DROPS: Partial<Record<Reason, string>> = {
  buffer_full: 'the buffer was full. Enlarge it, or check the destination',
  superseded: 'newer calls have replaced their traits. No action needed',
  expired: 'they were too old. Check the destination, or raise `retry.maxAgeMs`',
  dead_letters_full:
    'newer dead letters replaced them. Fix the rejected events, or raise `deadLetters.maxEvents` or `deadLetters.maxBytes`',
  damaged: 'they cannot be read from the disk any more. Check the disk, and run `npx nestjs-tracking verify`',
};

const FORMS =
  'Pass a valid Date, epoch milliseconds, or RFC 3339 text with a time zone, such as 2026-01-01T12:00:00Z';
const TIMES: Record<TimeProblem, string> = {
  no_time: `its \`timestamp\` is not a time. ${FORMS}`,
  no_text: `its \`timestamp\` is text, but not RFC 3339. ${FORMS}`,
  seconds: 'its `timestamp` looks like seconds. Multiply it by 1,000, because numbers are epoch milliseconds',
  microseconds:
    'its `timestamp` looks like microseconds. Divide it by 1,000, because numbers are epoch milliseconds',
  nanoseconds:
    'its `timestamp` looks like nanoseconds. Divide it by 1,000,000, because numbers are epoch milliseconds',
  early:
    'its `timestamp` is before 1980. Pass the time at which it happened, in epoch milliseconds if it is a number',
  late: 'its `timestamp` is more than a day ahead. Check its unit and source, and the clock of this machine',
};

const OBSTACLES: Record<Exclude<Obstacle, 'no_object'>, readonly [cause: string, remedy: string]> = {
  circular: ['a circular reference', 'Omit it, or pass an id in its place'],
  too_deep: ['nesting of more than 100 levels', 'Pass a flatter object'],
  threw: ['a getter, toJSON() or proxy that throws', 'Fix it, or pass a plain value'],
  no_length: ['an array whose length is invalid', 'Pass a plain array'],
};

/** Characters of a consent key that a warning shows. */
const MAX_KEY = 100;

/** The expected form of each member of `person`. */
const PERSON_FORMS: Readonly<Record<string, string>> = {
  email: 'an address such as ann@example.com',
  phone: 'a number with its country code, such as +49 30 901820',
  firstName: 'a name',
  lastName: 'a name',
  dateOfBirth: 'YYYY-MM-DD, from 1900',
  gender: 'f, m, female or male',
  city: 'a name',
  state: 'a name, or two letters',
  postalCode: 'a postal code as text',
  country: 'two letters as in ISO 3166-1, such as DE',
};

/** An error of this package that says what is wrong with a value. */
export type Cause = UnserialisableError | InvalidTimeError | UnknownConsentKeyError;

/** Details of a refusal besides its reason. */
interface Known {
  readonly cause?: Cause | undefined;
  /** The class of another error. Its message is never shown, because it may contain values. */
  readonly error?: string | undefined;
  /** Names of the members of the request's user. */
  readonly members?: readonly string[];
  /** The path of a property as the log may have it. */
  readonly shown?: (path: string) => string;
}

const ITS_PAGE =
  'The page of the destination in `docs` says what it accepts, and which option changes that. Logged once; `stats()` has the total.';

/** All messages of the door. */
export const captureMessages = {
  refused: (
    what: string,
    reason: Reason,
    { cause, error, members = [], shown = (path) => path }: Known = {},
  ): string =>
    `${what} was not recorded (${reason}${detail(error)}): ${faultOf(cause, shown) ?? REMEDIES[reason] ?? 'see stats()'}. ${unread(members)}Logged once; \`stats()\` has the total.`,
  declined: (what: string, lane: string, reason: Reason, error?: string): string =>
    `${what} was not recorded: none of its destinations accepts it; '${lane}' declined it (${reason}${detail(error)}). ${ITS_PAGE}`,
  declinedHere: (what: string, lane: string, reason: Reason, error?: string): string =>
    `${what} was not recorded for destination '${lane}', which declined it (${reason}${detail(error)}). Other destinations are not affected. ${ITS_PAGE}`,
  laneError: (what: string, lane: string, reason: Reason, error: string | undefined): string =>
    `${what} was not recorded for destination '${lane}' (${reason}${detail(error)}): ${LANE_REMEDIES[reason] ?? 'see stats()'}. ` +
    'Other destinations are not affected. Logged once; `stats()` has the total.',
  hookFailed: (what: string): string =>
    `${what} threw or returned a promise, and was skipped. Make it synchronous, and fix it if it throws. Logged once; \`stats()\` has the total.`,
  keyEmpty: (source: string): string =>
    `${source}: an idempotency key is unusable. The event got a new id, so a repeated call counts twice. Use the id of the record: a ` +
    'non-empty string, a finite number, a bigint, or an object whose toJSON() returns one. Or omit the key.',
  unusableId: (source: string): string =>
    `${source}: one of \`userId\` and \`anonymousId\` is unusable. The event has only the other one. Pass a non-empty string, a finite ` +
    'number, a bigint, or an object whose toJSON() returns one.',
  unusableGroup: (source: string): string =>
    `${source}: one of its \`groups\` is unusable. The event was recorded without that group. Pass an object of ids by type, such as ` +
    "{ company: 'acme' }, or undefined: each id a non-empty string, a finite number, a bigint, or an object whose toJSON() returns one.",
  /** @param field undefined if `person` is not an object */
  unusablePerson: (source: string, field: string | undefined): string =>
    field === undefined
      ? `${source}: \`person\` is not an object. The event was recorded without it. Pass an object such as { email, phone }; look it up before the call.`
      : `${source}: the member \`${field}\` of \`person\` cannot be normalised. The event was recorded without it. ` +
        `Pass ${PERSON_FORMS[field] ?? 'a text'}, or its SHA-256 as 64 hexadecimal digits.`,
  unusableEventId: (): string =>
    'The event id from a client is not a UUID, or has version 5 or 7, which only the server uses. The event got a new id, so it and the ' +
    "browser's copy count as two. Let the browser send an id of crypto.randomUUID().",
  holdFull: (events: number, units: number): string =>
    `hold() is full (${events} events, or ${units / (1024 * 1024)} MB of them). Further events were rejected (buffer_full). Record fewer events in one transaction, or one with their sum.`,
  dropped: (lane: string, reason: Reason): string =>
    `Events for destination '${lane}' were dropped (${reason}): ${DROPS[reason] ?? 'this was requested'}. \`stats()\` has the total.`,
};

/** The request has a user, and none of its members is the id that the resolvers look for. */
function unread(members: readonly string[]): string {
  if (members.length === 0) return '';
  const names = members.map((name) => `\`${name}\``).join(', ');
  return `The request has a user with the members ${names}. If one of them is the id, name it with fromRequestUser(). `;
}

/** The fault of a value, with its place. */
function faultOf(cause: Cause | undefined, shown: (path: string) => string): string | undefined {
  if (cause === undefined) return undefined;
  if (cause instanceof UnknownConsentKeyError) {
    return `a \`consent\` hook decided about '${cause.key.slice(0, MAX_KEY)}', which is neither a purpose (analytics, advertising) nor the name of a destination. Fix the key`;
  }
  if (cause instanceof InvalidTimeError) return TIMES[cause.problem];
  const { obstacle, path, kind } = cause;
  if (obstacle === 'no_object') {
    const options = path === '' ? 'its properties must be' : `its \`${path}\` must be`;
    return `${options} an object, and ${kind} was passed. Pass an object, such as { value: 1 }`;
  }
  const [what, remedy] = OBSTACLES[obstacle];
  const where = path === '' ? 'its properties' : `property \`${shown(path)}\``;
  return `${where} cannot be written as JSON, because of ${what}. ${remedy}`;
}

function detail(error: string | undefined): string {
  return error === undefined ? '' : `, ${error}`;
}
