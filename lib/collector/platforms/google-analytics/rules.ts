import { isObject, type UnknownObject } from '../reading/json.js';
import * as messages from './google-analytics.messages.js';

export const MAX_EVENTS = 25;
export const MAX_BODY_BYTES = 130_000;
export const MAX_USER_ID = 256;
export const MAX_AGE_MS = 72 * 3_600_000;

const MAX_PARAMS = 25;
const MAX_VALUE = 100;
const LONG_VALUES: Readonly<Partial<Record<string, number>>> = {
  page_title: 300,
  page_referrer: 420,
  page_location: 1_000,
};
const MAX_USER_PROPERTY_NAME = 24;
const MAX_USER_PROPERTY_VALUE = 36;
const NAME = /^[a-z]\w{0,39}$/i;
const RESERVED_PREFIX = /^(?:google_|ga_|firebase_)/;

// prettier-ignore
const RESERVED_EVENTS: ReadonlySet<string> = new Set([
  'ad_activeview', 'ad_click', 'ad_exposure', 'ad_impression', 'ad_query', 'adunit_exposure', 'app_clear_data',
  'app_install', 'app_update', 'app_remove', 'error', 'first_open', 'first_visit', 'in_app_purchase',
  'notification_dismiss', 'notification_foreground', 'notification_open', 'notification_receive', 'os_update',
  'screen_view', 'session_start', 'user_engagement',
]);
const RESERVED_USER_PROPERTIES: ReadonlySet<string> = new Set([
  'first_open_time',
  'first_visit_time',
  'last_deep_link_referrer',
  'user_id',
  'first_open_after_install',
]);

export function nameFindings(name: unknown): messages.Finding[] {
  if (typeof name !== 'string' || !NAME.test(name)) return [messages.badName];
  return RESERVED_EVENTS.has(name) || RESERVED_PREFIX.test(name) ? [messages.reservedName] : [];
}

export function paramFindings(params: unknown): messages.Finding[] {
  if (params === undefined) return [];
  if (!isObject(params)) return [messages.badParams];
  const names = Object.keys(params);
  const findings: messages.Finding[] = [];
  if (names.length > MAX_PARAMS) findings.push(messages.manyParams);
  if (names.some((name) => !NAME.test(name) || RESERVED_PREFIX.test(name)))
    findings.push(messages.badParamName);
  if (names.some((name) => isLong(name, params[name]))) findings.push(messages.longValue);
  return findings;
}

function isLong(name: string, value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const limit = Object.hasOwn(LONG_VALUES, name) ? LONG_VALUES[name] : undefined;
  return value.length > (limit ?? MAX_VALUE);
}

export function userPropertyFindings(properties: UnknownObject): messages.Finding[] {
  const entries = Object.entries(properties);
  const findings: messages.Finding[] = [];
  if (entries.length > MAX_PARAMS) findings.push(messages.manyUserProperties);
  if (entries.some(([name, each]) => !isUserProperty(name, each))) findings.push(messages.badUserProperties);
  return findings;
}

function isUserProperty(name: string, given: unknown): boolean {
  const isName = NAME.test(name) && name.length <= MAX_USER_PROPERTY_NAME;
  if (!isName || RESERVED_USER_PROPERTIES.has(name) || RESERVED_PREFIX.test(name)) return false;
  if (!isObject(given) || given['value'] === undefined) return false;
  const { value } = given;
  return typeof value !== 'string' || value.length <= MAX_USER_PROPERTY_VALUE;
}
