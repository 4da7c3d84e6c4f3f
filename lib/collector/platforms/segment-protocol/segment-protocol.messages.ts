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
