import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, test } from '@jest/globals';
import { TrackingModule, TrackingService } from 'nestjs-tracking';
import { fakeDestination, TestClock, TrackingTestingModule } from 'nestjs-tracking/testing';
import type { FakeDestination, FakeDestinationOptions } from 'nestjs-tracking/testing';
import { expectAccounted } from '../support/accounting.js';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A service with a fake, in the test's time. */
async function before(options: FakeDestinationOptions = {}) {
  const clock = new TestClock();
  const fake: FakeDestination = fakeDestination({ name: 'shop', batch: { maxEvents: 1 }, ...options });
  const module = await Test.createTestingModule({
    imports: [
      TrackingTestingModule.forRoot({
        clock,
        destinations: [fake],
        options: { retry: { minDelayMs: 1_000 } },
      }),
    ],
  }).compile();
  await module.init();
  const tracking = module.get(TrackingService);
  closing.push(async () => {
    await module.close();
    expectAccounted(tracking.stats());
  });
  const lane = () => tracking.stats().lanes['shop']!;
  return { clock, fake, tracking, lane, module };
}

describe('fakeDestination()', () => {
  test('accepts and keeps every event', async () => {
    const { clock, fake, tracking, lane } = await before();
    const ids = [tracking.track('Seen', { page: '/' }), tracking.track('Paid')];
    await clock.advance(0);
    expect(fake.received.map(({ id }) => id)).toEqual(ids);
    expect(fake.requests.map(({ status }) => status)).toEqual([200, 200]);
    expect(lane()).toMatchObject({ delivered: 2, pending: 0 });
    expect(fake.clear().received).toEqual([]);
  });

  test('fails the given number of times, and gets retries in the test’s time', async () => {
    const { clock, fake, tracking, lane } = await before();
    fake.failNext(3);
    const id = tracking.track('Paid');
    await clock.advance(0);
    expect(fake.requests).toHaveLength(1);
    expect(lane()).toMatchObject({ pending: 1, delivered: 0 });
    await clock.advance(60_000);
    expect(fake.requests.map(({ number, status }) => [number, status])).toEqual([
      [1, 503],
      [2, 503],
      [3, 503],
      [4, 200],
    ]);
    expect(fake.received.map((event) => event.id)).toEqual([id]);
    expect(lane()).toMatchObject({ delivered: 1, pending: 0, retries: 3 });
  });

  test('is down until it recovers', async () => {
    const { clock, fake, tracking, lane } = await before();
    fake.goDown();
    tracking.track('Paid');
    await clock.advance(3_600_000);
    expect(fake.requests.length).toBeGreaterThan(10);
    expect(new Set(fake.requests.map(({ error }) => error))).toEqual(new Set(['ECONNREFUSED']));
    expect(lane()).toMatchObject({ pending: 1, delivered: 0 });
    fake.recover();
    await clock.advance(60_000);
    expect(lane()).toMatchObject({ pending: 0, delivered: 1 });
  });

  test('lets requests wait for their answers', async () => {
    const { clock, fake, tracking, lane } = await before();
    fake.stall();
    tracking.track('Paid');
    await clock.advance(1_000);
    expect(fake.requests).toEqual([{ number: 1, events: [expect.objectContaining({ name: 'Paid' })] }]);
    expect(lane().pending).toBe(1);
    fake.recover();
    await clock.advance(0);
    expect(lane()).toMatchObject({ pending: 0, delivered: 1, attempts: 1 });
  });

  test.each<[string, (fake: FakeDestination) => unknown, number | string]>([
    ['answer()', (fake) => fake.answer(503), 503],
    ['failNext()', (fake) => fake.failNext(), 503],
    ['goDown()', (fake) => fake.goDown().answer({ error: 'ECONNRESET' }), 'ECONNRESET'],
  ])('answers pending events as %s sets', async (_, tell, told) => {
    const { clock, fake, tracking, lane } = await before();
    fake.stall();
    tracking.track('Paid');
    await clock.advance(100);
    tell(fake);
    await clock.advance(0);
    expect(fake.requests.map(({ status, error }) => status ?? error)).toEqual([told]);
    fake.recover();
    await clock.advance(60_000);
    expect(lane()).toMatchObject({ pending: 0, delivered: 1 });
  });

  test.each<[string, (fake: FakeDestination) => unknown, number | string | undefined]>([
    ['answer()', (fake) => fake.answer(500), 500],
    ['failNext()', (fake) => fake.failNext(1, 500), 500],
    ['stall()', (fake) => fake.stall(), undefined],
  ])('is down no longer after %s', async (_, tell, told) => {
    const { clock, fake, tracking } = await before();
    tell(fake.goDown());
    tracking.track('Paid');
    await clock.advance(0);
    expect(fake.requests.map(({ status, error }) => status ?? error)).toEqual([told]);
  });

  test('runs into the attempt’s deadline if it never answers', async () => {
    const { clock, fake, tracking, lane } = await before({ timeoutMs: 5_000 });
    fake.stall();
    tracking.track('Paid');
    await clock.advance(7_000);
    expect(lane()).toMatchObject({ attempts: 2, pending: 1 });
  });

  test('parks its lane with such a status, until it accepts a probe', async () => {
    const { clock, fake, tracking, lane } = await before();
    fake.answer(401);
    tracking.track('Paid');
    await clock.advance(1_000);
    expect(lane()).toMatchObject({ parked: 'unauthorized', pending: 1 });
    fake.recover();
    await clock.advance(3_600_000);
    expect(lane()).toMatchObject({ parked: null, delivered: 1 });
  });

  test('pauses its lane for the time in `Retry-After`', async () => {
    const { clock, fake, tracking } = await before();
    fake.failNext(1, { status: 429, headers: { 'retry-after': '30' } });
    tracking.track('Paid');
    await clock.advance(29_999);
    expect(fake.requests).toHaveLength(1);
    await clock.advance(1);
    expect(fake.requests).toHaveLength(2);
  });

  test('rejects events permanently', async () => {
    const { clock, fake, tracking, lane } = await before();
    fake.reject(({ name }) => name === 'Wrong');
    tracking.track('Wrong');
    tracking.track('Right');
    await clock.advance(60_000);
    expect(fake.received.map(({ name }) => name)).toEqual(['Right']);
    expect(lane()).toMatchObject({ delivered: 1, dead: 1, pending: 0 });
  });

  test.each<[string, FakeDestinationOptions['script']]>([
    ['a list', [500, { error: 'ECONNRESET' }]],
    ['a function', ({ number }) => [undefined, 500, { error: 'ECONNRESET' } as const][number]],
  ])('follows a script: %s', async (_, script) => {
    const { clock, fake, tracking } = await before({ script });
    tracking.track('Paid');
    await clock.advance(60_000);
    expect(fake.requests.map(({ status, error }) => status ?? error)).toEqual([500, 'ECONNRESET', 200]);
  });

  test('lets an application close during an outage without delay, and with all lost events counted', async () => {
    const { fake, tracking, lane, module } = await before();
    fake.goDown();
    tracking.track('Paid');
    await module.close();
    expect(lane()).toMatchObject({ pending: 0, dropped: { closed: 1 } });
    expect(fake.requests.length).toBeGreaterThan(1);
  });

  test('gets pending events when an application closes, without time passing', async () => {
    const { fake, tracking, module } = await before({ batch: { maxEvents: 100, maxDelayMs: 60_000 } });
    tracking.track('Seen');
    tracking.track('Paid');
    await module.close();
    expect(fake.requests.map(({ events }) => events.length)).toEqual([2]);
  });

  test('gets only the properties that it allows', async () => {
    const { clock, fake, tracking } = await before({ allowProperties: { Paid: ['total'], '*': [] } });
    tracking.track('Paid', { total: 5, email: 'ann@example.com' });
    tracking.track('Seen', { page: '/' });
    await clock.advance(0);
    expect(fake.received.map(({ properties }) => properties)).toEqual([{ total: 5 }, {}]);
  });

  test('gets the events that its map returns', async () => {
    const { clock, fake, tracking } = await before({ map: { events: { Paid: 'purchase' } } });
    tracking.track('Paid', { total: 5 });
    await clock.advance(0);
    expect(fake.received).toMatchObject([{ name: 'purchase', properties: { total: 5 } }]);
  });

  test.each<[object, string]>([
    [{ concurrency: 0 }, 'destinations[0].concurrency'],
    [{ script: 503 }, 'destinations[0].script'],
    [{ dispatcher: undefined }, 'destinations[0].dispatcher'],
    [{ scripts: [] }, 'destinations[0].scripts'],
  ])('fails at start with the options %p, by name', async (options, option) => {
    await expect(before(options)).rejects.toMatchObject({ option });
  });

  test('is a destination like any other in the module itself', async () => {
    const fake = fakeDestination();
    const module = await Test.createTestingModule({
      imports: [TrackingModule.forRoot({ destinations: [fake] })],
    }).compile();
    const tracking = module.get(TrackingService);
    tracking.track('Paid', {}, { userId: 'ann' });
    await tracking.flush();
    await module.close();
    expect(fake.received).toHaveLength(1);
    expect(tracking.stats().lanes).toMatchObject({ fake: { delivered: 1 } });
  });
});
