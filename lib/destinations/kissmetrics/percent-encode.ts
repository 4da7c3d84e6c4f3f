import { wellFormed } from '../well-formed.js';

/** What needs no escape in a URL or a form; most ids, numbers and words consist of it. */
const PLAIN = /^[\w.~-]*$/;

/**
 * Percent-encodes UTF-8 as the official clients do, a space as `%20`. Half a surrogate pair, for which
 * `encodeURIComponent` throws, is sent as U+FFFD.
 */
export function percentEncode(text: string): string {
  return PLAIN.test(text) ? text : encodeURIComponent(wellFormed(text));
}
