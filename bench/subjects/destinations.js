import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import * as library from '../../dist/esm/index.js';
import { EVENT, USER } from '../order.js';

/** Each destination of the library, one at a time, with the same settings: batches of 500 where the platform takes as many, no gzip. */
export const label = 'destination';

const { TrackingModule, TrackingService, memory } = library;
const MB = 1024 * 1024;
const KEY = 'b8f5d3a1c0e9274655aa0b1c2d3e4f5061728394';
let clients = 0;

/** A factory and its options: whatever it requires, with every request to the collector. A new destination gets a row here. */
const DESTINATIONS = {
  webhook: { options: (url) => ({ url }) },
  kissmetrics: { options: (url) => ({ apiKey: KEY, endpoint: url }) },
  segment: { options: (url) => ({ writeKey: KEY, region: 'us', endpoint: url, gzip: false }) },
  rudderstack: { options: (url) => ({ writeKey: KEY, dataPlaneUrl: url, gzip: false }) },
  jitsu: { options: (url) => ({ writeKey: KEY, host: url }) },
  customerio: { options: (url) => ({ writeKey: KEY, region: 'us', endpoint: url }) },
  posthog: { options: (url) => ({ apiKey: KEY, host: url, gzip: false }) },
  'posthog-v1': {
    factory: 'posthog',
    options: (url) => ({ apiKey: KEY, host: url, gzip: false, capture: 'v1' }),
  },
  mixpanel: { options: (url) => ({ token: KEY, region: 'us', endpoint: url, gzip: false }) },
  amplitude: { options: (url) => ({ apiKey: KEY, endpoint: url, gzip: false }) },
  googleAnalytics: {
    options: (url) => ({
      measurementId: 'G-ABCDEF1234',
      apiSecret: KEY,
      endpoint: url,
      // A request has one client, and an order seldom has another one of the same client beside it.
      clientId: () => `${++clients}.1767225600`,
    }),
  },
  snowplow: {
    options: (url) => ({
      collector: url,
      appId: 'bench',
      namespace: 'bench',
      schemas: { [EVENT]: 'iglu:com.example/order_completed/jsonschema/1-0-0' },
    }),
  },
  meta: { options: (url) => ({ datasetId: '1234567890', accessToken: KEY, endpoint: url }) },
};

const known = Object.entries(DESTINATIONS)
  .map(([name, { factory = name, options }]) => [name, library[factory], options])
  .filter(([, make]) => make !== undefined);

/** The destinations that this build has, by name. */
export const settings = Object.fromEntries(
  known.map(([name]) => [name, 'its defaults without gzip, batches of at most 500']),
);

export async function create({ url, setting }) {
  const [, make, options] = known.find(([name]) => name === setting);
  class AppModule {}
  Module({
    imports: [
      TrackingModule.forRoot({
        destinations: [make(options(url))],
        // Room for a whole burst, so that delivery is measured and not the bound.
        buffer: memory({ maxEvents: 400_000, maxBytes: 512 * MB }),
      }),
    ],
  })(AppModule);
  const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
  const tracking = app.get(TrackingService);
  return {
    track: (order) => tracking.track(EVENT, order, { userId: USER }),
    flush: () => tracking.flush({ timeoutMs: 60_000 }),
    stats: () => tracking.stats(),
    close: () => app.close(),
  };
}
