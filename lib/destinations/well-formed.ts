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

/** The same, reported as a change of the event. */
export function repaired(text: string, changed: (change: 'half_character') => void): string {
  if (isWellFormed(text)) return text;
  changed('half_character');
  return wellFormed(text);
}

/** The first characters of a text, in UTF-16 units; never half a surrogate pair. */
export function cutText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const last = text.charCodeAt(maxLength - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? maxLength - 1 : maxLength);
}

/** An escaped backslash, which may stand before `ud8…` as plain text, or half of a surrogate pair. */
const ESCAPED = /\\\\|\\ud[89a-f][\da-f]{2}/g;

/**
 * JSON from `JSON.stringify()` with each half of a surrogate pair replaced by U+FFFD. Parsers of other languages reject a whole
 * request for one. The same text if there is none, which a search for three characters finds.
 */
export function wellFormedJson(json: string): string {
  if (!json.includes('\\ud')) return json;
  return json.replace(ESCAPED, (found) => (found === '\\\\' ? found : '\ufffd'));
}
