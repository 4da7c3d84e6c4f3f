import { createHmac } from 'node:crypto';
import type { LaneAccount } from '../../buffer/event-buffer.js';
import { type Destination, fixedCredentials } from '../../destinations/destination.js';

const HOST = /^(?:[\w-]+(?:\.[\w-]+)*|\[[\da-f:.]+\])(?::\d+)?$/i;
const SCHEME = /^https?:\/\//i;

/**
 * The account that a destination delivers to, in a form for the disk: platform, host and digests. It has no credential, and no
 * digest that allows guessing credentials without knowing the account.
 */
export function laneAccount(destination: Destination): LaneAccount {
  const { kind = 'custom', name, account = [name], secrets } = destination;
  // Credentials from a function change often, and are not known at start.
  const credentials = fixedCredentials(destination);
  const [place = '', ...rest] = account;
  const host = isPlace(account, credentials) ? hostOf(place) : '';
  const digest = (told: readonly string[]): string =>
    createHmac('sha256', JSON.stringify(told)).update(kind).digest('hex');
  return {
    kind,
    // A custom destination may have its account in another order.
    host: secrets?.includes(host) ? '' : host,
    key: digest([withoutUser(place), ...rest]),
    credentials: digest([...account, ...credentials]),
  };
}

/** Whether the first member is a host or URL: a single member without a scheme may also be a key. */
function isPlace(account: readonly string[], credentials: readonly string[]): boolean {
  return account.length + credentials.length > 1 || SCHEME.test(account[0] ?? '');
}

/** A URL without user, password and fragment, which select nothing. */
function withoutUser(place: string): string {
  return SCHEME.test(place) ? place.replace(/#.*$/s, '').replace(/^(https?:\/\/)[^/?]*@/i, '$1') : place;
}

/** The host of a URL, with or without its scheme; nothing else of it. */
function hostOf(place: string): string {
  const authority = place.replace(SCHEME, '').split(/[/?#]/, 1)[0]!;
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  return HOST.test(host) ? host.toLowerCase() : '';
}
