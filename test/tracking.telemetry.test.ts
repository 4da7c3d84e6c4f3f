import { beforeEach, expect, test } from '@jest/globals';
import type { TelemetrySource, TrackingTelemetry } from '../lib/observe/telemetry.js';
import { customDestination } from './support/custom-destination.js';
import type { MisbehavingServer } from './support/misbehaving-server.js';
import { Scene } from './support/tracked-application.js';

let scene: Scene;
let server: MisbehavingServer;

beforeEach(async () => {
  scene = new Scene();
  server = await scene.server();
});

test('a telemetry that throws everywhere changes nothing but a count and one line', async () => {
  const fail = (): never => {
    throw new Error('broken');
  };
  const app = await scene.application({
    destinations: [customDestination(server)],
    options: { telemetry: { start: fail, traceparent: fail, attempted: fail, delivered: fail } },
  });
  app.track(3);
  await scene.until(app.idle);
  expect(app.lane()).toMatchObject({ accepted: 3, delivered: 3, attempts: 1 });
  expect(app.stats().notices).toEqual({ hook_error: 6 });
  const lines = scene.log.of('warn').filter((line) => line.includes('telemetry'));
  expect(lines.map((line) => line.split(' threw')[0])).toEqual([
    '`telemetry.start()`',
    '`telemetry.traceparent()`',
    '`telemetry.attempted()`',
    '`telemetry.delivered()`',
  ]);
  expect(scene.log.text).not.toContain('broken');
});

test('a telemetry lives as long as its application, and may read and observe it', async () => {
  const told: unknown[] = [];
  let source: TelemetrySource | undefined;
  const telemetry: TrackingTelemetry = {
    start(given) {
      source = given;
      const subscription = given.lifecycle$.subscribe(({ type }) => told.push(type));
      return () => {
        subscription.unsubscribe();
        told.push(given.stats().lanes['custom']!.delivered);
      };
    },
  };
  const app = await scene.application({ destinations: [customDestination(server)], options: { telemetry } });
  expect(source!.stats().called).toBe(0);
  app.track(1);
  await scene.until(app.idle);
  await app.close();
  expect(told).toEqual(['accepted', 'delivered', 1]);
});

test('a disabled module starts no telemetry', async () => {
  let started = false;
  const app = await scene.application({
    destinations: [customDestination(server)],
    options: { enabled: false, telemetry: { start: () => ((started = true), () => undefined) } },
  });
  app.track(1);
  expect(started).toBe(false);
});
