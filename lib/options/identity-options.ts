import { badOption, checkKeys } from '../config/check-option.js';
import type { Identity, IdentityInput, IdentityResolver } from '../event/identity.js';
import { isObject } from '../event/json-values.js';
import type { PersonResolver } from '../event/person-data.js';
import { isSharedId } from '../event/shared-ids.js';
import { isUsable, normaliseIdentity } from '../identity/normalise-identity.js';
import { callback, list } from '../config/kinds.js';
import { option, type OptionsOf } from '../config/option.js';

type Fallback = IdentityInput | ((source: string | undefined) => IdentityInput | undefined);

const FALLBACK =
  "an object with `userId` or `anonymousId`, such as { userId: 'service:billing' }, or a function that returns one";
const RESOLVER = 'a function, such as fromRequestUser()';

export const identityRows = {
  /**
   * Read the identity from a request, in this order. Destinations read their own browser ids in any case. See
   * docs/identity-resolvers.md.
   *
   * An `anonymousId` from here is sent to all destinations. Browser ids of a platform are sent only to its destination.
   * @default `[fromRequestUser()]`
   */
  resolvers: list<IdentityResolver>('functions', 'an array of functions', callback('function', RESOLVER)),
  /**
   * The identity of events without a known person. Without it they are rejected (`no_identity`).
   *
   * A missing person is usually a mistake, so there is no default. `source` is the code that recorded the event, if known.
   * @default none
   */
  fallback: option<Fallback>('identity, or function of the source', FALLBACK, (path, value) => {
    if (typeof value === 'function') return;
    if (isObject(value)) checkKeys(path, value, ['userId', 'anonymousId']);
    if (!isUsable(normaliseIdentity(value))) throw badOption(path, value, FALLBACK);
  }),
  /**
   * Reads the data of the person of a request by which ad platforms find them, such as their email address. See
   * docs/person-data.md.
   *
   * Called only for events about that person, and only if a destination needs the data.
   * @default none
   */
  person: callback<PersonResolver>('function of the request'),
};

/** How the person of an event is found if the call does not name one. */
export interface IdentityOptions extends OptionsOf<typeof identityRows> {}

/** Whether the id of a fallback stands for many people, such as `system`. False for a function, whose ids are unknown. */
export function isSharedFallback(fallback: Fallback | undefined): boolean {
  if (typeof fallback === 'function') return false;
  const { userId, anonymousId }: Partial<Identity> = normaliseIdentity(fallback) ?? {};
  return [userId, anonymousId].some((id) => id !== undefined && isSharedId(id));
}
