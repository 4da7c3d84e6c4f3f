import { unescapedLayers } from './unescaped.js';

/** A text that gives a secret away, folded. */
export interface SecretForm {
  readonly text: string;
  /** Its first and last character share bits with their neighbours in base64. */
  readonly isBase64: boolean;
}

/** Shorter pieces of base64 are found in ordinary words. */
const MIN_BASE64 = 6;

/**
 * A text without what encodings change: the case of letters, the signs of the two base64 alphabets, a space that a form
 * writes as `+`. As long as the text, so that positions stay.
 */
export function folded(text: string): string {
  const lower = text.toLowerCase();
  const same = lower.length === text.length ? lower : text.replace(/[A-Z]+/g, (upper) => upper.toLowerCase());
  return same.replace(/[+ ]/g, '-').replaceAll('/', '_');
}

/** Every form in which a secret is looked for, apart from escapes, which are taken off the text that is searched. */
export function secretForms(secret: string): SecretForm[] {
  const texts = new Set(unescapedLayers(secret).map(({ text }) => text));
  const base64 = [...texts].flatMap((text) => [0, 1, 2].map((offset) => base64At(text, offset)));
  return [
    ...[...texts].map((text) => ({ text: folded(text), isBase64: false })),
    ...base64.map((text) => ({ text: folded(text), isBase64: true })),
  ].filter(({ text, isBase64 }) => text.length >= (isBase64 ? MIN_BASE64 : 1));
}

/** What base64 makes of a text that so many bytes stand before: the characters that depend on the text alone. */
function base64At(text: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]);
  const begin = [0, 2, 3][offset]!;
  const end = Math.floor((bytes.length * 8) / 6);
  return bytes.toString('base64').slice(begin, end);
}
