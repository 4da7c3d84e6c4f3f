/** All messages to the user in this folder. */

/** @param option '' for the name of the event */
export const badTrackOption = (place: string, option: string, got: string, wants: string): string => {
  const subject = option === '' ? 'the event name' : `option \`${option}\``;
  return `@Track() on ${place}: ${subject} is ${got}; expected ${wants}.`;
};

export const unknownTrackOption = (place: string, option: string, known: readonly string[]): string =>
  `@Track() on ${place}: option \`${option}\` is unknown; expected one of ${known.join(', ')}.`;

export const notAMethod = (place: string): string =>
  `@Track() on ${place}: there is no method to track. It decorates methods, not properties, accessors or classes.`;

export const staticMethod = (place: string): string =>
  `@Track() on ${place}: it is static, so no instance of Nest has it and nothing would be recorded. Make it a method of ` +
  'a provider, or call track() of the TrackingService.';

export const noModule = (source: string): string =>
  `${source} is decorated with @Track(), but no TrackingModule is running, so nothing is recorded. ` +
  'Import TrackingModule.forRoot({ … }) into the root module. Logged once.';

export const keyWithoutTimestamp = (source: string): string =>
  `${source}: @Track() has a \`key\` and no \`timestamp\`, so its time is that of the call. Platforms that recognise a repeated event by person, ` +
  'name and time count a repeated call again. Give the `timestamp` of the record too.';

export const keyEmpty = (source: string): string =>
  `${source}: the \`key\` of @Track() is unusable. The event got a new id, so a repeated call counts twice. Use the id of the record: ` +
  'a non-empty string, a finite number, a bigint, or an object whose toJSON() returns one. Or omit the key.';

export const durableNotAsync = (source: string): string =>
  `${source}: @Track() is \`durable\`, but the method returned neither a promise nor an Observable, so its result ` +
  'cannot be delayed. The event was recorded without waiting for the commit. Make the method async.';

export const commitFailed = (source: string): string =>
  `${source}: a durable event was not committed. The method's result was returned. ` +
  'Check stats().journal: the disk is slow, or is rejecting writes.';

export const runAsNeedsMethod = (place: string): string =>
  `@RunAs() on ${place}: there is no method to run. It decorates methods, not properties, accessors or classes.`;

export const runAsNeedsFunction = (place: string, got: string): string =>
  `@RunAs() on ${place}: got ${got}; expected a function of the method's arguments that returns an identity, such as ` +
  '`(job) => job.data.identity`.';

export const runAsFailed = (place: string, error: string): string =>
  `${place}: the function of @RunAs() failed (${error}), and the method runs as its caller. ` +
  'Return { userId?, anonymousId? } or undefined, and check the values that the function reads.';

export const runAsIsAsync = (place: string): string =>
  `${place}: the function of @RunAs() returned a promise, and the method runs as its caller. ` +
  'It must be synchronous: carry the identity itself in the payload.';

export const runAsUnusable = (place: string): string =>
  `${place}: the function of @RunAs() returned an unusable id. Unless it also returns a usable one, events are rejected ` +
  '(invalid_identity) and never attributed to somebody else. Return { userId?, anonymousId? } with non-empty strings, finite numbers, bigints, or ' +
  'objects whose toJSON() returns one.';
