import type { Id, IdentityClaims, IdentityInput, IdentityResolver } from '../../event/identity.js';
import { isIdentity, isUnusableId, normaliseId } from '../normalise-identity.js';
import { userOf, verifiedUser } from './verified-user.js';

/**
 * Reads the person from `request.user`, which guards and Passport set to the verified user; for a socket from
 * `client.user` or `client.data.user`; for a GraphQL subscription from `extra.user`, which `onConnect` sets.
 *
 * Without `fn` it takes the first usable id of the user's `id`, `sub`, `userId` and `_id`. It does not read messages of
 * a microservice or a queue, because their sender chooses the `user`. With `fn` it takes the result of `fn`: an id, `{
 * userId, anonymousId }`, or `undefined` if there is no person. `fn` is not called without a user.
 *
 * @example
 * fromRequestUser((user: Account) => user.accountId)
 */
export function fromRequestUser(
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- every application has its own user and request
  fn?: (user: any, request: any) => Id | IdentityInput | null | undefined,
): IdentityResolver {
  return function fromRequestUser(request: unknown, context): IdentityClaims | undefined {
    const user = fn === undefined ? verifiedUser(request, context) : userOf(request, context);
    if (user === undefined || user === null) return undefined;
    if (fn === undefined) return { userId: usualId(user) };
    const found = fn(user, request);
    if (found === undefined || found === null) return undefined;
    return typeof found === 'object' && isIdentity(found) ? found : { userId: found };
  };
}

function usualId(user: unknown): Id | undefined {
  // A string has a member `sub`, too.
  if (typeof user !== 'object') return undefined;
  const { id, sub, userId, _id } = user as Record<string, Id>;
  const ids = [id, sub, userId, _id];
  return ids.find((each) => normaliseId(each) !== undefined) ?? ids.find(isUnusableId);
}
