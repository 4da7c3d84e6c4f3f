/** Every sentence of this room that a user may read. */

export const badTrackOption = (place: string, option: string, got: string, wants: string): string =>
  `@Track() on ${place}: ${option === '' ? 'the event name' : `option \`${option}\``} is ${got}; expected ${wants}.`;

export const unknownTrackOption = (place: string, option: string, known: readonly string[]): string =>
  `@Track() on ${place}: option \`${option}\` is unknown; expected one of ${known.join(', ')}.`;

export const notAMethod = (place: string): string =>
  `@Track() on ${place}: there is no method to track. It decorates methods, not properties, accessors or classes.`;

export const staticMethod = (place: string): string =>
  `@Track() on ${place}: it is static, and belongs to no instance that Nest makes, so that nothing would be recorded. Make it a method of ` +
  'a provider, or call track() of the TrackingService.';

export const noModule = (source: string): string =>
  `${source} is decorated with @Track(), but no TrackingModule is running, so that nothing is recorded. ` +
  'Import TrackingModule.forRoot({ … }) into the root module. Said once.';

export const keyWithoutTimestamp = (source: string): string =>
  `${source}: @Track() has a \`key\` and takes its time from the call. Platforms that recognise a repeated event by person, ` +
  'name and time will count a repeated call again: give `timestamp` from the record, too.';

export const keyEmpty = (source: string): string =>
  `${source}: the \`key\` of @Track() cannot be one; the event got a new id, and a repeated call counts twice. Give the id of the record: ` +
  'a non-empty string, a finite number, a bigint, or an object whose toJSON() returns one. Or leave the key out.';

export const durableNotAsync = (source: string): string =>
  `${source}: @Track() is \`durable\`, but the method returned neither a promise nor an Observable, so that its result ` +
  'cannot wait. The event was recorded without waiting. Make the method async.';

export const commitFailed = (source: string): string =>
  `${source}: a durable event was not committed; the result of the method was returned all the same. ` +
  'Look at stats().journal: its disk is late, or takes nothing.';
