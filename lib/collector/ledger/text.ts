/** The first characters of a text, as a copy: a part keeps the whole text in memory, unless V8 has to join it to another. */
export function copyOf<T extends string | null>(text: T, maxLength = Infinity): T {
  return (text === null ? null : ` ${text.slice(0, maxLength)}`.slice(1)) as T;
}

/** Bytes of a text in memory: one for each character, or two if it has characters outside of ASCII. */
export function bytesOf(text: string): number {
  return Buffer.byteLength(text) === text.length ? text.length : text.length * 2;
}

/** Characters of texts that contain ASCII only. */
export function lengthOf(texts: readonly (string | null)[]): number {
  return texts.reduce((sum, text) => sum + (text?.length ?? 0), 0);
}
