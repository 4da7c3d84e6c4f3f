import { isAddress } from '../../../host/private-hosts.js';
import type { ReadEvent } from '../../platform.js';
import { isObject, objectOf, textOf, type UnknownObject } from '../reading/json.js';
import { unreadable } from '../reading/reading.js';
import * as messages from './meta.messages.js';

const MAX_AGE_MS = 7 * 24 * 3_600_000;
/** Seconds of the year 5138: a larger number is in milliseconds. */
const MAX_SECONDS = 99_999_999_999;
const HASH = /^[\da-f]{64}$/;
/** Newer libraries add a part. */
const PIXEL_ID = /^fb\.\d+\.\d+\.\d+(?:\.[\w-]+)?$/;
const CLICK_ID = /^fb\.\d+\.\d+\.[^\s]+$/;
const HASHED = ['em', 'ph', 'fn', 'ln', 'db', 'ge', 'ct', 'st', 'zp', 'country'] as const;
/** Members by which Meta finds a person. */
const PERSONAL = [...HASHED, 'external_id', 'client_ip_address', 'client_user_agent', 'fbc', 'fbp'] as const;
// prettier-ignore
const SOURCES: ReadonlySet<unknown> = new Set([
  'website', 'system_generated', 'app', 'email', 'phone_call', 'physical_store', 'chat', 'other',
]);

/** Reads an event. The first `external_id` (mostly a hash) is the `userId`, `fbp` the `anonymousId`: the cookie of the pixel. */
export function readServerEvent(item: unknown, receivedAt: number): ReadEvent {
  if (!isObject(item)) return unreadable(messages.notAnObject);
  const { event_name: name, event_time: seconds, custom_data: custom } = item;
  const user = objectOf(item['user_data']);
  const id = textOf(item['event_id']);
  const isTime = Number.isInteger(seconds) && (seconds as number) > 0 && (seconds as number) <= MAX_SECONDS;
  const time = isTime ? (seconds as number) * 1_000 : null;

  const faults: string[] = [];
  if (textOf(name) === null) faults.push(messages.noName);
  if (time === null) faults.push(messages.badTime);
  else if (receivedAt - time > MAX_AGE_MS) faults.push(messages.oldTime);
  if (!SOURCES.has(item['action_source'])) faults.push(messages.badSource);
  if (item['action_source'] === 'website' && !isOfWebsite(item, user)) faults.push(messages.noWebsite);
  if (custom !== undefined && !isObject(custom)) faults.push(messages.badCustomData);
  addPersonFaults(user, faults);

  return {
    kind: name === 'PageView' ? 'page' : 'track',
    name: textOf(name) ?? '',
    id,
    userId: valuesOf(user['external_id']).map(textOf)[0] ?? null,
    anonymousId: textOf(user['fbp']),
    time,
    properties: shown(item),
    outcome: faults.length === 0 ? 'delivered' : 'rejected',
    problems: id === null ? [...faults, messages.noId] : faults,
    repetition: id === null ? undefined : `${id} ${textOf(name)}`,
  };
}

function addPersonFaults(user: UnknownObject, faults: string[]): void {
  if (!PERSONAL.some((name) => isGiven(user[name]))) faults.push(messages.noPerson);
  const hashes = HASHED.flatMap((name) => (isGiven(user[name]) ? valuesOf(user[name]) : []));
  if (hashes.some((each) => typeof each !== 'string' || !HASH.test(each))) faults.push(messages.notHashed);
  const { fbp, fbc, client_ip_address: address } = user;
  if (fbp !== undefined && !isText(fbp, PIXEL_ID)) faults.push(messages.badPixelId);
  if (fbc !== undefined && !isText(fbc, CLICK_ID)) faults.push(messages.badClickId);
  if (address !== undefined && (typeof address !== 'string' || !isAddress(address)))
    faults.push(messages.badAddress);
}

function isOfWebsite(item: UnknownObject, user: UnknownObject): boolean {
  return textOf(item['event_source_url']) !== null && textOf(user['client_user_agent']) !== null;
}

function isText(value: unknown, form: RegExp): boolean {
  return typeof value === 'string' && form.test(value);
}

function isGiven(value: unknown): boolean {
  const isEmpty = Array.isArray(value) && value.length === 0;
  return value !== undefined && value !== null && value !== '' && !isEmpty;
}

/** One value, or several in a list. */
function valuesOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [value];
}

/** Without `user_data`: these are hashes, and the ids are shown on their own. */
function shown({
  custom_data: custom,
  action_source: source,
  event_source_url: url,
  opt_out: out,
}: UnknownObject) {
  return {
    ...objectOf(custom),
    ...(source !== undefined && { action_source: source }),
    ...(url !== undefined && { event_source_url: url }),
    ...(out !== undefined && { opt_out: out }),
  };
}
