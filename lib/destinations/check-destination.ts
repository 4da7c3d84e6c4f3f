import { badChoice, badOption, checkCount, checkKeys, memberPath } from '../config/check-option.js';
import { TrackingConfigError } from '../config/tracking-config.error.js';
import type { DestinationLimits } from './destination.js';
import { checkHeaders } from './own-headers.js';
import { userInUrl } from './destination.messages.js';

/** The options that every destination has. */
const SHARED_OPTIONS = [
  'name',
  'batch',
  'concurrency',
  'timeoutMs',
  'dispatcher',
  'headers',
  'allowProperties',
] as const;

const MAX_CONCURRENCY = 1_024;
/** Longest deadline of one attempt: an hour that nobody waits for is a typing error. */
const MAX_TIMEOUT_MS = 3_600_000;

/** What a destination's options are checked against. */
export interface DestinationRules {
  /** Names of the destination's own options. */
  readonly own: readonly string[];
  /** What `batch` must stay within. */
  readonly limits: DestinationLimits;
  /** Headers that the destination sets itself, in lower case. Default: none. */
  readonly headers?: readonly string[];
  /** False: credentials may be missing. */
  readonly credentials: boolean;
}

/**
 * Checks the shape of a destination's options and those that all destinations share.
 *
 * @param path where the destination stands, such as `destinations[0]`
 * @param given what the factory was called with, whatever it was
 * @returns the options, now known to be an object
 * @throws TrackingConfigError
 */
export function checkDestination(
  path: string,
  given: unknown,
  { own, limits, headers = [], credentials }: DestinationRules,
): Readonly<Record<string, unknown>> {
  // The most likely wrong value is the bare key, so it is never shown.
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw badOption(path, given, `an object with the options ${[...own, ...SHARED_OPTIONS].join(', ')}`);
  }
  checkKeys(path, given, [...own, ...SHARED_OPTIONS]);
  const options = given as Readonly<Record<string, unknown>>;
  checkName(`${path}.name`, options['name']);
  checkBatch(`${path}.batch`, options['batch'], limits);
  checkCount(`${path}.concurrency`, options['concurrency'], 1, MAX_CONCURRENCY);
  checkCount(`${path}.timeoutMs`, options['timeoutMs'], 1, MAX_TIMEOUT_MS);
  checkHeaders(`${path}.headers`, options['headers'], credentials, headers);
  checkAllowedProperties(`${path}.allowProperties`, options['allowProperties']);
  return options;
}

/** Checks the names of the properties that a destination may have. @throws TrackingConfigError */
export function checkAllowedProperties(option: string, value: unknown): void {
  if (value === undefined) return;
  if (Array.isArray(value)) return checkNames(option, value);
  if (typeof value !== 'object' || value === null) {
    throw badOption(option, value, 'an array of property names, or an object of such arrays by event name');
  }
  for (const [event, names] of Object.entries(value)) checkNames(memberPath(option, event), names);
}

function checkNames(option: string, names: unknown): void {
  if (!Array.isArray(names)) throw badOption(option, names, 'an array of property names');
  names.forEach((name, index) => {
    if (typeof name !== 'string' || name === '') {
      throw badOption(`${option}[${index}]`, name, "a property's name");
    }
  });
}

/** A name stands in options, logs, metrics and file names: no character that any of them would have to escape. */
function checkName(option: string, value: unknown): void {
  if (value === undefined) return;
  if (typeof value !== 'string' || !/^[\w.-]{1,100}$/.test(value)) {
    throw badOption(option, value, 'a name of 1 to 100 letters, digits, `_`, `.` or `-`');
  }
}

function checkBatch(option: string, value: unknown, limits: DestinationLimits): void {
  checkKeys(option, value, ['maxEvents', 'maxBytes', 'maxDelayMs']);
  if (value === undefined) return;
  const batch = value as Readonly<Record<string, unknown>>;
  const maxEvents = batch['maxEvents'];
  if (limits.maxEvents === 1 && maxEvents !== undefined && maxEvents !== 1) {
    throw badChoice(
      `${option}.maxEvents`,
      maxEvents,
      '1 or nothing: this platform takes one operation per request',
    );
  }
  checkCount(`${option}.maxEvents`, maxEvents, 1, limits.maxEvents);
  checkCount(`${option}.maxBytes`, batch['maxBytes'], 1, limits.maxBytes);
  checkCount(`${option}.maxDelayMs`, batch['maxDelayMs'], 0, MAX_TIMEOUT_MS);
}

/**
 * Refuses user and password in a URL: they would be sent nowhere, and a URL is repeated in more places than a header.
 * Call it after `checkUrl`. The message never shows the URL.
 */
export function checkNoUserInfo(option: string, url: string, remedy: string): void {
  const { username, password } = new URL(url);
  if (username !== '' || password !== '') {
    throw new TrackingConfigError(option, userInUrl(option, remedy));
  }
}
