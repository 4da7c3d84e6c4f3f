import { expect, test } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { Module } from '@nestjs/common';
import { kissmetrics, TrackingModule, TrackingService } from '../../lib/index.js';
import type { StatsResponse } from '../../lib/collector/api/responses.js';
import { ACollector } from '../collector/a-collector.js';
import { expectAccounted } from '../support/accounting.js';

const LATENCY_MS = 50;
const EVENTS = 320;

test('a host 50 ms away gets every event once, 32 at a time, and stats() shows its capacity', async () => {
  const collector = await ACollector.start();
  const slow = { platform: 'kissmetrics', answer: 'slow', delayMs: LATENCY_MS };
  expect((await collector.call('answers', 'POST', slow)).status).toBe(200);
  @Module({
    imports: [
      TrackingModule.forRoot({
        destinations: [
          kissmetrics({
            apiKey: '0123456789abcdef0123456789abcdef01234567',
            endpoint: `${collector.url}/kissmetrics`,
          }),
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
  const { platforms } = await collector.get<StatsResponse>('stats');
  expect(platforms.find(({ platform }) => platform === 'kissmetrics')).toMatchObject({
    requests: EVENTS,
    delivered: EVENTS,
    duplicate: 0,
  });
  // In flight divided by the round trip, which is at least the latency, apart from the inaccuracy of timers.
  expect(capacityPerSecond).toBeGreaterThan(0);
  expect(capacityPerSecond).toBeLessThanOrEqual((32 * 1_000) / (LATENCY_MS - 5));
  await app.close();
  await collector.close();
});
