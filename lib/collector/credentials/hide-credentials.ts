import { guarded } from '../../host/guarded.js';
import type { ReceivedRequest } from '../ledger/received.js';
import { HIDDEN, isCredential, isCredentialHeader } from './credential-names.js';
import { hideInJson } from './hide-in-json.js';

/** The parts of a request that can have credentials. */
type Texts = Pick<ReceivedRequest, 'url' | 'body' | 'answer'> & {
  /** As JSON. */
  readonly headers: string;
};

/** Parts of paths that are keys: those of the settings that the browser SDKs of Segment and PostHog load. */
const KEY_IN_PATH = /(?<=\/(?:projects|array)\/)[^/]+(?=\/)/g;

/** Of a URL with its host, as a proxy and a `Referer` have it. */
const USER = /^(https?:\/\/)[^/?@]*@/i;

const BASE64 = /^[\w+/-]*={0,2}$/;
/** In runs, because a letter can have several; bounded, because a longer one would overflow the stack of the expression. */
const ESCAPES = /(?:%[\da-f]{2}){1,999}/gi;

/** The texts of a request without its credentials. Requests are kept as they came and hidden when shown: few are. */
export function hideCredentials({ url, headers, body, answer }: Texts): Texts {
  const shown: Record<string, string> = {};
  for (const [name, value] of Object.entries(JSON.parse(headers) as Record<string, string>)) {
    shown[name] = isCredentialHeader(name) ? HIDDEN : hideInHeader(name, value);
  }
  return {
    url: hideInUrl(url),
    headers: JSON.stringify(shown),
    body: hideInText(body),
    // The settings of PostHog name the project.
    answer: (url.match(KEY_IN_PATH) ?? []).reduce((text, key) => text.replaceAll(key, HIDDEN), answer),
  };
}

export function hideInUrl(given: string): string {
  const url = given.replace(USER, `$1${HIDDEN}@`);
  const start = url.indexOf('?') + 1;
  const path = (start === 0 ? url : url.slice(0, start)).replaceAll(KEY_IN_PATH, HIDDEN);
  return start === 0 ? path : path + hideInQuery(url.slice(start));
}

/** A page's URL may have credentials, too. */
function hideInHeader(name: string, value: string): string {
  return name === 'referer' ? hideInUrl(value) : value;
}

/** Hides the credentials in a body: JSON, lines of JSON, a form, or base64 of these. Other text stays as it is. */
export function hideInText(text: string): string {
  const start = text.trimStart();
  if (start.startsWith('{') || start.startsWith('[')) return hideInJson(text);
  if (isBase64(start.trimEnd())) return hideInBase64(text);
  return text.includes('=') ? hideInQuery(text) : text;
}

/** Hides the credentials in a query or a form. Other parts stay unchanged, byte for byte. */
function hideInQuery(text: string): string {
  return text
    .split('&')
    .map((part) => {
      const end = part.indexOf('=');
      if (end === -1) return part;
      if (isCredential(decoded(part.slice(0, end)))) return `${part.slice(0, end)}=${HIDDEN}`;
      const plain = decoded(part.slice(end + 1));
      // A `+` of base64 is itself, and elsewhere a space.
      const value = isBase64(plain) ? plain : decoded(part.slice(end + 1).replaceAll('+', ' '));
      const hidden = isNested(value) ? hideInText(value) : value;
      return hidden === value ? part : `${part.slice(0, end)}=${encodeURIComponent(hidden)}`;
    })
    .join('&');
}

/** Only JSON and base64: any text with a `=` would pass as a form. */
const isNested = (value: string): boolean => /^\s*[[{]/.test(value) || isBase64(value);

const isBase64 = (text: string): boolean => text.length >= 16 && BASE64.test(text);

function hideInBase64(text: string): string {
  const json = Buffer.from(text, 'base64').toString();
  if (!/^\s*[[{]/.test(json)) return text;
  const hidden = hideInJson(json);
  return hidden === json ? text : Buffer.from(hidden).toString('base64');
}

function decoded(text: string): string {
  const plain = guarded(() => decodeURIComponent(text));
  if (plain !== undefined) return plain;
  // It is broken, or its end was cut: the rest is decoded, so that its credentials are found.
  const whole = text.replace(/%[\da-f]?$/i, '');
  return whole.replaceAll(ESCAPES, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString());
}
