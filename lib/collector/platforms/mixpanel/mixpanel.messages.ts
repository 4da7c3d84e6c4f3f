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
    'Its $insert_id has more than 36 bytes, or characters other than letters, digits and the hyphen.',
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

/** Mixpanel stores the event, but changes it. */
export const PROBLEMS = {
  soon: 'Its time is ahead: Mixpanel replaces it with the time of arrival, and cannot recognise a repetition.',
  longText: 'A text value in its properties has more than 255 characters: Mixpanel truncates it.',
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
