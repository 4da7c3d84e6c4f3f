import { Inject, Injectable, Module } from '@nestjs/common';
import type { DynamicModule, ModuleMetadata } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { journal, kissmetrics, TrackingConfigError, TrackingModule, TrackingService } from '../lib/index.js';
import type { TrackingModuleOptions, TrackingOptionsFactory } from '../lib/index.js';
import { TRACKING_CLOCK } from '../lib/host/clock.js';
import { overrideTracking } from '../lib/testing/index.js';
import { ManualClock } from './support/manual-clock.js';
import { PlatformDispatcher } from './support/platform-dispatcher.js';
import { RecordedLog } from './support/recorded-log.js';
import { ANN, Shop } from './support/tracking.js';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const clock = new ManualClock();
const platform = new PlatformDispatcher(clock);
const OPTIONS: TrackingModuleOptions = { destinations: [new Shop()], dispatcher: platform };

/** An application in the test's time; closed after the test. */
async function start(metadata: ModuleMetadata, log = new RecordedLog()) {
  const app = await Test.createTestingModule(metadata)
    .overrideProvider(TRACKING_CLOCK)
    .useValue(clock)
    .setLogger(log)
    .compile();
  await app.init();
  closing.push(() => end(app));
  return app;
}

async function end(app: { close(): Promise<void> }): Promise<void> {
  const closed = app.close();
  await clock.elapse(20_000, 20);
  await closed;
}

/** What an application that cannot start ends with. */
async function errorOf(...imports: DynamicModule[]): Promise<TrackingConfigError> {
  try {
    await start({ imports });
  } catch (error) {
    if (error instanceof TrackingConfigError) return error;
    throw error;
  }
  throw new Error('it started');
}

@Injectable()
class Settings {
  readonly tracking = OPTIONS;
}

@Module({ providers: [Settings], exports: [Settings] })
class SettingsModule {}

@Injectable()
class Factory implements TrackingOptionsFactory {
  constructor(@Inject(Settings) private readonly settings: Settings) {}

  createTrackingOptions(): TrackingModuleOptions {
    return this.settings.tracking;
  }
}

@Module({ imports: [SettingsModule], providers: [Factory], exports: [Factory] })
class FactoryModule {}

describe('TrackingModule', () => {
  test.each<[string, () => DynamicModule]>([
    ['forRoot', () => TrackingModule.forRoot(OPTIONS)],
    ['forRootAsync with a factory', () => TrackingModule.forRootAsync({ useFactory: () => OPTIONS })],
    [
      'forRootAsync with an asynchronous factory',
      () => TrackingModule.forRootAsync({ useFactory: () => Promise.resolve(OPTIONS) }),
    ],
    [
      'forRootAsync with a factory that injects',
      () =>
        TrackingModule.forRootAsync({
          imports: [SettingsModule],
          inject: [Settings],
          useFactory: (settings: Settings) => settings.tracking,
        }),
    ],
    [
      'forRootAsync with a class',
      () => TrackingModule.forRootAsync({ imports: [SettingsModule], useClass: Factory }),
    ],
    [
      'forRootAsync with a class that exists',
      () => TrackingModule.forRootAsync({ imports: [FactoryModule], useExisting: Factory }),
    ],
  ])('%s gives every module the service, which delivers', async (_, tracking) => {
    @Injectable()
    class Orders {
      constructor(@Inject(TrackingService) readonly tracking: TrackingService) {}
    }
    @Module({ providers: [Orders] })
    class FarAway {}

    const app = await start({ imports: [FarAway, tracking()] });
    const before = platform.received.length;
    const id = app.get(Orders, { strict: false }).tracking.track('Order Completed', {}, ANN);
    void app.get(TrackingService).flush();
    await clock.elapse(1_000);
    expect(platform.received.slice(before).map(({ ids }) => ids)).toEqual([[id]]);
  });

  test.each<[string, DynamicModule[], string, string]>([
    [
      'an empty key',
      [TrackingModule.forRoot({ destinations: [kissmetrics({ apiKey: '' })] })],
      'destinations[0].apiKey',
      'non-empty',
    ],
    ['no options', [TrackingModule.forRoot(undefined as never)], 'options', 'an object'],
    [
      'an unknown option',
      [TrackingModule.forRoot({ ...OPTIONS, apiKey: 'x' } as never)],
      'apiKey',
      'unknown',
    ],
    [
      'a factory of bad options',
      [TrackingModule.forRootAsync({ useFactory: () => ({ destinations: [] }) })],
      'destinations',
      'at least one',
    ],
    ...[undefined, null, 'text', [new Shop()]].map((made): [string, DynamicModule[], string, string] => [
      `a factory that returns ${Array.isArray(made) ? 'an array' : String(made)}`,
      [TrackingModule.forRootAsync({ useFactory: () => made as never })],
      'options',
      'Return the options from it',
    ]),
    [
      'an asynchronous factory of nothing',
      [TrackingModule.forRootAsync({ useFactory: async () => undefined as never })],
      'options',
      '`useFactory` of forRootAsync() returned undefined; expected an object with `destinations`',
    ],
    [
      'a class that makes nothing',
      [
        TrackingModule.forRootAsync({
          useClass: class {
            createTrackingOptions = () => undefined as never;
          },
        }),
      ],
      'options',
      '`createTrackingOptions()` of forRootAsync() returned undefined',
    ],
    [
      'the bare class',
      [TrackingModule as never],
      'imports',
      'imported without options; expected TrackingModule.forRoot({ … })',
    ],
    [
      'a second module',
      [TrackingModule.forRoot(OPTIONS), TrackingModule.forRoot({ destinations: [new Shop('other')] })],
      'imports',
      'list several platforms or keys as several `destinations`',
    ],
    [
      'a second module that is asynchronous',
      [TrackingModule.forRoot(OPTIONS), TrackingModule.forRootAsync({ useFactory: () => OPTIONS })],
      'imports',
      'a second TrackingModule',
    ],
    [
      'a class that makes no options',
      [TrackingModule.forRootAsync({ useClass: class {} as never })],
      'forRootAsync',
      'a class with a method createTrackingOptions()',
    ],
  ])('%s fails at start', async (_, imports, option, text) => {
    const error = await errorOf(...imports);
    expect(error.option).toBe(option);
    expect(error.message).toContain(text);
  });

  test('fails for nothing before the start: neither forRoot() nor kissmetrics() throws', () => {
    expect(() =>
      TrackingModule.forRoot({ destinations: [kissmetrics({ apiKey: undefined })] }),
    ).not.toThrow();
    expect(() => TrackingModule.forRoot(undefined as never)).not.toThrow();
  });

  test('the same module imported in two places is one', async () => {
    const tracking = TrackingModule.forRoot(OPTIONS);
    @Module({ imports: [tracking] })
    class Feature {}
    const app = await start({ imports: [tracking, Feature] });
    expect(app.get(TrackingService).track('Seen', {}, ANN)).toBeDefined();
  });

  test('several applications in one process each have their own', async () => {
    const first = await start({ imports: [TrackingModule.forRoot(OPTIONS)] });
    const second = await start({
      imports: [TrackingModule.forRoot({ destinations: [new Shop('other')], dispatcher: platform })],
    });
    first.get(TrackingService).track('Seen', {}, ANN);
    expect(first.get(TrackingService).stats()).toMatchObject({ called: 1, lanes: { shop: { accepted: 1 } } });
    expect(second.get(TrackingService).stats()).toMatchObject({
      called: 0,
      lanes: { other: { accepted: 0 } },
    });
  });

  test.each<[string, unknown, string, string]>([
    ['nothing', undefined, 'forRootAsync', 'is undefined; expected an object with `useFactory`'],
    ['no way to options', {}, 'forRootAsync', 'is an object; expected an object with `useFactory`'],
    [
      'two ways to options',
      { useFactory: () => OPTIONS, useClass: Factory },
      'forRootAsync',
      'got `useFactory` and `useClass`; expected only one of them',
    ],
    ['no function', { useFactory: 5 }, 'forRootAsync.useFactory', 'is a number; expected a function'],
    ['no class', { useClass: {} }, 'forRootAsync.useClass', 'is an object; expected a class'],
  ])('forRootAsync() refuses %s', (_, given, option, text) => {
    let error: unknown;
    try {
      TrackingModule.forRootAsync(given as never);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(TrackingConfigError);
    expect(error).toMatchObject({ option, message: expect.stringContaining(text) });
  });

  test.each([
    ['a word that stands for nobody', { userId: 'System' }, true],
    ['such a word for a browser', { userId: 'service:billing', anonymousId: 'anonymous' }, true],
    ['a name of its own', { userId: 'service:billing' }, false],
    ['a function', () => ({ userId: 'system' }), false],
  ])('warns of a fallback to a word that many share: %s', async (_, fallback, warns) => {
    const log = new RecordedLog();
    await start({ imports: [TrackingModule.forRoot({ ...OPTIONS, identity: { fallback } })] }, log);
    const told = log.of('warn').filter((line) => line.includes('`identity.fallback`'));
    expect(told).toHaveLength(warns ? 1 : 0);
  });

  test('the bare class beside forRoot() fails at start, too', async () => {
    const error = await errorOf(TrackingModule.forRoot(OPTIONS), TrackingModule as never);
    expect(error.message).toContain('It is global');
  });

  describe('says once in its life what it delivers to, and from where', () => {
    const started = (log: RecordedLog) => log.of('log').filter((line) => line.includes('Tracking '));

    test('with memory()', async () => {
      const log = new RecordedLog();
      await start({ imports: [TrackingModule.forRoot(OPTIONS)] }, log);
      expect(started(log)).toEqual([
        expect.stringContaining("Tracking started. Destination: 'shop'. Buffer: memory."),
      ]);
    });

    test('with journal()', async () => {
      const log = new RecordedLog();
      const directory = mkdtempSync(join(tmpdir(), 'nestjs-tracking-start-'));
      const destinations = [new Shop(), kissmetrics({ apiKey: 'a-secret-of-the-shop' })];
      const tracking = TrackingModule.forRoot({ ...OPTIONS, destinations, buffer: journal({ directory }) });
      const app = await Test.createTestingModule({ imports: [tracking] })
        .setLogger(log)
        .compile();
      await app.init();
      expect(started(log)).toEqual([
        expect.stringContaining(`Destinations: 'shop', 'kissmetrics'. Buffer: journal in ${directory}.`),
      ]);
      expect(log.text).not.toContain('a-secret-of-the-shop');
      await app.close();
      rmSync(directory, { recursive: true });
    });

    test('with enabled: false', async () => {
      const log = new RecordedLog();
      await start({ imports: [TrackingModule.forRoot({ ...OPTIONS, enabled: false })] }, log);
      expect(started(log)).toEqual([expect.stringContaining('Tracking is disabled')]);
    });

    test('and never in the test kit', async () => {
      const log = new RecordedLog();
      const app = await overrideTracking(
        Test.createTestingModule({ imports: [TrackingModule.forRoot(OPTIONS)] }),
      )
        .setLogger(log)
        .compile();
      await app.init();
      await app.close();
      expect(started(log)).toEqual([]);
    });
  });

  test('with enabled: false starts without a key, and opens nothing', async () => {
    const app = await start({
      imports: [
        TrackingModule.forRoot({ enabled: false, destinations: [kissmetrics({ apiKey: undefined })] }),
      ],
    });
    const tracking = app.get(TrackingService);
    expect(tracking.track('Seen')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await tracking.flush()).toEqual({ delivered: 0, pending: 0, dead: 0, timedOut: false });
    expect(tracking.stats()).toMatchObject({ called: 1, suppressed: { disabled: 1 }, lanes: {} });
  });

  test('delivers pending events before app.close() returns, and leaves no timer', async () => {
    const own = new ManualClock();
    const dispatcher = new PlatformDispatcher(own);
    const app = await Test.createTestingModule({
      imports: [TrackingModule.forRoot({ destinations: [new Shop()], dispatcher })],
    })
      .overrideProvider(TRACKING_CLOCK)
      .useValue(own)
      .setLogger(new RecordedLog())
      .compile();
    await app.init();
    const ids = Array.from({ length: 20 }, () => app.get(TrackingService).track('Seen', {}, ANN));
    const closed = app.close();
    await own.elapse(1_000, 10);
    await closed;
    expect(dispatcher.received.flatMap((received) => received.ids)).toEqual(ids);
    expect(own.timers).toBe(0);
  });

  test('ends by its deadline when the platform hangs, and says what is lost', async () => {
    const own = new ManualClock();
    const dispatcher = new PlatformDispatcher(own);
    dispatcher.reply = () => ({ afterMs: 3_600_000 });
    const log = new RecordedLog();
    const app = await Test.createTestingModule({
      imports: [
        TrackingModule.forRoot({ destinations: [new Shop()], dispatcher, shutdown: { timeoutMs: 5_000 } }),
      ],
    })
      .overrideProvider(TRACKING_CLOCK)
      .useValue(own)
      .setLogger(log)
      .compile();
    await app.init();
    const tracking = app.get(TrackingService);
    for (let i = 0; i < 3; i++) tracking.track('Seen', {}, ANN);
    let over = false;
    const closed = app.close().then(() => (over = true));
    await own.elapse(4_999, 3);
    expect(over).toBe(false);
    await own.elapse(2);
    await closed;
    expect(log.of('error').join()).toContain("Shut down with 3 events not delivered to 'shop'");
    expect(tracking.stats().lanes['shop']).toMatchObject({ pending: 0, dropped: { closed: 3 } });
  });
});
