import { describe, expect, test } from '@jest/globals';
import { Test } from '@nestjs/testing';
import { journal, kissmetrics, memory, webhook } from '../lib/index.js';
import type {
  BufferSetup,
  Destination,
  JournalOptions,
  MemoryOptions,
  TrackingModuleOptions,
} from '../lib/index.js';
import { laneDestination } from '../lib/options/lane-destination.js';
import { resolveOptions } from '../lib/options/resolve-options.js';
import { fakeDestination, TrackingTestingModule, trackingRecorder } from '../lib/testing/index.js';
import { TrackingService } from '../lib/tracking.service.js';
import { resolveJournalOptions } from '../lib/buffer/journal/options/journal-options.js';
import { bufferSetup } from './support/buffer-setup.js';
import { ANN, tracking } from './support/tracking.js';

const KEY = '0123456789abcdef0123456789abcdef01234567';
const own: Destination = { name: 'own', encode: () => ({ method: 'POST', url: 'http://own.example/' }) };

const none = (...names: readonly string[]): object =>
  Object.fromEntries(names.map((name) => [name, undefined]));
/** Functions are made anew each time. */
const told = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, member: unknown) => (typeof member === 'function' ? 'function' : member)),
  );

const SHARED = [
  'name',
  'batch',
  'concurrency',
  'timeoutMs',
  'dispatcher',
  'headers',
  'allowProperties',
  'map',
];
const CUT = { batch: none('maxEvents', 'maxBytes', 'maxDelayMs') };
const MODULE = [
  'buffer',
  'namespace',
  'identity',
  'properties',
  'retry',
  'dedup',
  'plan',
  'onInvalid',
  'context',
  'idempotency',
  'deadLetters',
  'keepAnswers',
  'consent',
  'sampling',
  'hashIds',
  'redact',
  'filter',
  'shutdown',
  'commitTimeoutMs',
  'maxEventBytes',
  'telemetry',
  'dispatcher',
  'enabled',
];
const NESTED = {
  identity: none('resolvers', 'fallback', 'person'),
  retry: none('minDelayMs', 'maxDelayMs', 'maxRetryAfterMs', 'maxAgeMs'),
  dedup: none('maxKeys', 'maxAgeMs'),
  deadLetters: none('maxEvents', 'maxBytes'),
  shutdown: none('timeoutMs'),
};

describe('an option that is undefined counts as not given:', () => {
  const resolved = (options: object): unknown =>
    told(resolveOptions({ destinations: [own], ...options } as TrackingModuleOptions));

  test('of the module', () => {
    expect(resolved(none(...MODULE))).toEqual(resolved({}));
    expect(resolved(NESTED)).toEqual(resolved({}));
  });

  test.each<[string, (options: object) => Destination, readonly string[]]>([
    [
      'kissmetrics',
      (options) => kissmetrics({ apiKey: KEY, ...options }),
      [...SHARED, 'endpoint', 'method', 'spreadCollisions', 'pipelining'],
    ],
    [
      'webhook',
      (options) => webhook({ url: 'https://shop.example/', ...options }),
      [...SHARED, 'gzip', 'allowPrivateHosts'],
    ],
    [
      'a destination of an application',
      (options) => ({ ...own, ...options }),
      [
        ...SHARED.slice(1),
        'kind',
        'account',
        'credentials',
        'secrets',
        'limits',
        'pipelining',
        'allowPrivateHosts',
        'acknowledgement',
        'answerBytesPerEvent',
        'onUnknown',
        'deduplication',
        'maxAgeMs',
        'resolvers',
      ],
    ],
  ])('of %s', (_, make, names) => {
    const lane = (options: object): unknown => {
      const destination = make(options);
      resolveOptions({ destinations: [destination] });
      return told(laneDestination(destination, undefined, 'fields'));
    };
    expect(lane(none(...names))).toEqual(lane({}));
    expect(lane(CUT)).toEqual(lane({}));
  });

  test('of the limits of a destination', () => {
    const limits = none('maxEvents', 'maxBytes', 'maxEventBytes');
    const { service } = tracking({ destinations: [{ ...own, limits }] });
    expect(service.track('Ordered', { n: 1 }, ANN)).toBeDefined();
    service.track('Ordered', { text: 'x'.repeat(300_000) }, ANN);
    expect(service.stats()).toMatchObject({ accepted: 1, rejected: { too_large: 1 } });
    const lane = laneDestination({ ...own, limits }, undefined, 'fields');
    expect(lane.batch).toEqual(laneDestination(own, undefined, 'fields').batch);
  });

  test('of memory(), which stays bounded', () => {
    const setup: BufferSetup = bufferSetup();
    const given = none('maxEvents', 'maxBytes', 'onFull') as MemoryOptions;
    const buffer = memory(given).create(setup);
    expect(told(buffer)).toEqual(told(memory().create(setup)));
    const { service } = tracking({ buffer: memory(given) });
    for (let n = 0; n < 200_010; n++) service.track('Ordered', undefined, ANN);
    expect(service.stats().lanes['shop']).toMatchObject({ pending: 200_000 });
  });

  test('of journal()', () => {
    const options = none(
      'fsync',
      'maxBytes',
      'retain',
      'onFull',
      'segmentBytes',
      'maxMemoryBytes',
      'leaseMs',
    );
    const given = { directory: 'var', ...options } as JournalOptions;
    expect(resolveJournalOptions(given)).toEqual(resolveJournalOptions({ directory: 'var' }));
    expect(resolveJournalOptions({ ...given, retain: none('days', 'bytes') })).toEqual(
      resolveJournalOptions(given),
    );
    expect(() => journal(given).check!('buffer', undefined)).not.toThrow();
  });

  test('of a call, and of flush()', async () => {
    const { service, shop, runtime, clock } = tracking();
    const options = {
      ...ANN,
      ...none('anonymousId', 'timestamp', 'key', 'destinations', 'context', 'groups', 'person'),
    };
    expect(service.track('Ordered', undefined, options)).toBeDefined();
    expect(service.stats().notices).toEqual({});
    expect(Object.keys(shop.events[0]!)).toEqual(
      Object.keys((service.track('Ordered', undefined, ANN), shop.events[1]!)),
    );
    const flushed = runtime.flush(none('timeoutMs', 'destinations'));
    clock.advance(10_000);
    expect(await flushed).toMatchObject({ timedOut: true });
  });

  test('of the test kit', async () => {
    const fake = fakeDestination(none(...SHARED.slice(0, 4), 'script', 'allowProperties', 'map'));
    const module = await Test.createTestingModule({
      imports: [
        TrackingTestingModule.forRoot({
          destinations: [fake],
          ...none('identity', 'clock', 'buffer', 'enabled', 'options'),
        }),
      ],
    }).compile();
    await module.init();
    module.get(TrackingService).track('Ordered');
    expect(trackingRecorder(module).events).toMatchObject([{ userId: 'test-user' }]);
    await module.close();
    const plain = await Test.createTestingModule({
      imports: [
        TrackingTestingModule.forRoot(
          none('destinations', 'identity', 'clock', 'buffer', 'enabled', 'options'),
        ),
      ],
    }).compile();
    await plain.close();
  });
});
