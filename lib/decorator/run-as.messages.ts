/** Every sentence on `@RunAs()` that a user may read. None holds an id or a payload. */

export const runAsNeedsMethod = (place: string): string =>
  `@RunAs() on ${place}: there is no method to run. It decorates methods, not properties, accessors or classes.`;

export const runAsNeedsFunction = (place: string, got: string): string =>
  `@RunAs() on ${place}: got ${got}; expected a function of the method's arguments that returns an identity, such as ` +
  '`(job) => job.data.identity`.';

export const runAsFailed = (place: string, error: string): string =>
  `${place}: the function of @RunAs() failed (${error}), and the method runs as whoever calls it. ` +
  'Let it return { userId?, anonymousId? } or undefined, and check what it reads.';

export const runAsIsAsync = (place: string): string =>
  `${place}: the function of @RunAs() returned a promise, and the method runs as whoever calls it. ` +
  'It is synchronous: carry the identity itself in the payload.';

export const runAsUnusable = (place: string): string =>
  `${place}: the function of @RunAs() returned something that cannot be an id. Where it gives no other id, events are refused ` +
  '(invalid_identity) and never given to somebody else. Return { userId?, anonymousId? } with non-empty strings, finite numbers, bigints, or ' +
  'objects whose toJSON() returns one.';
