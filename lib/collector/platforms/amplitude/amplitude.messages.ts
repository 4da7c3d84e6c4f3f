/** A rule that an event breaks: the member of the answer that lists it, and the field in it. */
export interface Fault {
  readonly list:
    'events_with_invalid_fields' | 'events_with_missing_fields' | 'events_with_invalid_id_lengths';
  readonly field: string;
  readonly problem: string;
}

const faultIn =
  (list: Fault['list']) =>
  (field: string, problem: string): Fault => ({ list, field, problem });
const invalid = faultIn('events_with_invalid_fields');
const missing = faultIn('events_with_missing_fields');
const tooShort = faultIn('events_with_invalid_id_lengths');

export const FAULTS = {
  notAnObject: invalid('events', 'It is not an object.'),
  noType: missing('event_type', 'It has no event_type.'),
  noId: missing('user_id', 'It has neither a user_id nor a device_id.'),
  shortIds: tooShort('user_id', 'Its ids are shorter than min_id_length, which is 5 by default.'),
  refusedUser: invalid('user_id', 'Its user_id is a word that Amplitude does not accept as an id.'),
  refusedDevice: invalid('device_id', 'Its device_id is a word that Amplitude does not accept as an id.'),
  badTime: invalid('time', 'Its time is not an integer of milliseconds.'),
  badSession: invalid('session_id', 'Its session_id is not an integer of milliseconds.'),
  badInsertId: invalid('insert_id', 'Its insert_id is not text.'),
};
export const notAnObject = (field: string): Fault => invalid(field, `Its ${field} are not an object.`);

/** Amplitude stores the event, but changes it. */
export const shortId =
  'One of its ids is shorter than min_id_length, which is 5 by default: Amplitude removes it.';
export const longText = 'A text value in it has more than 1,024 characters.';
export const deep = 'Its properties are nested more than 40 levels deep.';
export const mixedOperations = 'Its properties mix operations such as $set with plain names.';
export const noGroup = 'It changes a group without naming one.';
export const manyGroups = 'It has more than 5 types of groups, or more than 10 groups.';

/** Rules that a request can break. */
export const undecodable = 'The body is not a JSON object.';
export const noForm = 'The body is not a form with a JSON text in identification.';
export const noKey = 'The request has no api_key.';
export const noEvents = 'The request has no events.';
export const manyEvents = 'The request has more than 2,000 events.';
export const tooLarge = 'The body is larger than this path accepts.';
export const someInvalid = 'Some of its events are invalid. Amplitude stores nothing of the request.';
