import type { BrowserIds, Destination, TrackingEvent } from '../../lib/index.js';
import { fromPosthogCookie } from '../../lib/index.js';

/** The parts of an event that the platform below gets. */
export interface ShownEvent extends Omit<TrackingEvent, 'lanes'> {
  readonly browser?: BrowserIds;
}

/** A destination of the application with PostHog's resolver, which sends every part of an event that it gets. */
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
