import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ModuleMetadata } from '@nestjs/common';
import { ConfigModule, type ConfigType, ConfigService, registerAs } from '@nestjs/config';
import { Test } from '@nestjs/testing';
import { memory, TrackingConfigError, TrackingModule, TrackingService, webhook } from '../../lib/index.js';
import type { TrackingModuleOptions } from '../../lib/index.js';
import { overrideTracking, trackingRecorder } from '../../lib/testing/index.js';
import { MisbehavingServer } from '../support/misbehaving-server.js';

const trackingConfig = registerAs('tracking', (): TrackingModuleOptions => ({
  destinations: [webhook({ url: process.env['TEST_TRACKING_URL'] as string })],
  buffer: memory(),
}));

const ways: [string, () => NonNullable<ModuleMetadata['imports']>][] = [
  [
    'ConfigService',
    () => [
      ConfigModule.forRoot({ isGlobal: true, ignoreEnvFile: true }),
      TrackingModule.forRootAsync({
        inject: [ConfigService],
        useFactory: (config: ConfigService) => ({
          destinations: [webhook({ url: config.get<string>('TEST_TRACKING_URL') as string })],
        }),
      }),
    ],
  ],
  [
    'a namespace that the module imports',
    () => [
      ConfigModule.forRoot({ ignoreEnvFile: true }),
      TrackingModule.forRootAsync({
        imports: [ConfigModule.forFeature(trackingConfig)],
        inject: [trackingConfig.KEY],
        useFactory: (config: ConfigType<typeof trackingConfig>) => config,
      }),
    ],
  ],
  [
    'asProvider()',
    () => [
      ConfigModule.forRoot({ ignoreEnvFile: true }),
      TrackingModule.forRootAsync(trackingConfig.asProvider()),
    ],
  ],
];

describe.each(ways)('options from @nestjs/config by %s', (_, imports) => {
  let server: MisbehavingServer;
  beforeEach(async () => {
    server = await MisbehavingServer.start();
    process.env['TEST_TRACKING_URL'] = server.url;
  });
  afterEach(async () => {
    delete process.env['TEST_TRACKING_URL'];
    await server.close();
  });

  test('are those of the environment', async () => {
    const app = await Test.createTestingModule({ imports: imports() }).compile();
    await app.init();
    app.get(TrackingService).track('Order Completed', { n: 1 }, { userId: 'ann' });
    await app.close();
    expect(server.stored).toHaveLength(1);
  });

  test('fail at start if the environment has none', async () => {
    delete process.env['TEST_TRACKING_URL'];
    await expect(Test.createTestingModule({ imports: imports() }).compile()).rejects.toThrow(
      TrackingConfigError,
    );
  });

  test('need no environment in the test kit, which still runs the factory', async () => {
    delete process.env['TEST_TRACKING_URL'];
    const app = await overrideTracking(Test.createTestingModule({ imports: imports() })).compile();
    await app.init();
    app.get(TrackingService).track('Order Completed', { n: 1 });
    expect(trackingRecorder(app).last).toMatchObject({ name: 'Order Completed', lanes: ['webhook'] });
    await app.close();
    expect(server.stored).toEqual([]);
  });
});
