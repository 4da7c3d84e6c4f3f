import { clientId } from '../event/client-text.js';
import type { BrowserClaims } from '../event/identity.js';
import { usableSessionId } from '../event/browser-ids.js';
import { isSharedId } from '../event/shared-ids.js';

/**
 * What a vendor's browser library left in a request: the browser's id, a name that the client says it has, and the session that
 * the browser is in. The name never becomes a `userId`. Words that many people share are passed over: as an id they would make one person of many.
 */
export function browserClaims(anonymous: unknown, named?: unknown, session?: unknown): BrowserClaims {
  const anonymousId = usable(anonymous);
  const claimedUserId = usable(named);
  const sessionId = usableSessionId(session);
  return {
    ...(anonymousId !== undefined && { anonymousId }),
    ...(claimedUserId !== undefined && { claimedUserId }),
    ...(sessionId !== undefined && { sessionId }),
  };
}

function usable(id: unknown): string | undefined {
  const text = clientId(id);
  return text === undefined || isSharedId(text) ? undefined : text;
}
