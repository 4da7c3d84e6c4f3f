import { remembered } from '../remembered.js';
import {
  MAX_NAME,
  MAX_USER_PROPERTY_NAME,
  RESERVED_EVENTS,
  RESERVED_PREFIXES,
  RESERVED_USER_PROPERTIES,
} from './google-analytics-limits.js';
import type { ParamChange } from './google-analytics.messages.js';

export interface WireName {
  /** Empty if Google accepts no form of it. */
  readonly text: string;
  readonly changes: readonly ParamChange[];
}

const UNUSABLE: WireName = { text: '', changes: ['unusable_name'] };
const WORD = /\w/;
/** Without them, two names could become one. */
const LETTERS_OUTSIDE_ASCII = /(?![A-Za-z\d])[\p{L}\p{N}\p{M}]/u;

/** The name of an event. Empty also for names that Google reserves. */
export const eventName = remembered((raw) => {
  if (raw.startsWith('_') || raw.startsWith('gtag.')) return UNUSABLE;
  return wireName(raw, MAX_NAME, RESERVED_EVENTS);
});

/** The name of a parameter, or of a member of an item. Leading underscores are removed. */
export const paramName = remembered((raw) => wireName(raw.replace(/^_+/, ''), MAX_NAME, new Set(), raw));

export const userPropertyName = remembered((raw) =>
  wireName(raw.replace(/^_+/, ''), MAX_USER_PROPERTY_NAME, RESERVED_USER_PROPERTIES, raw),
);

/** Letters and digits, joined by underscores: `Order Completed` is `Order_Completed`, as at Segment and RudderStack. */
function wireName(name: string, maxLength: number, reserved: ReadonlySet<string>, raw = name): WireName {
  if (LETTERS_OUTSIDE_ASCII.test(name)) return UNUSABLE;
  const changes: ParamChange[] = [];
  let text = trimmed(name).replace(/\W+/g, '_');
  if (text !== raw) changes.push('characters');
  if (text.length > maxLength) {
    text = text.slice(0, maxLength);
    changes.push('long_name');
  }
  const isReserved = reserved.has(text) || RESERVED_PREFIXES.some((prefix) => text.startsWith(prefix));
  return isReserved || !/^[A-Za-z]/.test(text) ? UNUSABLE : { text, changes };
}

/** The name without signs at its ends. A regular expression would take the square of the length. */
function trimmed(name: string): string {
  let start = 0;
  let end = name.length;
  while (start < end && !WORD.test(name.charAt(start))) start++;
  while (end > start && !WORD.test(name.charAt(end - 1))) end--;
  return name.slice(start, end);
}
