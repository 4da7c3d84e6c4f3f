import { badOption, checkUrl } from '../config/check-option.js';
import { TrackingConfigError } from '../config/tracking-config.error.js';
import { option, type Check, type Option } from '../config/option.js';
import { userInUrl } from './destination.messages.js';

const EXPECTED = 'an absolute http:// or https:// URL';

/**
 * A URL. Its value has no user, password and fragment. An error never shows it.
 *
 * @param inPlaceOfUser the alternative to a user and password in the URL, for errors: URLs appear in more places than headers
 */
export const url = (inPlaceOfUser: string): Option<string> =>
  option('URL', EXPECTED, (path, value) => checkPlain(path, value, inPlaceOfUser), {
    isText: true,
    read: plainUrl,
  });

/** A URL that `paths` are added to, such as `/e and /s`. Its value has no slash at its end. */
export const baseUrl = (paths: string, inPlaceOfUser: string): Option<string> => {
  // A single word, such as `/batch`, may be the path of a proxy.
  const endpoints = paths.split(/, | and /).filter((endpoint) => /^\/[^/]+\/[^/]/.test(endpoint));
  const check: Check = (path, value) => {
    checkPlain(path, value, inPlaceOfUser);
    const { pathname, search, hash } = new URL(value as string);
    if (search !== '' || hash !== '')
      throw badOption(path, value, `a URL without \`?\` and \`#\`, to which ${paths} can be added`);
    const added = endpoints.find((endpoint) => pathname.replace(/\/+$/, '').endsWith(endpoint));
    if (added !== undefined)
      throw badOption(path, value, `a URL without \`${added}\` at its end, which is added`);
  };
  return option('URL', EXPECTED, check, {
    isText: true,
    read: (value) => plainUrl(value).replace(/\/+$/, ''),
  });
};

function checkPlain(path: string, value: unknown, inPlaceOfUser: string): void {
  checkUrl(path, value);
  const { username, password } = new URL(value as string);
  if (username !== '' || password !== '') throw new TrackingConfigError(path, userInUrl(path, inPlaceOfUser));
}

/** The URL as it can be sent: without user, password and fragment. Empty for a value that `check()` rejects. */
function plainUrl(given: unknown): string {
  const text = String(given);
  if (!URL.canParse(text)) return '';
  const { protocol, origin, pathname, search } = new URL(text);
  // Others have no origin to send to: `localhost:3000` is a URL whose protocol is `localhost:`.
  return protocol === 'http:' || protocol === 'https:' ? origin + pathname + search : '';
}
