/** Every sentence on `@RunAs()` that a user may read. None holds an id or a payload. */

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
