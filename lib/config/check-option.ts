import { counted } from '../event/counted.js';
import { isObject } from '../event/json-values.js';
import { kindOf } from '../event/kind-of.js';
import { configMessages } from './config.messages.js';
import { TrackingConfigError } from './tracking-config.error.js';

/** Longest text that {@link badChoice} shows: too short to reveal a useful part of a secret. */
const MAX_SHOWN = 7;
/** A plain member name. Keys and tokens have digits and signs. */
const PLAIN_NAME = /^(?=.{1,40}$)[a-z]+(?:[ -][a-z]+)*$/i;

/**
 * One message form for every bad option: its name, the kind of value it got, the expected value. It never shows a text or
 * number, because a wrong environment variable can put a secret into any option.
 */
export function badOption(option: string, got: unknown, wants: string): TrackingConfigError {
  return optionError(
    option,
    typeof got === 'number' || typeof got === 'bigint' ? `a ${typeof got}` : seenAs(got),
    wants,
  );
}

/** The same for an option that takes a number, a flag or one of a few words: numbers and short texts are shown. */
export function badChoice(option: string, got: unknown, wants: string): TrackingConfigError {
  const isShort = typeof got === 'string' && got !== '' && got.length <= MAX_SHOWN;
  return optionError(option, isShort ? `'${got}'` : seenAs(got), wants);
}

/** The error itself; `seen` must not show a text that may be a secret. */
export function optionError(option: string, seen: string, wants: string): TrackingConfigError {
  return new TrackingConfigError(option, configMessages.bad(option, seen, wants));
}

/** The path of a member that the application named. The name is left out if it may be a misplaced secret. */
export function memberPath(option: string, name: string): string {
  if (!PLAIN_NAME.test(name)) return `${option}[a name of ${name.length} characters]`;
  if (name.includes(' ')) return `${option}['${name}']`;
  return option === '' ? name : `${option}.${name}`;
}

/** Throws for an unknown member, and suggests the nearest names. */
export function checkKeys(option: string, value: unknown, known: readonly string[]): void {
  if (value === undefined) return;
  if (!isObject(value)) throw badOption(option, value, 'an object');
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) {
      const path = memberPath(option, key);
      throw new TrackingConfigError(path, configMessages.unknown(path, known));
    }
  }
}

/** Throws unless `value` is undefined or a whole number within bounds. */
export function checkCount(option: string, value: unknown, min: number, max = Number.MAX_SAFE_INTEGER): void {
  if (value === undefined) return;
  if (!Number.isSafeInteger(value) || (value as number) < min || (value as number) > max) {
    throw badChoice(option, value, wholeNumber(min, max));
  }
}

/** The sentence about a whole number within bounds. */
export function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER): string {
  return max === Number.MAX_SAFE_INTEGER
    ? `a whole number of at least ${min}`
    : `a whole number from ${min} to ${max}`;
}

/** Throws unless `value` is undefined or a function. */
export function checkFunction(option: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function') throw badOption(option, value, 'a function');
}

/** Throws unless `value` is undefined or a boolean. */
export function checkFlag(option: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'boolean') throw badChoice(option, value, 'true or false');
}

/** Throws unless `value` is an absolute http or https URL. */
export function checkUrl(option: string, value: unknown): void {
  const wants = 'an absolute http:// or https:// URL';
  if (typeof value !== 'string' || !URL.canParse(value)) throw badOption(option, value, wants);
  if (!/^https?:$/.test(new URL(value).protocol)) throw badOption(option, value, wants);
}

/** The kind of a value; a number or flag itself, and the length of a text. */
export function seenAs(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value === '' ? 'an empty string' : `a string of ${counted(value.length, 'character')}`;
    case 'number':
    case 'boolean':
    case 'bigint':
    case 'undefined':
      return String(value);
    default:
      return Array.isArray(value) && value.length === 0 ? 'an empty array' : kindOf(value);
  }
}
