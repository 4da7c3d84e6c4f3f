import { HIDDEN, isCredentialHeader } from './credential-names.js';
import { hideInQuery, hideInText } from './hide-in-text.js';

/** The parts of a request that can have credentials. */
interface Texts {
  readonly url: string;
  /** As JSON. */
  readonly headers: string;
  readonly body: string;
  readonly answer: string;
}

/** Parts of paths that are keys: those of the settings that the browser SDKs of Segment and PostHog load. */
const KEY_IN_PATH = /(?<=\/(?:projects|array)\/)[^/]+(?=\/)/g;

/** Of a URL with its host, as a proxy and a `Referer` have it. */
const USER = /^(https?:\/\/)[^/?@]*@/i;

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
