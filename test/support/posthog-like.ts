import type { BrowserIds, Destination, TrackingEvent } from '../../lib/index.js';
import { fromPosthogCookie } from '../../lib/index.js';

/** What the platform below gets of an event. */
export interface ShownEvent extends Omit<TrackingEvent, 'lanes'> {
  readonly browser?: BrowserIds;
}

/** A platform of the application's own, with PostHog's reader: it is sent all that a destination gets of an event. */
export function posthogLike(url: string, name = 'posthog', resolvers = [fromPosthogCookie()]): Destination {
  return {
    name,
    resolvers,
    batch: { maxDelayMs: 0 },
    encode: (batch) => ({
      method: 'POST',
      url,
      body: JSON.stringify(batch.map(({ event, browser }) => ({ ...event, browser }))),
    }),
  };
}
