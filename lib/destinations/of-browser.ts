import type { BrowserClaims, BrowserResolver } from '../event/identity.js';
import { isMessage } from '../identity/is-message.js';

/** A resolver of what a vendor's library left in a browser's request. A message has no browser: its headers are its sender's. */
export function ofBrowser(read: (request: unknown) => BrowserClaims | undefined): BrowserResolver {
  const resolver: BrowserResolver = (request, context) => (isMessage(context) ? undefined : read(request));
  // Warnings name a resolver by this.
  return Object.defineProperty(resolver, 'name', { value: read.name });
}
