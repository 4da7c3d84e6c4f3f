import { TrackingConfigError } from '../config/tracking-config.error.js';
import { isUsable, normaliseIdentity } from '../identity/normalise-identity.js';
import { testingMessages } from './testing.messages.js';
import type { TrackingTestingModuleOptions } from './testing-options.js';

const KNOWN = ['identity', 'clock', 'destinations', 'buffer', 'enabled', 'options'];

/**
 * Checks what a test gave, by the names that the test wrote: what it comes to among the module's own options has others.
 *
 * @param where what the test called
 * @throws TrackingConfigError for the first one that cannot work
 */
export function checkTestOptions(where: string, test: TrackingTestingModuleOptions): void {
  const refuse = (option: string, wants: string): never => {
    throw new TrackingConfigError(option, testingMessages.badOption(where, option, wants));
  };
  if (!isObject(test)) refuse('options', 'an object');
  for (const key of Object.keys(test)) {
    if (!KNOWN.includes(key)) {
      throw new TrackingConfigError(key, testingMessages.unknownOption(where, key, KNOWN));
    }
  }
  const { identity, clock, destinations, buffer, enabled, options } = test;
  if (identity !== undefined && identity !== null && identity !== false && !isIdentity(identity)) {
    refuse('identity', 'an object with `userId` or `anonymousId`, or null for nobody');
  }
  if (clock !== undefined && !has(clock, 'after')) refuse('clock', 'a TestClock');
  if (destinations !== undefined && !Array.isArray(destinations)) {
    refuse('destinations', 'an array, such as [fakeDestination()]');
  }
  if (buffer !== undefined && !has(buffer, 'create')) {
    refuse('buffer', 'what memory() or journal() returns');
  }
  if (enabled !== undefined && typeof enabled !== 'boolean') refuse('enabled', 'true or false');
  if (options !== undefined && !isObject(options)) {
    refuse('options', 'an object with options of the TrackingModule');
  }
}

function isIdentity(value: unknown): boolean {
  return (
    isObject(value) &&
    Object.keys(value).every((key) => key === 'userId' || key === 'anonymousId') &&
    isUsable(normaliseIdentity(value))
  );
}

function has(value: unknown, method: string): boolean {
  return isObject(value) && typeof (value as Record<string, unknown>)[method] === 'function';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
