/** The first characters of a text. A copy, because V8 keeps the whole text in memory for a part of it. */
export function copyOf(text: string, maxLength: number): string {
  return Buffer.from(text.slice(0, maxLength)).toString();
}

/** Bytes of a text in memory: one for each character, or two where it has characters outside of ASCII. */
export function bytesOf(text: string): number {
  return Buffer.byteLength(text) === text.length ? text.length : text.length * 2;
}
