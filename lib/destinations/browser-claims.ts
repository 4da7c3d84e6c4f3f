import { clientId } from '../event/client-text.js';
import type { IdentityClaims } from '../event/identity.js';
import { isSharedId } from '../event/shared-ids.js';

/**
 * What a vendor's browser library left in a request: the browser's id, and a name that the client says it has. The name
 * never becomes a `userId`. Words that many people share are passed over: as an id they would make one person of many.
 */
export function browserClaims(anonymous: unknown, named?: unknown): IdentityClaims {
  const anonymousId = usable(anonymous);
  const claimedUserId = usable(named);
  return {
    ...(anonymousId !== undefined && { anonymousId }),
    ...(claimedUserId !== undefined && { claimedUserId }),
  };
}

function usable(id: unknown): string | undefined {
  const text = clientId(id);
  return text === undefined || isSharedId(text) ? undefined : text;
}
