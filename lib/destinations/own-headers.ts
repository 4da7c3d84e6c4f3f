import { checkPresent, isMissing } from '../config/check-credential.js';
import { badOption, memberPath } from '../config/check-option.js';
import { TrackingConfigError } from '../config/tracking-config.error.js';
import { isObject } from '../event/json-values.js';
import { option, type DefaultedOption } from '../config/option.js';
import { ownHeader } from './destination.messages.js';

export const HEADERS_EXPECTED = 'an object of header names and values';
/** Headers that describe the body or belong to the connection. */
const OURS: readonly string[] = [
  'content-type',
  'content-encoding',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'upgrade',
  'expect',
  'host',
  'te',
  'trailer',
  'proxy-authorization',
  'proxy-connection',
];

/** The option `headers`, without those that the destination sets itself; `reserved` is in lower case. */
export const headers = (
  reserved: readonly string[] = [],
): DefaultedOption<Readonly<Record<string, string>>> =>
  option<Readonly<Record<string, string>>>(
    'object',
    HEADERS_EXPECTED,
    (path, value, { credentials }) => checkHeaders(path, value, credentials, reserved),
    { read: plainHeaders },
  ).default({});

/** Checks headers. A value is never shown. @throws TrackingConfigError */
export function checkHeaders(
  option: string,
  given: unknown,
  credentials: boolean,
  reserved: readonly string[],
): void {
  if (!isObject(given)) throw badOption(option, given, HEADERS_EXPECTED);
  const seen = new Set<string>();
  for (const [name, value] of Object.entries(given)) {
    const lower = name.toLowerCase();
    const path = memberPath(option, name);
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(lower))
      throw badOption(path, value, 'a header with a name that HTTP allows');
    if (OURS.includes(lower) || reserved.includes(lower)) {
      throw new TrackingConfigError(path, ownHeader(path, lower));
    }
    if (seen.has(lower)) throw badOption(path, value, 'each header once; upper and lower case are the same');
    seen.add(lower);
    if (!credentials && isMissing(value)) continue;
    checkPresent(path, value, 'a value, or the header left out');
    // eslint-disable-next-line no-control-regex -- a line break in a value would begin another header
    if (typeof value !== 'string' || !/^[\t\x20-\x7e\x80-\xff]+$/.test(value)) {
      throw badOption(path, value, 'a text of one line');
    }
  }
}

/** Headers with their names in lower case; values that are not text are left out. */
export function plainHeaders(given: unknown): Record<string, string> {
  if (!isObject(given)) return {};
  const texts = Object.entries(given).filter(([, value]) => typeof value === 'string');
  return Object.fromEntries(texts.map(([name, value]) => [name.toLowerCase(), value as string]));
}
