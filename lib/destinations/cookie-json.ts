import { isObject, parsedJson, type UnknownObject } from '../event/json-values.js';
import { guarded } from '../host/guarded.js';

/** Browsers keep no longer cookie. */
const MAX_LENGTH = 16_384;

/** Frameworks and proxies may each have percent-encoded the value once more. */
const MAX_LAYERS = 3;

/** The JSON value of a cookie, percent-encoded or not; `undefined` if it is not JSON. */
export function cookieJson(text: string): unknown {
  if (text.length > MAX_LENGTH) return undefined;
  for (let layer = 0; layer < MAX_LAYERS; layer++) {
    const value = parsedJson(text);
    if (value !== undefined) return value;
    const decoded = percentDecoded(text);
    if (decoded === text) return undefined;
    text = decoded;
  }
  return undefined;
}

export function cookieRecord(text: string | undefined): UnknownObject | undefined {
  const value = text === undefined ? undefined : cookieJson(text);
  return isObject(value) ? value : undefined;
}

/** The text decoded once more; unchanged if it is not percent-encoded. */
export function percentDecoded(text: string): string {
  return text.includes('%') ? (guarded(() => decodeURIComponent(text)) ?? text) : text;
}

/** The text in base64, with or without padding. Any other text gives a text without meaning. */
export function base64Text(text: string): string {
  return text.length > MAX_LENGTH ? '' : Buffer.from(text, 'base64').toString();
}
