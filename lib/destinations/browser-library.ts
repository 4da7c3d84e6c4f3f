import { usableSessionId } from '../event/browser-ids.js';
import { clientId } from '../event/client-text.js';
import type { BrowserClaims, BrowserResolver } from '../event/identity.js';
import type { SessionReader } from '../event/session-reader.js';
import { isSharedId } from '../event/shared-ids.js';
import { isMessage } from '../request/handler-request.js';
import { cookieNames, readCookie } from '../request/read-cookie.js';
import { isObject, parsedJson, type UnknownObject } from '../event/json-values.js';
import { guarded } from '../host/guarded.js';

/**
 * A resolver of the data that a vendor's browser library adds to requests. It ignores messages of a broker, whose headers come from
 * their sender and not from a browser.
 *
 * @param name shown in warnings
 */
export function browserResolver(
  name: string,
  read: (request: unknown) => BrowserClaims | undefined,
): BrowserResolver {
  const resolver: BrowserResolver = (request, context) => (isMessage(context) ? undefined : read(request));
  return Object.defineProperty(resolver, 'name', { value: name });
}

/** A reader of the browser's session at one platform. */
export function sessionReader(platform: string, read: (request: unknown) => unknown): SessionReader {
  const reader: SessionReader = (request: unknown) => {
    const sessionId = usableSessionId(read(request));
    return sessionId === undefined ? undefined : { [platform]: sessionId };
  };
  return Object.defineProperty(reader, 'name', { value: `${platform}Session` });
}

/**
 * Data of a vendor's browser library: the browser's id, the user that the client claims to be, and the browser's session. The claim
 * never becomes a `userId`. Words that many people share are ignored: as an id they would merge many people into one.
 */
export function browserClaims(anonymous: unknown, claimed?: unknown, session?: unknown): BrowserClaims {
  const anonymousId = usable(anonymous);
  const claimedUserId = usable(claimed);
  const sessionId = usableSessionId(session);
  return {
    ...(anonymousId !== undefined && { anonymousId }),
    ...(claimedUserId !== undefined && { claimedUserId }),
    ...(sessionId !== undefined && { sessionId }),
  };
}

/** A vendor's cookie that is named after a project. Without a project's name, the request must have only one of its kind. */
export function readProjectCookie(
  request: unknown,
  name: string | undefined,
  isOfKind: (name: string) => boolean,
): string | undefined {
  if (name !== undefined) return readCookie(request, name);
  const [only, ...others] = cookieNames(request, isOfKind);
  return only === undefined || others.length > 0 ? undefined : readCookie(request, only);
}

function usable(id: unknown): string | undefined {
  const text = clientId(id);
  return text === undefined || isSharedId(text) ? undefined : text;
}

/** Browsers keep no longer cookie. */
const MAX_LENGTH = 16_384;

/** Frameworks and proxies may each have percent-encoded the value once more. */
const MAX_LAYERS = 3;

/** The JSON value of a cookie, percent-encoded or not; `undefined` if it is not JSON. */
export function cookieJson(text: string): unknown {
  if (text.length > MAX_LENGTH) return undefined;
  for (let layer = 0; layer < MAX_LAYERS; layer++) {
    const value = parsedJson(text);
    if (value !== undefined) return value;
    const decoded = percentDecoded(text);
    if (decoded === text) return undefined;
    text = decoded;
  }
  return undefined;
}

export function cookieRecord(text: string | undefined): UnknownObject | undefined {
  const value = text === undefined ? undefined : cookieJson(text);
  return isObject(value) ? value : undefined;
}

/** The text decoded once more; unchanged if it is not percent-encoded. */
export function percentDecoded(text: string): string {
  return text.includes('%') ? (guarded(() => decodeURIComponent(text)) ?? text) : text;
}

/** The text in base64, with or without padding. Any other text gives a text without meaning. */
export function base64Text(text: string): string {
  return text.length > MAX_LENGTH ? '' : Buffer.from(text, 'base64').toString();
}
