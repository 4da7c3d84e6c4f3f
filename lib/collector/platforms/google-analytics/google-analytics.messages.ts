/** A rule that a request or an event breaks, in the words of the validation endpoint. */
export interface Finding {
  readonly code:
    | 'NAME_INVALID'
    | 'NAME_RESERVED'
    | 'VALUE_INVALID'
    | 'VALUE_REQUIRED'
    | 'VALUE_OUT_OF_BOUNDS'
    | 'EXCEEDED_MAX_ENTITIES';
  readonly field: string;
  readonly problem: string;
  /** Google drops the event or the request that breaks the rule, and answers with success. */
  readonly isFatal: boolean;
}

const findingOf =
  (isFatal: boolean) =>
  (code: Finding['code'], field: string, problem: string): Finding => ({ code, field, problem, isFatal });
const fatal = findingOf(true);
const minor = findingOf(false);

/** Found in a request: all its events are dropped. */
export const noCredentials = fatal(
  'VALUE_REQUIRED',
  'measurement_id',
  'The request has no measurement_id or no api_secret.',
);
export const undecodable = fatal('VALUE_INVALID', 'body', 'The body is not a JSON object.');
export const noClient = fatal('VALUE_REQUIRED', 'client_id', 'The request has no client_id.');
export const badClient = fatal('VALUE_INVALID', 'client_id', 'The client_id is not text.');
export const noEvents = fatal('VALUE_REQUIRED', 'events', 'The request has no events.');
export const badTime = fatal(
  'VALUE_INVALID',
  'timestamp_micros',
  'A timestamp_micros is not a number of microseconds.',
);

/** Found in a request, without an effect on its events, or with an unconfirmed one. */
export const badUser = minor(
  'VALUE_INVALID',
  'user_id',
  'The user_id is not text, or has more than 256 characters.',
);
export const badConsent = minor(
  'VALUE_INVALID',
  'consent',
  'A value of the consent is neither GRANTED nor DENIED.',
);
export const badUserProperties = minor(
  'VALUE_INVALID',
  'user_properties',
  'A user property has a reserved or invalid name, no value, or a value of more than 36 characters.',
);
export const manyUserProperties = minor(
  'EXCEEDED_MAX_ENTITIES',
  'user_properties',
  'The request has more than 25 user properties.',
);
export const largeBody = minor('VALUE_INVALID', 'body', 'The body is larger than 130 kB (unconfirmed).');

/** Found in an event. */
export const notAnObject = fatal('VALUE_INVALID', 'events', 'It is not an object.');
export const surplus = fatal(
  'EXCEEDED_MAX_ENTITIES',
  'events',
  'It comes after the first 25 events of its request.',
);
export const badName = fatal(
  'NAME_INVALID',
  'events',
  'Its name does not start with a letter, has other characters than letters, digits and underscores, or more than 40.',
);
export const reservedName = fatal(
  'NAME_RESERVED',
  'events',
  'Its name, or the prefix of its name, is reserved by Google.',
);
export const badParams = fatal('VALUE_INVALID', 'events.params', 'Its params are not an object.');
export const manyParams = fatal('EXCEEDED_MAX_ENTITIES', 'events.params', 'It has more than 25 parameters.');
export const tooOld = fatal(
  'VALUE_OUT_OF_BOUNDS',
  'timestamp_micros',
  'It is older than 72 hours, and validation_behavior is ENFORCE_RECOMMENDATIONS.',
);

/** Found in an event that Google stores, in part or with another time. */
export const old = minor(
  'VALUE_OUT_OF_BOUNDS',
  'timestamp_micros',
  'It is older than 72 hours: Google may not store it with its own time.',
);
export const badParamName = minor(
  'NAME_INVALID',
  'events.params',
  'The name of a parameter is reserved, invalid, or has more than 40 characters.',
);
export const longValue = minor(
  'VALUE_INVALID',
  'events.params',
  'The value of a parameter has too many characters.',
);
