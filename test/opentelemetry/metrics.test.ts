import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { metrics } from '@opentelemetry/api';
import type { Attributes } from '@opentelemetry/api';
import { DataPointType, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { defineTrackingPlan } from 'nestjs-tracking';
import { openTelemetry } from 'nestjs-tracking/opentelemetry';
import type { OpenTelemetryOptions } from 'nestjs-tracking/opentelemetry';
import type { EventBufferFactory } from '../../lib/buffer/event-buffer.js';
import { z } from 'zod';
import { memory } from '../../lib/buffer/memory/memory.js';
import type { Destination } from '../../lib/destinations/destination.js';
import { customDestination } from '../support/custom-destination.js';
import { JournalDisk } from '../support/journal-disk.js';
import type { MisbehavingServer } from '../support/misbehaving-server.js';
import { Scene } from '../support/tracked-application.js';
import type { TrackedApplication } from '../support/tracked-application.js';

/** A reader that collects when the test calls it. */
class OnDemandReader extends MetricReader {
  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }

  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }
}

interface HistogramValue {
  readonly count: number;
  readonly sum: number;
}

/** A provider of the SDK, and what it collects. */
class Collector {
  readonly reader = new OnDemandReader();
  readonly provider = new MeterProvider({ readers: [this.reader] });

  get meter() {
    return this.provider.getMeter('test');
  }

  /** By instrument: unit, and each point as `attributes => value`. */
  async collect() {
    const { resourceMetrics, errors } = await this.reader.collect();
    expect(errors).toEqual([]);
    const collected = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
    const find = (name: string) =>
      collected.find(({ descriptor }) => descriptor.name === `nestjs_tracking.${name}`);
    return {
      names: collected.map(({ descriptor }) => descriptor.name).toSorted(),
      all: collected,
      points: (name: string): Record<string, number> => {
        const data = find(name);
        if (data === undefined) return {};
        if (data.dataPointType === DataPointType.HISTOGRAM) {
          return Object.fromEntries(
            data.dataPoints.map(({ attributes, value }) => [textOf(attributes), value.count]),
          );
        }
        return Object.fromEntries(
          data.dataPoints.map(({ attributes, value }) => [textOf(attributes), value as number]),
        );
      },
      histogram: (name: string): HistogramValue => find(name)!.dataPoints[0]!.value as HistogramValue,
    };
  }
}

/** Attributes without their namespace, sorted. */
function textOf(attributes: Attributes): string {
  return Object.entries(attributes)
    .map(([key, value]) => `${key.replace('nestjs_tracking.', '')}=${String(value)}`)
    .toSorted()
    .join(' ');
}

let scene: Scene;
let server: MisbehavingServer;
let collector: Collector;

beforeEach(async () => {
  scene = new Scene();
  server = await scene.server();
  collector = new Collector();
});

function application(
  options: OpenTelemetryOptions = {},
  destinations: readonly Destination[] = [customDestination(server)],
  buffer: EventBufferFactory = memory(),
): Promise<TrackedApplication> {
  return scene.application({
    destinations,
    options: { telemetry: openTelemetry({ meter: collector.meter, ...options }), buffer },
  });
}

describe('the counters', () => {
  test('of the door show how each call ended, and why', async () => {
    const { tracking } = await application();
    tracking.track('Paid', {}, { userId: 'ann', key: 'order-1' });
    tracking.track('Paid', {}, { userId: 'ann', key: 'order-1' });
    tracking.track('Paid');
    tracking.track('', {}, { userId: 'ann' });
    tracking.track('', {}, { userId: 'ann' });
    const { points } = await collector.collect();
    expect(points('calls')).toEqual({
      'state=accepted': 1,
      'state=duplicate': 1,
      'reason=no_identity state=rejected': 1,
      'reason=invalid_name state=rejected': 2,
    });
  });

  test('of a destination add up to its events', async () => {
    const app = await application({}, [
      customDestination(server),
      customDestination(server, {
        name: 'picky',
        accept: ({ properties }: { properties: { n: number } }) =>
          properties.n === 0 ? { declined: 'unsupported' } : undefined,
      }),
    ]);
    app.notRouted['picky'] = 0;
    app.track(3);
    const before = await collector.collect();
    expect(before.points('events.pending')).toEqual({ 'destination=custom': 3, 'destination=picky': 2 });
    await scene.until(app.idle);
    const { points } = await collector.collect();
    expect(points('events.entered')).toMatchObject({
      'destination=custom origin=accepted': 3,
      'destination=picky origin=accepted': 2,
    });
    expect(points('events.settled')).toMatchObject({
      'destination=custom state=delivered': 3,
      'destination=picky state=delivered': 2,
    });
    expect(points('events.declined')).toEqual({ 'destination=picky reason=unsupported': 1 });
    expect(points('events.pending')).toEqual({ 'destination=custom': 0, 'destination=picky': 0 });
    expect(points('backlog.age')).toEqual({ 'destination=custom': 0, 'destination=picky': 0 });
  });

  test('always balance: each entered event is settled, pending, or a dead letter', async () => {
    server.behave(({ events }) => (events.some(({ n }) => n % 4 === 0) ? 400 : 200));
    const app = await application(
      {},
      [customDestination(server, { batch: { maxEvents: 1 } })],
      memory({ maxEvents: 20 }),
    );
    const sum = (values: Record<string, number>): number =>
      Object.values(values).reduce((total, value) => total + value, 0);
    const seen: number[] = [];
    for (const step of [0, 5_000, 600_000]) {
      app.track(30);
      await scene.run(step);
      const { points } = await collector.collect();
      const [settled, pending, dead] = ['events.settled', 'events.pending', 'events.dead'].map((name) =>
        sum(points(name)),
      ) as [number, number, number];
      expect(sum(points('events.entered'))).toBe(settled + pending + dead);
      expect(sum(points('calls'))).toBe(app.stats().called);
      seen.push(dead);
    }
    expect(seen.at(-1)).toBeGreaterThan(0);
  });

  test('distinguish requests from retries, and show how they ended', async () => {
    const answers = [503, 200];
    server.behave(() => answers.shift()!);
    const app = await application();
    app.track(2);
    await scene.until(app.idle);
    const { points } = await collector.collect();
    expect(points('requests')).toEqual({
      'destination=custom retry=false': 1,
      'destination=custom retry=true': 1,
    });
    expect(points('request.duration')).toEqual({
      'destination=custom error.type=503 http.response.status_code=503': 1,
      'destination=custom http.response.status_code=200': 1,
    });
  });

  test('show violations of the plan, and how many events are held for a transaction', async () => {
    const plan = defineTrackingPlan({ Paid: z.object({ amount: z.number() }) });
    const app = await scene.application({
      destinations: [customDestination(server)],
      options: { telemetry: openTelemetry({ meter: collector.meter }), plan },
    });
    const { tracking } = app;
    let commit = (): void => undefined;
    const transaction = tracking.hold(() => {
      tracking.track('Paid', { amount: '12' }, { userId: 'ann' });
      tracking.track('Unheard of', {}, { userId: 'ann' });
      return new Promise<void>((resolve) => (commit = resolve));
    });
    const { points } = await collector.collect();
    expect(points('hold.calls')).toEqual({ '': 2 });
    expect(points('plan.violations')).toEqual({ 'violation=properties': 1, 'violation=name': 1 });
    expect(points('notices')).toEqual({ 'notice=plan_violation': 2 });
    commit();
    await transaction;
    expect((await collector.collect()).points('hold.calls')).toEqual({ '': 0 });
  });

  test('show lost events, with the reason', async () => {
    server.behave(503);
    const app = await application({}, [customDestination(server)], memory({ maxEvents: 10 }));
    app.track(15);
    const { points } = await collector.collect();
    expect(points('events.settled')).toMatchObject({
      'destination=custom reason=buffer_full state=dropped': 5,
    });
  });
});

describe('the gauges', () => {
  test('show the age of the oldest pending event', async () => {
    server.behave(503);
    const app = await application();
    app.track(1);
    await scene.run(90_000);
    app.track(1);
    expect((await collector.collect()).points('backlog.age')).toEqual({ 'destination=custom': 90 });
  });

  test('show that a destination is parked, why, and that it no longer is', async () => {
    server.behave(401);
    const app = await application();
    app.track(1);
    await scene.until(() => app.lane().parked !== null);
    const reasons = (reason: string): Record<string, number> =>
      Object.fromEntries(
        ['unauthorized', 'misconfigured', 'refused_all'].map((each) => [
          `destination=custom reason=${each}`,
          each === reason ? 1 : 0,
        ]),
      );
    expect((await collector.collect()).points('destination.parked')).toEqual(reasons('unauthorized'));
    server.behave(200);
    await scene.until(app.idle);
    expect((await collector.collect()).points('destination.parked')).toEqual(reasons('none'));
  });

  test('of the journal exist if there is one', async () => {
    expect((await collector.collect()).points('journal.failing')).toEqual({});
    const disk = new JournalDisk(scene);
    const app = await application({}, [customDestination(server)], disk.journal());
    app.track(5);
    await scene.until(app.idle);
    const before = await collector.collect();
    expect(before.points('journal.failing')).toEqual({ '': 0 });
    expect(before.points('journal.size')['']).toBeGreaterThan(0);
    disk.files.limitFree(0);
    app.track(1);
    await scene.until(() => app.stats().journal?.state === 'failing');
    expect((await collector.collect()).points('journal.failing')).toEqual({ '': 1 });
    disk.files.limitFree(1e12);
  });
});

describe('the histograms', () => {
  test('have the time from acceptance to delivery, of each event, in seconds', async () => {
    server.behave(503);
    const app = await application();
    app.track(4);
    await scene.run(120_000);
    server.behave(200);
    await scene.until(app.idle);
    const { points, histogram } = await collector.collect();
    expect(points('event.delivery.duration')).toEqual({ 'destination=custom': 4 });
    const { sum } = histogram('event.delivery.duration');
    expect(sum / 4).toBeGreaterThanOrEqual(120);
    expect(sum / 4).toBeLessThan(300);
  });

  test('distinguish answers from failures on the wire', async () => {
    const answers = ['reset', 200] as const;
    let number = 0;
    server.behave(() => answers[number++]!);
    const app = await application();
    app.track(1);
    await scene.until(app.idle);
    const keys = Object.keys((await collector.collect()).points('request.duration'));
    expect(keys).toHaveLength(2);
    expect(keys[0]).toMatch(/^destination=custom error\.type=(ECONNRESET|UND_ERR_SOCKET)$/);
  });
});

test('attributes are few, and hold neither ids nor names of events', async () => {
  const app = await application({ attributes: { 'service.part': 'shop' } });
  app.tracking.track('Order Completed', { card: '4111' }, { userId: 'ann', key: 'order-1' });
  await scene.until(app.idle);
  const { all } = await collector.collect();
  const keys = new Set<string>();
  for (const { dataPoints, descriptor } of all) {
    for (const { attributes } of dataPoints) {
      expect([descriptor.name, attributes['service.part']]).toEqual([descriptor.name, 'shop']);
      for (const key of Object.keys(attributes)) keys.add(key);
    }
  }
  expect([...keys].toSorted()).toEqual([
    'http.response.status_code',
    'nestjs_tracking.destination',
    'nestjs_tracking.origin',
    'nestjs_tracking.reason',
    'nestjs_tracking.retry',
    'nestjs_tracking.state',
    'service.part',
  ]);
  const text = JSON.stringify(all);
  for (const secret of ['ann', 'Order Completed', '4111', 'order-1'])
    expect(text).not.toContain(`"${secret}"`);
});

test('a collection after the shutdown has the final numbers, and is the last', async () => {
  const { meter } = collector;
  const removed = jest.spyOn(meter, 'removeBatchObservableCallback');
  const app = await application({ meter });
  app.track(2);
  await app.close();
  expect(removed).not.toHaveBeenCalled();
  for (let i = 0; i < 2; i++) {
    expect((await collector.collect()).points('events.settled')).toMatchObject({
      'destination=custom state=delivered': 2,
    });
  }
  expect(removed).toHaveBeenCalledTimes(1);
});

test('the registered provider measures if no meter is given', async () => {
  metrics.setGlobalMeterProvider(collector.provider);
  try {
    const app = await scene.application({
      destinations: [customDestination(server)],
      options: { telemetry: openTelemetry() },
    });
    app.track(1);
    expect((await collector.collect()).points('calls')).toEqual({
      'state=accepted': 1,
      'state=duplicate': 0,
    });
  } finally {
    metrics.disable();
  }
});

test('without any provider nothing happens, and nothing breaks', async () => {
  const app = await scene.application({
    destinations: [customDestination(server)],
    options: { telemetry: openTelemetry() },
  });
  app.track(1);
  await scene.until(app.idle);
  expect(app.stats().notices).toEqual({});
});
