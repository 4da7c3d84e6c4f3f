import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Injectable, Module, type Type } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { Test } from '@nestjs/testing';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import {
  journal,
  kissmetrics,
  TrackingConfigError,
  TrackingModule,
  type TrackingModuleOptions,
  type TrackingOptionsFactory,
  TrackingService,
} from '../../lib/index.js';
import { overrideTracking } from '../../lib/testing/index.js';
import '../../lib/testing/jest.js';
import { textOf } from '../docs/prose.js';
import { RecordedLog } from '../support/recorded-log.js';

const KEY = 'a'.repeat(40);
const VARIABLES = ['KISSMETRICS_API_KEY', 'TRACKING_DIRECTORY', 'TRACKING_ENABLED'];
const isGlobal = true;

/** As on docs/configuration.md. Made anew each time, because `ConfigModule.forRoot()` reads the environment immediately. */
function withService(): Type {
  @Module({
    imports: [
      ConfigModule.forRoot({ isGlobal, ignoreEnvFile: true }),
      TrackingModule.forRootAsync({
        inject: [ConfigService],
        useFactory: (config: ConfigService) => ({
          enabled: config.get<string>('TRACKING_ENABLED') !== 'false',
          destinations: [kissmetrics({ apiKey: config.get<string>('KISSMETRICS_API_KEY') })],
          buffer: journal({ directory: config.get<string>('TRACKING_DIRECTORY', 'var/tracking') }),
        }),
      }),
    ],
  })
  class AppModule {}
  return AppModule;
}

@Injectable()
class TrackingOptions implements TrackingOptionsFactory {
  constructor(private readonly config: ConfigService) {}

  createTrackingOptions(): TrackingModuleOptions {
    return {
      enabled: this.config.get<string>('TRACKING_ENABLED') !== 'false',
      destinations: [kissmetrics({ apiKey: this.config.get<string>('KISSMETRICS_API_KEY') })],
      buffer: journal({ directory: this.config.get<string>('TRACKING_DIRECTORY', 'var/tracking') }),
    };
  }
}

function withClass(): Type {
  @Module({
    imports: [
      ConfigModule.forRoot({ isGlobal, ignoreEnvFile: true }),
      TrackingModule.forRootAsync({ useClass: TrackingOptions }),
    ],
  })
  class AppModule {}
  return AppModule;
}

describe.each([
  ['ConfigService', withService],
  ['a class', withClass],
])('options through %s', (_, moduleOf) => {
  let directory: string;
  const before = VARIABLES.map((name) => [name, process.env[name]] as const);

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'configuration-'));
    for (const name of VARIABLES) delete process.env[name];
    process.env['TRACKING_DIRECTORY'] = join(directory, 'journal');
  });

  afterEach(async () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await rm(directory, { recursive: true });
  });

  const real = () => Test.createTestingModule({ imports: [moduleOf()] }).setLogger(new RecordedLog());

  test('a missing key stops the application at start, and is named', async () => {
    const error: unknown = await real()
      .compile()
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TrackingConfigError);
    const { message } = error as Error;
    expect(message).toContain('`destinations[0].apiKey` is undefined');
    expect(textOf('docs/configuration.md')).toContain(`TrackingConfigError: ${message}`);
  });

  test('with the key, the journal opens the configured directory', async () => {
    process.env['KISSMETRICS_API_KEY'] = KEY;
    const app = await (await real().compile()).init();
    expect(await readdir(directory)).toEqual(['journal']);
    await app.close();
  });

  test('TRACKING_ENABLED=false needs no key and opens nothing', async () => {
    process.env['TRACKING_ENABLED'] = 'false';
    const app = await (await real().compile()).init();
    const tracking = app.get(TrackingService);
    tracking.track('Order Completed');
    expect(tracking.stats().suppressed.disabled).toBe(1);
    expect(await readdir(directory)).toEqual([]);
    await app.close();
  });

  test('the test kit needs no variable, opens nothing, and is on even if tracking is off', async () => {
    process.env['TRACKING_ENABLED'] = 'false';
    const app = await (await overrideTracking(real()).compile()).init();
    app.get(TrackingService).track('Order Completed', { revenue: 5 });
    expect(app).toHaveTracked('Order Completed', { revenue: 5 });
    expect(await readdir(directory)).toEqual([]);
    await app.close();
  });
});

describe('in the test kit', () => {
  const factory = {
    inject: [ConfigService],
    useFactory: (config: ConfigService) => ({
      destinations: [kissmetrics({ apiKey: config.getOrThrow<string>('KISSMETRICS_API_KEY') })],
    }),
  };

  test('a factory with getOrThrow() needs another ConfigService', async () => {
    const kit = () =>
      overrideTracking(
        Test.createTestingModule({
          imports: [
            ConfigModule.forRoot({ isGlobal, ignoreEnvFile: true }),
            TrackingModule.forRootAsync(factory),
          ],
        }).setLogger(new RecordedLog()),
      );
    await expect(kit().compile()).rejects.toThrow('KISSMETRICS_API_KEY');
    const values = new ConfigService({ KISSMETRICS_API_KEY: KEY });
    const module = await kit().overrideProvider(ConfigService).useValue(values).compile();
    await module.close();
  });

  test('a validationSchema rejects missing variables as in production', async () => {
    const validationSchema = z.looseObject({ KISSMETRICS_API_KEY: z.string() });
    const imports = [
      ConfigModule.forRoot({ isGlobal, ignoreEnvFile: true, validationSchema }),
      TrackingModule.forRootAsync(factory),
    ];
    const compiling = overrideTracking(
      Test.createTestingModule({ imports }).setLogger(new RecordedLog()),
    ).compile();
    await expect(compiling).rejects.toThrow('KISSMETRICS_API_KEY');
  });
});
