/** Every sentence of this room that a user may read. None holds an id, a cookie's value or a header. */

export const resolverFailed = (resolver: string, error: string): string =>
  `Identity resolver ${resolver} failed (${error}) and is skipped for this request. ` +
  'A resolver returns { userId?, anonymousId? } or undefined; let it check what it reads.';

export const resolverIsAsync = (resolver: string): string =>
  `Identity resolver ${resolver} returned a promise and is skipped. Resolvers are synchronous: ` +
  'look the person up in a guard or middleware, put it on the request, and read it from there.';

export const unusableId = (place: string, member: string): string =>
  `${place} gave a ${member} that cannot be an id. Where no other id is known, events are refused (invalid_identity) and never given to ` +
  'somebody else. Give a non-empty string, a finite number, a bigint, or an object whose toJSON() returns one.';

export const identityConflict = (): string =>
  'A browser cookie names another person than the verified user of the request. The verified user is taken. ' +
  'This happens on shared computers. Where it happens all the time, let the browser library identify by the id that the server uses.';

export const scopeOfAnother = (): string =>
  'A request has come to its handler in the async context of another one. Its handler is given its own; but events of the ' +
  'middleware and guards before that may be about the person of the other request. Some middleware went on in a callback of ' +
  'a client that had connected during that request: mount that one in main.ts with app.use(), before Nest starts, or give ' +
  'the client AsyncResource.bind(next) of node:async_hooks to call back. Said once.';

export const scopeLost = (): string =>
  'A request has come to its handler without its async context, so that its events lack an identity. Some middleware went ' +
  'on in a callback that has lost it: mount that one in main.ts with app.use(), before Nest starts; or put ' +
  '@UseInterceptors(IdentityInterceptor) on the handlers concerned. Said once.';
