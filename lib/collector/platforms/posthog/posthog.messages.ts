/** Rules that an event can break. */
export const PROBLEMS = {
  notAnObject: 'It is not an object.',
  noName: 'It has no event name.',
  noId: 'It has no distinct_id.',
  badName: 'Its event name is not text.',
  badId: 'Its distinct_id is not text.',
  longName: 'Its name has more than 200 characters.',
  longId: 'Its distinct_id has more than 200 characters.',
  noUuid: 'It has no uuid.',
  badUuid: 'Its uuid is not a UUID.',
  repeatedUuid: 'Its uuid occurs twice in the request.',
  tooLarge: 'It is larger than 1 MB: PostHog discards it after the answer.',
  badTime: 'Its timestamp is not an ISO 8601 time.',
  aheadTime: 'Its timestamp is more than 23 hours ahead: PostHog replaces it with the time of arrival.',
  badProperties: 'Its properties are not an object.',
  badOptions: 'Its options are not an object.',
  sharedId: 'Its distinct_id is one that many people share: PostHog creates no person for it.',
  sharedMerge: 'One of its ids is one that many people share: PostHog does not merge it.',
  noAlias: 'It has no alias.',
  noGroup: 'It has no $group_type or no $group_key.',
} as const;

/** Rules that a request can break. */
export const REQUEST_PROBLEMS = {
  undecodable: 'The body is not JSON, and not a form that PostHog reads.',
  empty: 'The request has no events.',
  noToken: 'The request has no project token.',
  personalToken: 'The token is a personal API key, and not a project token.',
  mixedTokens: 'The events of the request have different project tokens.',
  tooLarge: 'The body is larger than PostHog accepts.',
  poison: 'One event without a name or a distinct_id fails the whole request.',
  headers: 'A header that this path requires is missing.',
  createdAt: 'The request has no created_at, or it is not a time.',
  poisonV1:
    'One event with a missing, invalid or repeated uuid, or with a member of a wrong type, fails the whole request.',
} as const;
