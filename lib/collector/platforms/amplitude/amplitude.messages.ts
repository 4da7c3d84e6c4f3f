/** A rule that an event breaks: the member of the answer that lists it, and the field in it. */
export interface Fault {
  readonly list:
    'events_with_invalid_fields' | 'events_with_missing_fields' | 'events_with_invalid_id_lengths';
  readonly field: string;
  readonly problem: string;
}

const invalid = (field: string, problem: string): Fault => ({
  list: 'events_with_invalid_fields',
  field,
  problem,
});
const missing = (field: string, problem: string): Fault => ({
  list: 'events_with_missing_fields',
  field,
  problem,
});

export const NOT_AN_OBJECT = invalid('events', 'It is not an object.');
export const NO_TYPE = missing('event_type', 'It has no event_type.');
export const NO_ID = missing('user_id', 'It has neither a user_id nor a device_id.');
export const SHORT_IDS: Fault = {
  list: 'events_with_invalid_id_lengths',
  field: 'user_id',
  problem: 'Its ids are shorter than min_id_length, which is 5 by default.',
};
export const REFUSED_USER = invalid(
  'user_id',
  'Its user_id is a word that Amplitude does not accept as an id.',
);
export const REFUSED_DEVICE = invalid(
  'device_id',
  'Its device_id is a word that Amplitude does not accept as an id.',
);
export const BAD_TIME = invalid('time', 'Its time is not an integer of milliseconds.');
export const BAD_SESSION = invalid('session_id', 'Its session_id is not an integer of milliseconds.');
export const BAD_INSERT_ID = invalid('insert_id', 'Its insert_id is not text.');
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
