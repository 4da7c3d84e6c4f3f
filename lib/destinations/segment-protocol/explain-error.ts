import type { Answer, Explanation } from '../destination.js';
import { jsonObject } from '../answers.js';
import { textOf } from '../unknown-values.js';

/** A phrase such as programs return. A proxy's page, or a text with values, does not match. */
const PHRASE = /^[a-z][a-z '-]{2,80}$/i;

/** The reason in `code` and `message` of a JSON answer. */
export function explainCode(answer: Answer): Explanation | undefined {
  const { code, message } = jsonObject(answer);
  return { code: textOf(code), message: textOf(message) };
}

/** The reason in a text: the phrase before the first colon. Further words may repeat the write key or an address. */
export function explainPhrase(text: unknown): Explanation | undefined {
  const phrase = typeof text === 'string' ? text.split(':', 1)[0]!.trim() : '';
  return PHRASE.test(phrase) ? { code: phrase } : undefined;
}
