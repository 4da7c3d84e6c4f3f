import { jsonBytes, type JsonObject } from '../reading/json.js';

export const MAX_RECORDS = 2_000;
export const MAX_BYTES = 10_000_000;
const MAX_RECORD_BYTES = 1_000_000;
const MAX_ID_BYTES = 36;
/** Exclusive: of the properties, of each object in them, and of the items of an array. */
const MAX_MEMBERS = 255;
const MAX_DEPTH = 3;
const MAX_TEXT = 255;
const HOUR_MS = 3_600_000;
const TRACK_WINDOW_MS = 5 * 24 * HOUR_MS;
/** 1971-01-01, milliseconds. As seconds, this number is in the year 2969. */
const EARLIEST_MS = 31_536_000_000;

// prettier-ignore
const BANNED: ReadonlySet<string> = new Set([
  '00000000-0000-0000-0000-000000000000', 'anon', 'anonymous', 'nil', 'none', 'null', 'n/a', 'na', 'undefined',
  'unknown', '<nil>', '0', '-1', 'true', 'false', '[]', '{}',
]);

/** A rule that a record breaks, as the answer names it. */
export interface Failure {
  readonly field: string;
  readonly message: string;
}

const failure = (field: string, message: string): Failure => ({ field, message });
const property = (name: string, message: string): Failure => failure(`properties.${name}`, message);

/** Rules that a record can break. */
export const FAILURES = {
  notAnObject: failure('', 'It is not an object.'),
  tooLarge: failure('', 'It is larger than 1 MB.'),
  noName: failure('event', 'It has no event name.'),
  noProperties: failure('properties', 'It has no properties, or they are not an object.'),
  noToken: property('token', 'It has no project token.'),
  noTime: property('time', 'It has no time.'),
  badTime: property('time', 'Its time is not an integer of seconds or milliseconds since 1971.'),
  aheadTime: property('time', 'Its time is more than one hour ahead.'),
  oldTime: property('time', 'Its time is more than five days ago: older events need /import.'),
  noId: property('distinct_id', 'It has no distinct_id.'),
  bannedId: property('distinct_id', 'Its distinct_id is a word that Mixpanel does not accept as an id.'),
  noInsertId: property('$insert_id', 'It has no $insert_id.'),
  badInsertId: property(
    '$insert_id',
    'Its $insert_id has more than 36 bytes, or other characters than letters, digits and the hyphen.',
  ),
  bannedInsertId: property('$insert_id', 'Its $insert_id is a word that Mixpanel does not accept as an id.'),
  members: failure('properties', 'An object in its properties has 255 members or more.'),
  items: failure('properties', 'An array in its properties has 255 items or more.'),
  depth: failure('properties', 'Its properties are nested more than three levels deep.'),
  badMerge: property('$distinct_ids', 'A merge needs exactly two ids.'),
  notImported: failure('event', 'A merge is accepted by /import only.'),
  noProfileToken: failure('$token', 'It has no $token.'),
  noProfileId: failure('$distinct_id', 'It has no $distinct_id, or Mixpanel does not accept it as an id.'),
  noGroupKey: failure('$group_key', 'It has no $group_key.'),
  noGroupId: failure('$group_id', 'It has no $group_id.'),
  noOperation: failure('', 'It has no operation such as $set.'),
} as const;

/** Mixpanel stores the event, and not as it was sent. */
export const PROBLEMS = {
  soon: 'Its time is ahead: Mixpanel replaces it with the time of arrival, and cannot recognise a repetition.',
  longText: 'A text in its properties has more than 255 characters: Mixpanel cuts it.',
  noOtherId: 'It does not name both ids that it joins.',
} as const;

/** Rules that a request can break. */
export const REQUEST_PROBLEMS = {
  undecodable: 'The body is not a JSON array of records, and not a form that Mixpanel reads.',
  empty: 'The request has no records.',
  tooMany: 'The request has more than 2,000 records.',
  tooLarge: 'The body is larger than 10 MB.',
  unauthorized: 'The request has neither a project token nor a service account in its Authorization header.',
  noProject: 'A service account needs the parameter project_id.',
  invalid: 'Some of its records are invalid.',
} as const;

export function isBanned(id: string): boolean {
  return id.length <= MAX_ID_BYTES && BANNED.has(id.trim().toLowerCase());
}

export function insertIdFailure(id: string): Failure | undefined {
  if (id.length > MAX_ID_BYTES || !/^[A-Za-z\d-]+$/.test(id)) return FAILURES.badInsertId;
  return isBanned(id) ? FAILURES.bannedInsertId : undefined;
}

/** A time in seconds or milliseconds, as milliseconds; undefined: it is neither. */
export function timeOf(value: unknown, isWhole: boolean): number | undefined {
  if (typeof value !== 'number' || (isWhole && !Number.isInteger(value))) return undefined;
  const time = value >= EARLIEST_MS ? value : value * 1_000;
  return time >= EARLIEST_MS && time < Number.MAX_SAFE_INTEGER ? Math.round(time) : undefined;
}

export function timeFailure(time: number, receivedAt: number, isTrack: boolean): Failure | undefined {
  if (time - receivedAt > HOUR_MS) return FAILURES.aheadTime;
  return isTrack && receivedAt - time > TRACK_WINDOW_MS ? FAILURES.oldTime : undefined;
}

export function sizeFailure(record: JsonObject, bodyLength: number): Failure | undefined {
  return bodyLength > MAX_RECORD_BYTES / 3 && jsonBytes(record) > MAX_RECORD_BYTES
    ? FAILURES.tooLarge
    : undefined;
}

/** Counts members and levels. The properties themselves are level 0. */
export function shapeFailure(value: object, level = 0): Failure | undefined {
  if (level > MAX_DEPTH) return FAILURES.depth;
  const isArray = Array.isArray(value);
  const members: readonly unknown[] = isArray ? value : Object.values(value);
  if (members.length >= MAX_MEMBERS) return isArray ? FAILURES.items : FAILURES.members;
  for (const member of members) {
    if (typeof member !== 'object' || member === null) continue;
    // The items of an array are not a level of their own.
    const found = shapeFailure(member, Array.isArray(member) ? level : level + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The properties as Mixpanel stores them; the same object where it cuts nothing. */
export function withCutTexts(properties: JsonObject): JsonObject {
  let cut: Record<string, unknown> | undefined;
  for (const name of Object.keys(properties)) {
    const value = properties[name];
    if (typeof value === 'string' && value.length > MAX_TEXT) {
      cut ??= { ...properties };
      cut[name] = value.slice(0, MAX_TEXT);
    }
  }
  return cut ?? properties;
}
