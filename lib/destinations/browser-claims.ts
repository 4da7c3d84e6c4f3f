import { clientId } from '../event/client-text.js';
import type { BrowserClaims } from '../event/identity.js';
import { usableSessionId } from '../event/browser-ids.js';
import { isSharedId } from '../event/shared-ids.js';

/**
 * Data of a vendor's browser library in a request: the browser's id, the name that the client claims, and the browser's
 * session. The name never becomes a `userId`. Words that many people share are ignored: as an id they would merge many people
 * into one.
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
