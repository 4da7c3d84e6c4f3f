import { expect, test } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { Module } from '@nestjs/common';
import { kissmetrics, TrackingModule, TrackingService } from '../../lib/index.js';
import { startCollector } from '../../sample-app/collector/start-collector.js';
import { expectAccounted } from '../support/accounting.js';

const LATENCY_MS = 50;
const EVENTS = 320;

test('a host 50 ms away gets every event once, 32 at a time, and stats() tells what it can take', async () => {
  const collector = await startCollector({ port: 0, latencyMs: LATENCY_MS });
  @Module({
    imports: [
      TrackingModule.forRoot({
        destinations: [
          kissmetrics({ apiKey: '0123456789abcdef0123456789abcdef01234567', endpoint: collector.url }),
        ],
      }),
    ],
  })
  class AppModule {}
  const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
  const tracking = app.get(TrackingService);
  for (let i = 0; i < EVENTS; i++) tracking.track('Signed Up', { plan: 'pro' }, { userId: `user-${i}` });
  await tracking.flush();

  const stats = tracking.stats();
  expectAccounted(stats);
  const { delivered, attempts, capacityPerSecond } = stats.lanes['kissmetrics']!;
  expect({ delivered, attempts }).toEqual({ delivered: EVENTS, attempts: EVENTS });
  expect(collector.stats()).toMatchObject({ received: EVENTS, events: { counted: EVENTS, duplicates: 0 } });
  // In flight divided by the round trip, which is no shorter than the latency but for what a timer may be early.
  expect(capacityPerSecond).toBeGreaterThan(0);
  expect(capacityPerSecond).toBeLessThanOrEqual((32 * 1_000) / (LATENCY_MS - 5));
  await app.close();
  await collector.close();
});
