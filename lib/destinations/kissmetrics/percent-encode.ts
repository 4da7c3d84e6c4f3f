/** What needs no escape in a URL or a form; most ids, numbers and words consist of it. */
const PLAIN = /^[\w.~-]*$/;

/**
 * Percent-encodes UTF-8 as the official clients do, a space as `%20`. Half a surrogate pair, for which
 * `encodeURIComponent` throws, is sent as U+FFFD.
 */
export function percentEncode(text: string): string {
  return PLAIN.test(text) ? text : encodeURIComponent(wellFormed(text));
}

/** Since Node 20; the language level of this package does not declare it yet. */
type WellFormed = string & { isWellFormed(): boolean; toWellFormed(): string };

/** The text with each half of a surrogate pair replaced by U+FFFD. */
export function wellFormed(text: string): string {
  return (text as WellFormed).toWellFormed();
}

/** Whether the text has no half of a surrogate pair. */
export function isWellFormed(text: string): boolean {
  return (text as WellFormed).isWellFormed();
}
