import { checkPresent, isMissing } from '../../config/check-credential.js';
import { badOption, memberPath } from '../../config/check-option.js';
import { TrackingConfigError } from '../../config/tracking-config.error.js';
import { MIN_SECRET_LENGTH } from '../url-secrets.js';

/** What describes the body, signs it, or belongs to the connection: changing it would break what the receiver checks. */
const OURS: ReadonlySet<string> = new Set([
  'webhook-id',
  'webhook-timestamp',
  'webhook-signature',
  'content-type',
  'content-encoding',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'upgrade',
  'expect',
  'host',
]);

/** Checks the headers of the application's own. A value is never shown. @throws TrackingConfigError */
export function checkHeaders(option: string, given: unknown, credentials: boolean): void {
  if (given === undefined) return;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw badOption(option, given, 'an object of header names and values');
  }
  const seen = new Set<string>();
  for (const [name, value] of Object.entries(given)) {
    const lower = name.toLowerCase();
    const path = memberPath(option, name);
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(lower))
      throw badOption(path, value, 'a header with a name that HTTP allows');
    if (OURS.has(lower)) {
      throw new TrackingConfigError(
        path,
        `TrackingModule: option \`${path}\` cannot be set; webhook() sets \`${lower}\` itself.`,
      );
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

/** Headers with their names in lower case; what is no text is left out, and refused by {@link checkHeaders}. */
export function plainHeaders(given: unknown): Record<string, string> {
  const headers: Record<string, string> = {};
  if (typeof given !== 'object' || given === null) return headers;
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === 'string') headers[name.toLowerCase()] = value;
  }
  return headers;
}

/** The secret values: without their scheme (`Bearer …`), and both halves of `Basic`. */
export function headerSecrets(headers: Readonly<Record<string, string>>): string[] {
  const secrets = Object.values(headers).flatMap((value) => {
    const [, scheme = '', credential = value] = /^([a-z]+) +(\S.*)$/i.exec(value) ?? [];
    if (scheme.toLowerCase() !== 'basic') return [credential];
    const pair = Buffer.from(credential, 'base64').toString();
    const colon = pair.indexOf(':');
    return [credential, pair, pair.slice(0, Math.max(0, colon)), pair.slice(colon + 1)];
  });
  return secrets.filter((value) => value.length >= MIN_SECRET_LENGTH);
}
