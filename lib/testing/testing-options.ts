import { TrackingConfigError } from '../config/tracking-config.error.js';
import { isObject } from '../event/json-values.js';
import { isUsable, normaliseIdentity } from '../identity/normalise-identity.js';
import { testingMessages } from './testing.messages.js';
import type { EventBufferFactory } from '../buffer/event-buffer.js';
import type { IdentityInput } from '../event/identity.js';
import type { Clock } from '../host/clock.js';
import type { TrackingModuleOptions } from '../options/module-options.js';
import type { FakeDestination } from './fake-destination.js';

/** Options of both entries to the test kit; all optional. */
export interface TestTrackingOptions {
  /**
   * The identity of events for which the application finds no person. `null` or `false`: none, so that such events are
   * rejected as in production. Default `{ userId: 'test-user' }`.
   */
  readonly identity?: IdentityInput | null | false | undefined;
  /** The clock: a `TestClock`. Default: the system clock. */
  readonly clock?: Clock | undefined;
  /** Where pending events are kept. Default `memory()`, whatever the application uses. */
  readonly buffer?: EventBufferFactory | undefined;
  /** False: tracking is off. Default true, even if the application has turned it off. */
  readonly enabled?: boolean | undefined;
  /** Further options of the module, in place of the application's: `{ retry: { minDelayMs: 10 } }`. */
  readonly options?: Partial<Omit<TrackingModuleOptions, 'destinations' | 'buffer' | 'enabled'>> | undefined;
}

/** Options of `overrideTracking()`. */
export interface OverrideTrackingOptions extends TestTrackingOptions {
  /**
   * Fake destinations, each in place of the application's destination of the same name. All others accept every event.
   */
  readonly destinations?: readonly FakeDestination[] | undefined;
}

/** Options of `TrackingTestingModule.forRoot()`. */
export interface TrackingTestingModuleOptions extends TestTrackingOptions {
  /** Fake destinations, or names of destinations that accept every event. Default `['test']`. */
  readonly destinations?: readonly (FakeDestination | string)[] | undefined;
}

interface Rule {
  readonly expects: string;
  readonly fits: (value: unknown) => boolean;
}

const RULES: Readonly<Record<keyof TrackingTestingModuleOptions, Rule>> = {
  identity: {
    expects: 'an object with `userId` or `anonymousId`, or null for no person',
    fits: (value) => value === null || value === false || isIdentity(value),
  },
  clock: { expects: 'a TestClock', fits: (value) => has(value, 'after') },
  destinations: { expects: 'an array, such as [fakeDestination()]', fits: Array.isArray },
  buffer: { expects: 'the result of memory() or journal()', fits: (value) => has(value, 'create') },
  enabled: { expects: 'true or false', fits: (value) => typeof value === 'boolean' },
  options: { expects: 'an object with options of the TrackingModule', fits: isObject },
};

/**
 * Checks the options of a test under the names that the test uses, which differ from the module's.
 *
 * @param where the function that the test called
 * @throws TrackingConfigError for the first option that cannot work
 */
export function checkTestOptions(where: string, test: unknown): void {
  if (!isObject(test)) throw bad(where, 'options', 'an object');
  const known = Object.keys(RULES);
  for (const [option, value] of Object.entries(test)) {
    if (!known.includes(option)) {
      throw new TrackingConfigError(option, testingMessages.unknownOption(where, option, known));
    }
    const { expects, fits } = RULES[option as keyof typeof RULES];
    if (value !== undefined && !fits(value)) throw bad(where, option, expects);
  }
}

function bad(where: string, option: string, expects: string): TrackingConfigError {
  return new TrackingConfigError(option, testingMessages.badOption(where, option, expects));
}

function isIdentity(value: unknown): boolean {
  return (
    isObject(value) &&
    Object.keys(value).every((key) => key === 'userId' || key === 'anonymousId') &&
    isUsable(normaliseIdentity(value))
  );
}

function has(value: unknown, method: string): boolean {
  return isObject(value) && typeof value[method] === 'function';
}
