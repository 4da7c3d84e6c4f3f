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
