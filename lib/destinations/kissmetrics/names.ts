import { remembered } from '../remembered.js';
import { cutText, repaired, wellFormed } from '../well-formed.js';
import type { Change } from './kissmetrics.messages.js';

/** Names of events and properties are "under 255 characters" (vendor's technical limitations); longer ones are cut. */
const MAX_NAME_LENGTH = 254;

export interface WireName {
  /** Percent-encoded; empty if KISSmetrics accepts no form of it. */
  readonly encoded: string;
  /** KISSmetrics compares names in this form. */
  readonly folded: string;
  readonly changes: readonly Change[];
}

/** The name of an event: `,` and `:` become spaces, as on the platform itself, and it is cut below 255 characters. */
export const eventName = remembered((raw) => wireName(raw, []));

/**
 * The name of a property: likewise, and without leading underscores, because such names are parameters of the request. An
 * underscore behind leading spaces counts as leading, in case the platform trims.
 */
export const propertyName = remembered((raw) => {
  const unreserved = unreservedName(raw);
  return wireName(unreserved, unreserved === raw ? [] : ['reserved']);
});

/** The prefix of names below a path. A path longer than a name is cut, so that thousands of members below it stay cheap. */
export function pathPrefix(path: string): string {
  if (path.length <= MAX_NAME_LENGTH) return path;
  return cutText(unreservedName(path), MAX_NAME_LENGTH + 1);
}

function unreservedName(raw: string): string {
  return raw.replace(/^[\s,:]*_[\s,:_]*/, '');
}

function wireName(raw: string, changes: Change[]): WireName {
  let name = repaired(raw, (change) => changes.push(change));
  if (/[,:]/.test(name)) {
    name = name.replace(/[,:]/g, ' ');
    changes.push('characters');
  }
  if (name.length > MAX_NAME_LENGTH) {
    name = cutText(name, MAX_NAME_LENGTH);
    changes.push('long_name');
  }
  if (name.trim() === '') return { encoded: '', folded: '', changes: ['nameless'] };
  return { encoded: percentEncode(name), folded: name.toLowerCase(), changes };
}

/** Characters without an escape in a URL or a form. Most ids, numbers and words have no others. */
const PLAIN = /^[\w.~-]*$/;

/**
 * Percent-encodes UTF-8 as the official clients do, a space as `%20`. Half a surrogate pair, for which
 * `encodeURIComponent` throws, is sent as U+FFFD.
 */
export function percentEncode(text: string): string {
  return PLAIN.test(text) ? text : encodeURIComponent(wellFormed(text));
}
