import type { OutgoingRequest } from '../../destinations/destination.js';
import { isHeaderName } from '../../host/header-name.js';
import { PACKAGE_VERSION } from '../../host/package-version.js';

/** Many firewalls refuse requests without one. */
const USER_AGENT = `nestjs-tracking/${PACKAGE_VERSION}`;
const NOT_IN_PATH = /[^!-\xff]/;
const TOKENS = /^\s*[\w!#$%&'*+.^`|~-]+\s*(?:,\s*[\w!#$%&'*+.^`|~-]+\s*)*$/;
const NOT_IN_HEADER_VALUE = /[^\t -~\x80-\xff]/;
/** undici sets these, or refuses them. */
const REFUSED: ReadonlySet<string> = new Set([
  'transfer-encoding',
  'keep-alive',
  'upgrade',
  'expect',
  'proxy-authorization',
]);

/**
 * The headers that are sent: those of the request, each name once and in lower case, and a `user-agent` if it has none.
 *
 * Throws undici's own error code if HTTP or undici does not allow a header. undici refuses these requests, too, but its pool
 * never uses that connection again: a few such requests would stop the lane.
 */
export function outgoingHeaders({ headers, compress }: OutgoingRequest): Record<string, string> {
  const sent: Record<string, string> = { 'user-agent': USER_AGENT };
  for (const [name, value] of Object.entries<string | undefined>(headers ?? {})) {
    const lower = name.toLowerCase();
    // undici sets it, because the body may be compressed.
    if (value === undefined || lower === 'content-length') continue;
    const isRefused = REFUSED.has(lower) || (lower === 'connection' && !TOKENS.test(value));
    if (!isHeaderName(name) || isRefused || NOT_IN_HEADER_VALUE.test(value)) throw notAllowed('header');
    sent[lower] = value;
  }
  if (compress === 'gzip') sent['content-encoding'] = 'gzip';
  return sent;
}

/** Throws the same for a path. */
export function checkPath(path: string): void {
  if (NOT_IN_PATH.test(path)) throw notAllowed('path');
}

function notAllowed(what: string): Error {
  return Object.assign(new Error(`invalid ${what}`), { code: 'UND_ERR_INVALID_ARG' });
}
