/** All messages to the user in this folder. None contains an id, a cookie's value or a header. */

export const resolverFailed = (resolver: string, error: string): string =>
  `Identity resolver ${resolver} failed (${error}) and is skipped for this request. ` +
  'Return { userId?, anonymousId? } or undefined, and check the values that it reads.';

export const resolverIsAsync = (resolver: string): string =>
  `Identity resolver ${resolver} returned a promise and is skipped. Resolvers are synchronous: ` +
  'look the person up in a guard or middleware, put it on the request, and read it from there.';

export const unusableId = (place: string, member: string): string =>
  `${place} gave an unusable ${member}. Unless another id is known, events are rejected (invalid_identity) and never attributed to ` +
  'somebody else. Return a non-empty string, a finite number, a bigint, or an object whose toJSON() returns one.';

export const identityConflict = (): string =>
  'A browser cookie names another person than the verified user of the request. The verified user is used, and the browser ids of the request are left out. ' +
  'This happens on shared computers. If it happens often, let the browser library identify by the id that the server uses.';

export const scopeOfAnother = (): string =>
  'A request reached its handler in the async context of another request. The handler gets its own context, but events of ' +
  'middleware and guards before it may have the person of the other request. A middleware continued in a callback of ' +
  'a client that had connected during that request. Mount that middleware in main.ts with app.use(), before Nest starts, or pass ' +
  'AsyncResource.bind(next) of node:async_hooks to the client. Logged once.';

export const scopeLost = (): string =>
  'A request reached its handler without its async context, so its events lack an identity. A middleware ' +
  'continued in a callback that lost the context. Mount it in main.ts with app.use(), before Nest starts, or put ' +
  '@UseInterceptors(IdentityInterceptor) on the handlers. Logged once.';
