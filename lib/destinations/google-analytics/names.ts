import { remembered } from '../remembered.js';
import type { ParamChange } from './google-analytics.messages.js';

const MAX_NAME = 40;

const MAX_USER_PROPERTY_NAME = 24;

const RESERVED_EVENTS: ReadonlySet<string> = new Set([
  'ad_activeview',
  'ad_click',
  'ad_exposure',
  'ad_impression',
  'ad_query',
  'adunit_exposure',
  'app_clear_data',
  'app_install',
  'app_remove',
  'app_update',
  'error',
  'first_open',
  'first_visit',
  'in_app_purchase',
  'notification_dismiss',
  'notification_foreground',
  'notification_open',
  'notification_receive',
  'os_update',
  'screen_view',
  'session_start',
  'user_engagement',
]);

/** Prefixes that Google reserves; of events also `_` and `gtag.`. */
const RESERVED_PREFIXES = ['google_', 'ga_', 'firebase_'];

const RESERVED_USER_PROPERTIES: ReadonlySet<string> = new Set([
  'first_open_time',
  'first_visit_time',
  'last_deep_link_referrer',
  'user_id',
  'first_open_after_install',
]);

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
