import type { EventBufferFactory } from '../buffer/event-buffer.js';
import type { IdentityInput } from '../event/identity.js';
import type { Clock } from '../host/clock.js';
import type { TrackingModuleOptions } from '../options.js';
import type { FakeDestination } from './fake-destination.js';

/** What both ways into the test kit take, all of it optional. */
export interface TestTrackingOptions {
  /**
   * Whom events are about that nobody is known for, after all that the application knows; null or false: nobody, so that
   * they are refused as in production. Default `{ userId: 'test-user' }`.
   */
  readonly identity?: IdentityInput | null | false;
  /** The time: a `TestClock`. Default: the machine's. */
  readonly clock?: Clock;
  /** What waits, and where. Default `memory()`, whatever the application has. */
  readonly buffer?: EventBufferFactory;
  /** False: tracking is off, as an application may turn it off. Default true, also where the application has turned it off. */
  readonly enabled?: boolean;
  /** Further options of the module, in place of the application's: `{ retry: { minDelayMs: 10 } }`. */
  readonly options?: Partial<Omit<TrackingModuleOptions, 'destinations' | 'buffer' | 'enabled'>>;
}

/** What `overrideTracking()` takes. */
export interface OverrideTrackingOptions extends TestTrackingOptions {
  /** Fake destinations, each in the place of the application's destination of the same name. The others take everything. */
  readonly destinations?: readonly FakeDestination[];
}

/** What `TrackingTestingModule.forRoot()` takes. */
export interface TrackingTestingModuleOptions extends TestTrackingOptions {
  /** Fake destinations, or names of destinations that take everything. Default `['test']`. */
  readonly destinations?: readonly (FakeDestination | string)[];
}
