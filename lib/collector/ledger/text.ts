/** The first characters of a text. A copy, because a part of a text keeps the whole text in memory. */
export function copyOf(text: string, maxLength = Infinity): string {
  const part = text.slice(0, maxLength);
  // Not as UTF-8, which has no form for half of a pair: the copy must be the same key.
  const encoding = isAscii(part) ? 'latin1' : 'utf16le';
  return Buffer.from(part, encoding).toString(encoding);
}

/** Bytes of a text in memory: one for each character, or two where it has characters outside of ASCII. */
export function bytesOf(text: string): number {
  return isAscii(text) ? text.length : text.length * 2;
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}
