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

export const FINDINGS = {
  /** Found in a request: all its events are dropped. */
  noCredentials: fatal(
    'VALUE_REQUIRED',
    'measurement_id',
    'The request has no measurement_id or no api_secret.',
  ),
  undecodable: fatal('VALUE_INVALID', 'body', 'The body is not a JSON object.'),
  noClient: fatal('VALUE_REQUIRED', 'client_id', 'The request has no client_id.'),
  badClient: fatal('VALUE_INVALID', 'client_id', 'The client_id is not text.'),
  noEvents: fatal('VALUE_REQUIRED', 'events', 'The request has no events.'),
  badTime: fatal('VALUE_INVALID', 'timestamp_micros', 'A timestamp_micros is not a number of microseconds.'),

  /** Found in a request, without an effect on its events, or with an unconfirmed one. */
  badUser: minor('VALUE_INVALID', 'user_id', 'The user_id is not text, or has more than 256 characters.'),
  badConsent: minor('VALUE_INVALID', 'consent', 'A value of the consent is neither GRANTED nor DENIED.'),
  badUserProperties: minor(
    'VALUE_INVALID',
    'user_properties',
    'A user property has a reserved or invalid name, no value, or a value of more than 36 characters.',
  ),
  manyUserProperties: minor(
    'EXCEEDED_MAX_ENTITIES',
    'user_properties',
    'The request has more than 25 user properties.',
  ),
  largeBody: minor('VALUE_INVALID', 'body', 'The body is larger than 130 kB (unconfirmed).'),

  /** Found in an event. */
  notAnObject: fatal('VALUE_INVALID', 'events', 'It is not an object.'),
  surplus: fatal('EXCEEDED_MAX_ENTITIES', 'events', 'It comes after the first 25 events of its request.'),
  badName: fatal(
    'NAME_INVALID',
    'events',
    'Its name does not start with a letter, has other characters than letters, digits and underscores, or more than 40.',
  ),
  reservedName: fatal(
    'NAME_RESERVED',
    'events',
    'Its name, or the prefix of its name, is reserved by Google.',
  ),
  badParams: fatal('VALUE_INVALID', 'events.params', 'Its params are not an object.'),
  manyParams: fatal('EXCEEDED_MAX_ENTITIES', 'events.params', 'It has more than 25 parameters.'),
  tooOld: fatal(
    'VALUE_OUT_OF_BOUNDS',
    'timestamp_micros',
    'It is older than 72 hours, and validation_behavior is ENFORCE_RECOMMENDATIONS.',
  ),

  /** Found in an event that Google stores, in part or with another time. */
  old: minor(
    'VALUE_OUT_OF_BOUNDS',
    'timestamp_micros',
    'It is older than 72 hours: Google may not store it with its own time.',
  ),
  badParamName: minor(
    'NAME_INVALID',
    'events.params',
    'The name of a parameter is reserved, invalid, or has more than 40 characters.',
  ),
  longValue: minor('VALUE_INVALID', 'events.params', 'The value of a parameter has too many characters.'),
};
