/** Rules of the protocol that one message breaks. */
export const MESSAGE_FAULTS = {
  noObject: 'It is not a JSON object.',
  noType: 'Its type is not track, identify, group, alias, page or screen.',
  noIds: 'It has neither a userId nor an anonymousId.',
  noName: 'It is a track event without an event name.',
  noGroup: 'It is a group without a groupId.',
  noPrevious: 'It is an alias without a previousId.',
  noNewId: 'It is an alias without a userId.',
  noTime: 'Its timestamp is not an ISO 8601 time.',
  noProperties: 'Its properties or traits are not a JSON object.',
  idIsNoText: 'Its userId, anonymousId or messageId is not text.',
} as const;

export const noJson = 'Its body is not a JSON object.';
export const noBatch = 'Its body has no list `batch`.';
export const noPost = 'It is not a POST request.';
export const noWriteKey = 'It has no write key.';
export const oldSentAt =
  'Its sentAt is more than a minute away from the time of arrival. The platform moves the time of each event by that difference. Set sentAt to the time of the attempt.';
export const tooLargeRequest = (kilobytes: number): string =>
  `It is larger than ${kilobytes} KB, the limit of a request.`;
export const tooLargeMessage = (kilobytes: number): string =>
  `It is larger than ${kilobytes} KB, the limit of an event.`;
export const invalidNeighbour = 'One of its events is invalid, so the whole request is rejected.';
export const emptyBatch = 'Its batch has no events.';

/** Rules of Segment alone. */
export const surplus =
  'It comes after the first 2,500 events of its request. Segment answers 200 and drops the surplus.';
export const longMessageId = 'Its messageId has 100 characters or more.';
export const manyProperties = 'It has more than 10,000 properties.';

/** Rules of Customer.io alone. */
export const permissive =
  'It has no header X-Strict-Mode: 1, so Customer.io answers 200 and drops invalid events.';

/** Rules of Jitsu alone. */
export const longName = 'Its event name has more than 128 bytes.';
export const tooLargeForJitsu = 'It is larger than 1,000,000 bytes.';
export const changedMessageId =
  'Its messageId is changed: only letters, digits and the characters . _ - are kept, 64 of them.';
export const notJsonType = 'Its content type is neither application/json nor text/plain.';
