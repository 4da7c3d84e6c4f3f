import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { OutgoingRequest } from '../destinations/destination.js';

/** What undici takes for a path. */
const NOT_IN_PATH = /[^\u0021-\u00ff]/;

/**
 * Throws with a code where HTTP does not allow a header or a path. undici refuses these requests, too, but its pool gives a
 * connection that refused one nothing more to do: a few such requests would stop the lane.
 */
export function checkRequest(headers: OutgoingRequest['headers'], path: string): void {
  if (NOT_IN_PATH.test(path)) {
    throw Object.assign(new Error('invalid path'), { code: 'ERR_UNESCAPED_CHARACTERS' });
  }
  if (headers === undefined) return;
  for (const [name, value] of Object.entries<string | undefined>(headers)) {
    if (value === undefined) continue;
    validateHeaderName(name);
    validateHeaderValue(name, value);
  }
}
