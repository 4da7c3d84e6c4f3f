/**
 * The first characters of a text. A copy, because a part of a text keeps the whole text in memory: V8 joins the two texts to a
 * new one, of which the result is a part.
 */
export function copyOf(text: string, maxLength = Infinity): string {
  return ` ${text.slice(0, maxLength)}`.slice(1);
}

/** Bytes of a text in memory: one for each character, or two where it has characters outside of ASCII. */
export function bytesOf(text: string): number {
  return Buffer.byteLength(text) === text.length ? text.length : text.length * 2;
}
