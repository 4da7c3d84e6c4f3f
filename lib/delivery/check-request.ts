import type { OutgoingRequest } from '../destinations/destination.js';

const NOT_IN_PATH = /[^!-\xff]/;
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const NOT_IN_HEADER_VALUE = /[^\t -~\x80-\xff]/;

/**
 * Throws undici's own error code where HTTP does not allow a header or a path. undici refuses these requests, too, but its
 * pool gives a connection that refused one nothing more to do: a few such requests would stop the lane.
 */
export function checkRequest(headers: OutgoingRequest['headers'], path: string): void {
  if (NOT_IN_PATH.test(path)) throw notAllowed('path');
  if (headers === undefined) return;
  for (const [name, value] of Object.entries<string | undefined>(headers)) {
    if (value === undefined) continue;
    if (!HEADER_NAME.test(name) || NOT_IN_HEADER_VALUE.test(value)) throw notAllowed('header');
  }
}

function notAllowed(what: string): Error {
  return Object.assign(new Error(`invalid ${what}`), { code: 'UND_ERR_INVALID_ARG' });
}
