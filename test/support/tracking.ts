import type { Admission, Destination } from '../../lib/destinations/destination.js';
import type { TrackingEvent } from '../../lib/event/tracking-event.js';
import type { TrackingModuleOptions } from '../../lib/options/module-options.js';
import { resolveOptions } from '../../lib/options/resolve-options.js';
import { TrackingRuntime } from '../../lib/runtime/tracking.runtime.js';
import { TrackingService } from '../../lib/tracking.service.js';
import { ManualClock } from './manual-clock.js';
import { PlatformDispatcher } from './platform-dispatcher.js';
import { aLog } from './spoken-log.js';
import type { Spoken } from './spoken-log.js';

const HOUR_MS = 3_600_000;

/** A destination that keeps its events, and sends an array of ids. */
export class Shop implements Destination {
  readonly kind = 'shop';
  /** Events as they were accepted. */
  readonly events: TrackingEvent[] = [];
  concurrency?: number;
  maxAgeMs?: number;
  limits = { maxEvents: 500, maxBytes: 20_000_000, maxEventBytes: 20_000_000 };
  batch = { maxEvents: 500, maxBytes: 20_000_000, maxDelayMs: HOUR_MS };

  constructor(
    readonly name = 'shop',
    members: Partial<Destination> = {},
  ) {
    Object.assign(this, members);
  }

  accept(event: TrackingEvent): Admission {
    this.events.push(event);
    return undefined;
  }

  encode(batch: readonly { readonly event: TrackingEvent }[]) {
    return {
      method: 'POST' as const,
      url: `http://${this.name}.example/events`,
      body: JSON.stringify(batch.map(({ event }) => event.id)),
    };
  }
}

/** Tracking without Nest, in the test's time and with a simulated platform. */
export interface Tracking {
  readonly service: TrackingService;
  readonly runtime: TrackingRuntime;
  readonly clock: ManualClock;
  readonly spoken: Spoken;
  readonly shop: Shop;
  readonly platform: PlatformDispatcher;
}

/** Starts it. Events are sent after an hour, or by a flush. */
export function tracking(options: Partial<TrackingModuleOptions> = {}, clock = new ManualClock()): Tracking {
  const shop = new Shop();
  const platform = new PlatformDispatcher(clock);
  const { log, spoken } = aLog(() => clock.monotonic());
  const resolved = resolveOptions({ destinations: [shop], dispatcher: platform, ...options });
  const runtime = new TrackingRuntime(resolved, clock, log);
  return { service: new TrackingService(runtime), runtime, clock, spoken, shop, platform };
}

/** A person for events. */
export const ANN = { userId: 'ann' } as const;
