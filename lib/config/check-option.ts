import { TrackingConfigError } from './tracking-config.error.js';

/** One message form for every bad option: what it is called, what it got, what it wants. */
export function badOption(option: string, got: unknown, wants: string): TrackingConfigError {
  return new TrackingConfigError(
    option,
    `TrackingModule: option \`${option}\` is ${describe(got)}; expected ${wants}.`,
  );
}

/** The same for a secret, of which only the type and length may be told. */
export function badSecret(option: string, got: unknown, wants: string): TrackingConfigError {
  const seen =
    typeof got === 'string' && got !== ''
      ? `a string of ${got.length} characters`
      : typeof got === 'number' || typeof got === 'bigint'
        ? `a ${typeof got}`
        : describe(got);
  return new TrackingConfigError(
    option,
    `TrackingModule: option \`${option}\` is ${seen}; expected ${wants}.`,
  );
}

/** Throws for a member that no option has, with the nearest names. */
export function checkKeys(option: string, value: unknown, known: readonly string[]): void {
  if (value === undefined) return;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badOption(option, value, 'an object');
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) {
      const path = option === '' ? key : `${option}.${key}`;
      throw new TrackingConfigError(
        path,
        `TrackingModule: option \`${path}\` is unknown; expected one of ${known.join(', ')}.`,
      );
    }
  }
}

/** Throws unless `value` is undefined or a whole number within bounds. */
export function checkCount(option: string, value: unknown, min: number, max = Number.MAX_SAFE_INTEGER): void {
  if (value === undefined) return;
  if (!Number.isSafeInteger(value) || (value as number) < min || (value as number) > max) {
    const wants =
      max === Number.MAX_SAFE_INTEGER
        ? `a whole number of at least ${min}`
        : `a whole number from ${min} to ${max}`;
    throw badOption(option, value, wants);
  }
}

/** Throws unless `value` is undefined or a non-empty string. */
export function checkText(option: string, value: unknown): void {
  if (value !== undefined && (typeof value !== 'string' || value === ''))
    throw badOption(option, value, 'a non-empty string');
}

/** Throws unless `value` is undefined or a function. */
export function checkFunction(option: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function') throw badOption(option, value, 'a function');
}

/** Throws unless `value` is undefined or a boolean. */
export function checkFlag(option: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'boolean') throw badOption(option, value, 'true or false');
}

/** Throws unless `value` is an absolute http or https URL. */
export function checkUrl(option: string, value: unknown): void {
  const wants = 'an absolute http:// or https:// URL';
  if (typeof value !== 'string') throw badOption(option, value, wants);
  let url: URL;
  try {
    url = new URL(value);
  } catch {
    throw badSecret(option, value, wants);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw badSecret(option, value, wants);
}

function describe(value: unknown): string {
  if (typeof value === 'string')
    return value === '' ? 'an empty string' : `'${value.length > 40 ? `${value.slice(0, 40)}…` : value}'`;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value);
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
