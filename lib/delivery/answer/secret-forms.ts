import { unescapedLayers } from './unescaped.js';

/** A text that reveals a secret, folded. */
export interface SecretForm {
  readonly text: string;
  /** In base64, its first and last characters share bits with their neighbours. */
  readonly isBase64: boolean;
}

/** Shorter pieces of base64 are found in ordinary words. */
const MIN_BASE64 = 6;

/**
 * Removes differences between encodings: letter case, the two base64 alphabets, and `+` for a space in forms. The length
 * does not change, so that positions stay valid.
 */
export function folded(text: string): string {
  const lower = text.toLowerCase();
  const same = lower.length === text.length ? lower : text.replace(/[A-Z]+/g, (upper) => upper.toLowerCase());
  return same.replace(/[+ ]/g, '-').replaceAll('/', '_');
}

/** All searched forms of a secret, without escapes: those are removed from the searched text. */
export function secretForms(secret: string): SecretForm[] {
  const texts = new Set(unescapedLayers(secret).map(({ text }) => text));
  const base64 = [...texts].flatMap((text) => [0, 1, 2].map((offset) => base64At(text, offset)));
  return [
    // The searched text has no line breaks either.
    ...[...texts].map((text) => ({ text: folded(text).replace(/[\r\n]/g, ''), isBase64: false })),
    ...base64.map((text) => ({ text: folded(text), isBase64: true })),
  ].filter(({ text, isBase64 }) => text.length >= (isBase64 ? MIN_BASE64 : 1));
}

/** The base64 characters that depend only on the text, with a number of bytes before it. */
function base64At(text: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]);
  const begin = [0, 2, 3][offset]!;
  const end = Math.floor((bytes.length * 8) / 6);
  return bytes.toString('base64').slice(begin, end);
}
