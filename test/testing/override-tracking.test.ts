import { Injectable } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { TestingModule } from '@nestjs/testing';
import { afterEach, describe, expect, test } from '@jest/globals';
import { kissmetrics, TrackingConfigError, TrackingModule, TrackingService, webhook } from 'nestjs-tracking';
import type { Destination, TrackingModuleOptions } from 'nestjs-tracking';
import {
  fakeDestination,
  overrideTracking,
  TestClock,
  trackingRecorder,
  TrackingTestingModule,
} from 'nestjs-tracking/testing';
import type { OverrideTrackingOptions } from 'nestjs-tracking/testing';
import 'nestjs-tracking/testing/jest';
import { expectAccounted } from '../support/accounting.js';
import { journalWasMade, Orders, shopModule, shopOptions, ShopTrackingOptions } from './shop.js';

const open: TestingModule[] = [];
/** By lane: events of the running test that other destinations got. */
let notRouted: Record<string, number> = {};
afterEach(async () => {
  for (const module of open.splice(0)) {
    const tracking = module.get(TrackingService);
    await module.close();
    expectAccounted(tracking.stats(), notRouted);
  }
  notRouted = {};
  expect(journalWasMade()).toBe(false);
});

/** The shop, under test. */
async function shop(test?: OverrideTrackingOptions, tracking?: DynamicModule): Promise<TestingModule> {
  const builder = Test.createTestingModule({ imports: [shopModule(tracking)] });
  const module = await overrideTracking(builder, test).compile();
  open.push(module);
  return module.init();
}

function shopWith(options: Partial<TrackingModuleOptions>, test?: OverrideTrackingOptions) {
  return shop(test, TrackingModule.forRoot(shopOptions(options)));
}

function errorOf(fn: () => unknown): TrackingConfigError {
  try {
    fn();
  } catch (error) {
    if (error instanceof TrackingConfigError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

describe('overrideTracking()', () => {
  test('runs an application without credentials, and keeps its events', async () => {
    await expect(Test.createTestingModule({ imports: [shopModule()] }).compile()).rejects.toThrow(
      TrackingConfigError,
    );
    const module = await shop();
    module.get(TrackingService).track('Order Completed', { revenue: 5 });
    expect(trackingRecorder(module).events).toEqual([
      expect.objectContaining({
        name: 'Order Completed',
        properties: { revenue: 5 },
        userId: 'test-user',
        lanes: ['kissmetrics', 'webhook'],
      }),
    ]);
  });

  test.each<[string, () => DynamicModule]>([
    ['forRoot', () => TrackingModule.forRoot(shopOptions())],
    ['a factory', () => TrackingModule.forRootAsync({ useFactory: () => shopOptions() })],
    [
      'an asynchronous factory',
      () => TrackingModule.forRootAsync({ useFactory: () => Promise.resolve(shopOptions()) }),
    ],
    ['a class', () => TrackingModule.forRootAsync({ useClass: ShopTrackingOptions })],
    ['a module that is turned off', () => TrackingModule.forRoot(shopOptions({ enabled: false }))],
  ])('takes a module made by %s', async (_, tracking) => {
    const module = await shop({}, tracking());
    await module.get(Orders).ship('1001');
    expect(module).toHaveTracked('Order Shipped', { orderId: '1001' }, { source: 'Orders.ship' });
  });

  test('delivers to every destination at once, so that no event is pending at the end', async () => {
    const module = await shop();
    const tracking = module.get(TrackingService);
    tracking.track('Seen');
    await tracking.flush();
    expect(tracking.stats().lanes).toMatchObject({
      kissmetrics: { delivered: 1, pending: 0 },
      webhook: { delivered: 1, pending: 0 },
    });
  });

  test('keeps the names of destinations, the events that each declines, and the ids that each reads from a browser', async () => {
    const module = await shop();
    const tracking = module.get(TrackingService);
    tracking.track('Seen', {}, { destinations: ['webhook'] });
    notRouted = { kissmetrics: 1 };
    tracking.track('Seen', {}, { destinations: ['segment'] });
    tracking.identify({}, { destinations: ['kissmetrics'] });
    const recorder = trackingRecorder(module);
    expect(recorder.events.map(({ lanes }) => lanes)).toEqual([['webhook']]);
    expect(recorder.refused).toEqual([
      { state: 'rejected', reason: 'no_destination', name: 'Seen', type: 'track' },
      expect.objectContaining({
        state: 'rejected',
        reason: 'unsupported',
        name: 'identify',
        type: 'identify',
      }),
    ]);
  });

  test('keeps the options that decide about events in force', async () => {
    const module = await shopWith({
      identity: { fallback: (source) => (source === undefined ? undefined : { userId: 'system' }) },
      redact: (event) => (event.name === 'Secret' ? undefined : { ...event, properties: {} }),
      maxEventBytes: 1_000,
    });
    const tracking = module.get(TrackingService);
    tracking.track('Secret');
    tracking.track('Seen', { card: '4242' });
    tracking.track('Seen', { much: 'x'.repeat(1_000) });
    const recorder = trackingRecorder(module);
    expect(recorder.events).toEqual([expect.objectContaining({ userId: 'test-user', properties: {} })]);
    expect(recorder.refused.map(({ reason }) => reason)).toEqual(['redacted', 'too_large']);
  });

  test('keeps the options for each destination in force: map, filter, and consent by purpose', async () => {
    const ads: Destination = {
      name: 'ads',
      purpose: 'advertising',
      needs: ['consent'],
      map: { events: { 'Order Completed': 'purchase' }, properties: { revenue: 'value' } },
      encode: () => ({ method: 'POST', url: 'http://ads.example/' }),
    };
    const fake = fakeDestination({ name: 'ads' });
    const plain = fakeDestination({ name: 'webhook' });
    const module = await shopWith(
      {
        destinations: [webhook({ url: undefined }), ads],
        filter: { ads: ({ name }) => name !== 'Seen' },
        consent: ({ name }) => ({ advertising: name === 'Signed Up' ? 'drop' : 'allow' }),
      },
      { destinations: [fake, plain] },
    );
    const tracking = module.get(TrackingService);
    for (const name of ['Order Completed', 'Signed Up', 'Seen']) tracking.track(name, { revenue: 5 });
    await tracking.flush();
    expect(fake.received).toMatchObject([{ name: 'purchase', properties: { value: 5 } }]);
    expect(plain.received.map(({ name }) => name)).toEqual(['Order Completed', 'Signed Up', 'Seen']);
    expect(tracking.stats().lanes['ads']!.declined).toEqual({ consent: 1, filtered: 1 });
  });

  test('keeps hashing and redaction in force, with a secret of the kit if there is none', async () => {
    const fake = fakeDestination({ name: 'webhook' });
    const module = await shopWith(
      {
        destinations: [webhook({ url: undefined, allowProperties: ['revenue'] })],
        hashIds: { secret: undefined },
        consent: ({ name }) => (name === 'Asked' ? 'drop' : 'allow'),
        sampling: ({ name }) => (name === 'Often' ? 0 : 1),
      },
      { destinations: [fake] },
    );
    const tracking = module.get(TrackingService);
    tracking.track('Asked');
    tracking.track('Often');
    tracking.track('Seen', { revenue: 5, email: 'ann@example.com' }, { userId: 'ann' });
    await tracking.flush();
    const recorder = trackingRecorder(module);
    expect(recorder.refused.map(({ reason }) => reason)).toEqual(['consent', 'sampled']);
    expect(recorder).toHaveTracked('Seen', {}, { userId: expect.stringMatching(/^[\da-f]{64}$/) });
    expect(fake.received.map(({ properties }) => properties)).toEqual([{ revenue: 5 }]);
  });

  test('checks the options that it leaves in force', async () => {
    await expect(shopWith({ retry: { minDelayMs: -1 } })).rejects.toThrow('retry.minDelayMs');
    await expect(shopWith({ destinations: [] })).rejects.toThrow('destinations');
    await expect(
      shopWith({ destinations: [kissmetrics({} as never), kissmetrics({} as never)] }),
    ).rejects.toThrow('both named');
  });

  test.each<[string, OverrideTrackingOptions['identity'], string | undefined]>([
    ['the usual one', undefined, 'test-user'],
    ['another one', { userId: 7 }, '7'],
    ['nobody', null, undefined],
    ['nobody, by false', false, undefined],
  ])('gives events without a person an identity: %s', async (_, identity, userId) => {
    const module = await shop(identity === undefined ? {} : { identity });
    const tracking = module.get(TrackingService);
    tracking.track('Seen');
    tracking.runAs({ userId: 'ann' }, () => tracking.track('Seen'));
    const recorder = trackingRecorder(module);
    expect(recorder.events.map((event) => event.userId)).toEqual(
      userId === undefined ? ['ann'] : [userId, 'ann'],
    );
    expect(recorder.refused).toHaveLength(userId === undefined ? 1 : 0);
  });

  test('lets the application’s own fallback come before the test’s identity', async () => {
    const module = await shopWith({ identity: { fallback: { userId: 'system' } } });
    module.get(TrackingService).track('Seen');
    expect(module).toHaveTracked('Seen', {}, { userId: 'system' });
  });

  test('makes the same ids of keys on every machine', async () => {
    const ids = await Promise.all(
      ['a', 'b'].map(async (letter) => {
        const module = await shopWith({ destinations: [kissmetrics({ apiKey: letter.repeat(40) })] });
        return module.get(TrackingService).track('Paid', {}, { key: 1, timestamp: 1_750_000_000_000 });
      }),
    );
    expect(ids[0]).toBe(ids[1]);
  });

  test('may leave tracking turned off', async () => {
    const module = await shop({ enabled: false });
    expect(module.get(TrackingService).track('Seen')).toEqual(expect.any(String));
    const recorder = trackingRecorder(module);
    expect(recorder.events).toEqual([]);
    expect(recorder.refused).toEqual([
      { state: 'suppressed', reason: 'disabled', name: 'Seen', type: 'track' },
    ]);
  });

  test('takes further options in place of the application’s', async () => {
    const module = await shop({ options: { maxEventBytes: 500 } });
    module.get(TrackingService).track('Seen', { much: 'x'.repeat(500) });
    expect(trackingRecorder(module).refused).toEqual([expect.objectContaining({ reason: 'too_large' })]);
  });

  test('returns the builder, for the overrides of others', async () => {
    @Injectable()
    class OtherOrders {}
    const builder = Test.createTestingModule({ imports: [shopModule()] });
    const module = await overrideTracking(builder).overrideProvider(Orders).useClass(OtherOrders).compile();
    open.push(module);
    expect(module.get(Orders)).toBeInstanceOf(OtherOrders);
  });

  test('replaces the destination with the name of a fake, with the batches of that destination', async () => {
    const clock = new TestClock();
    const shopfront = fakeDestination({ name: 'webhook' });
    const module = await shop({ clock, destinations: [shopfront] });
    const tracking = module.get(TrackingService);
    tracking.track('Seen');
    tracking.track('Seen');
    await clock.advance(999);
    expect(shopfront.requests).toEqual([]);
    await clock.advance(1);
    expect(shopfront.requests).toEqual([
      { number: 1, status: 200, events: [expect.anything(), expect.anything()] },
    ]);
    expect(tracking.stats().lanes).toMatchObject({
      kissmetrics: { delivered: 2 },
      webhook: { delivered: 2 },
    });
  });

  test('rejects a fake that replaces no destination, by its name', async () => {
    await expect(shop({ destinations: [fakeDestination({ name: 'segment' })] })).rejects.toThrow(
      "`destinations` has 'segment', but the application has 'kissmetrics', 'webhook'",
    );
  });

  test('gives each application its own recorder', async () => {
    const [one, other] = await Promise.all([shop(), shop()]);
    one.get(TrackingService).track('Seen');
    expect(one).toHaveTrackedTimes('Seen', 1);
    expect(other).not.toHaveTracked('Seen');
    other.get(TrackingService).track('Seen');
    await one.close();
    expect(other.get(TrackingService).stats()).toMatchObject({ accepted: 1, rejected: {} });
    expect(other).toHaveTrackedTimes('Seen', 1);
  });

  test('gives events the time of its clock, also those of decorated methods', async () => {
    const clock = new TestClock(new Date('2027-03-01T12:00:00Z'));
    const module = await shop({ clock });
    await module.get(Orders).ship('1');
    await clock.advance(60_000);
    await module.get(Orders).ship('2');
    expect(trackingRecorder(module).events.map(({ timestamp }) => new Date(timestamp).toISOString())).toEqual(
      ['2027-03-01T12:00:00.000Z', '2027-03-01T12:01:00.000Z'],
    );
  });

  test('keeps the members that destinations of an application inherit from their classes', async () => {
    class Own {
      readonly name = 'own';
      readonly #seen: string[] = [];
      accept({ name }: { readonly name: string }) {
        this.#seen.push(name);
        return name === 'Secret' ? ({ declined: 'consent' } as const) : undefined;
      }
      encode(): never {
        throw new Error('it is never asked');
      }
    }
    const module = await shopWith({ destinations: [new Own(), webhook({ url: undefined })] });
    const tracking = module.get(TrackingService);
    tracking.track('Secret');
    tracking.track('Seen');
    await tracking.flush();
    expect(tracking.stats().lanes).toMatchObject({
      own: { accepted: 1, declined: { consent: 1 }, delivered: 1, dead: 0 },
      webhook: { accepted: 2, delivered: 2 },
    });
  });
});

describe('trackingRecorder()', () => {
  test('accepts an application, a module, the service, and a recorder', async () => {
    const module = await shop();
    const recorder = trackingRecorder(module);
    expect(trackingRecorder(module.get(TrackingService))).toBe(recorder);
    expect(trackingRecorder(recorder)).toBe(recorder);
    expect(trackingRecorder(module.createNestApplication())).toBe(recorder);
  });

  test('names what is missing if there is none', async () => {
    const module = await Test.createTestingModule({
      imports: [TrackingModule.forRoot(shopOptions({ enabled: false }))],
    }).compile();
    open.push(module);
    expect(() => trackingRecorder(module)).toThrow('Wrap the builder in overrideTracking() before compile()');
    expect(() => expect(module).toHaveTracked('Seen')).toThrow('Wrap the builder');
    expect(() => trackingRecorder({} as never)).toThrow('Wrap the builder');
  });

  test('reports that no tracking module is imported', async () => {
    const module = await overrideTracking(Test.createTestingModule({})).compile();
    expect(() => trackingRecorder(module)).toThrow('imports no TrackingModule');
    expect(() => expect(module).toHaveTracked('Seen')).toThrow('imports no TrackingModule');
  });
});

describe('an invalid option of a test is rejected by the name that the test wrote', () => {
  test.each<[object, string, string]>([
    [{ clok: 1 }, 'clok', 'option `clok` is unknown; expected one of identity, clock'],
    [{ identity: { id: 7 } }, 'identity', '`userId` or `anonymousId`, or null'],
    [{ identity: 'ann' }, 'identity', '`userId` or `anonymousId`, or null'],
    [{ clock: new Date() }, 'clock', 'a TestClock'],
    [{ destinations: fakeDestination() }, 'destinations', 'an array'],
    [{ buffer: {} }, 'buffer', 'the result of memory() or journal()'],
    [{ enabled: 'no' }, 'enabled', 'true or false'],
    [{ options: [] }, 'options', 'an object with options of the TrackingModule'],
  ])('%p', (options, option, text) => {
    const builder = Test.createTestingModule({});
    for (const [where, give] of [
      ['overrideTracking()', () => overrideTracking(builder, options)],
      ['TrackingTestingModule.forRoot()', () => TrackingTestingModule.forRoot(options)],
    ] as const) {
      const error = errorOf(give);
      expect(error.option).toBe(option);
      expect(error.message).toContain(`${where}: option \`${option}\` is`);
      expect(error.message).toContain(text);
    }
  });
});
