import { describe, expect, jest, test } from '@jest/globals';
import { createMock as createMockOfGolevelup } from '@golevelup/ts-jest';
import { Inject, Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { mock, mockDeep } from 'jest-mock-extended';
import { type MockMetadata, ModuleMocker } from 'jest-mock';
import { of } from 'rxjs';
import { RunAs, Track, TrackingModule, TrackingService } from '../../lib/index.js';
import { kissmetrics } from '../../lib/destinations/kissmetrics/kissmetrics.js';

/** The library's types refer to Jest's globals, and these tests import `jest`. */
const createMock = createMockOfGolevelup as unknown as <T extends object>(partial?: object) => T;

@Injectable()
class Orders {
  @Track('Order Completed', {
    properties: (order: { id: string }) => ({ orderId: order.id }),
    key: (order: { id: string }) => order.id,
    timestamp: 1_790_000_000_000,
    user: { userId: 'ann' },
    destinations: ['kissmetrics'],
  })
  async place(id: string): Promise<{ id: string }> {
    return { id };
  }

  @Track('Order Shipped', { durable: true, user: { userId: 'ann' } })
  async ship(): Promise<string> {
    return 'shipped';
  }

  @RunAs((userId: string) => ({ userId }))
  @Track('Order Seen', { timestamp: 1_790_000_000_000 })
  seen(_userId: string) {
    return of(1);
  }
}

/** Also injects the service that a test mocks. */
@Injectable()
class Shop {
  constructor(@Inject(TrackingService) readonly tracking: TrackingService) {}

  @Track('Shop Opened')
  open(): void {}
}

@Module({
  imports: [TrackingModule.forRoot({ destinations: [kissmetrics({ apiKey: 'a-key' })] })],
  providers: [Orders],
})
class AppModule {}

interface Tracked {
  readonly calls: readonly (readonly unknown[])[];
}

const PLACED = [
  'Order Completed',
  { orderId: 'o-1' },
  { userId: 'ann', key: 'o-1', timestamp: 1_790_000_000_000, destinations: ['kissmetrics'] },
];

/** Checks that a value is plain at every level, so that any runner can read, print and compare it. */
function expectPlain(call: readonly unknown[]): void {
  const options = call[2] as object;
  expect(Object.getPrototypeOf(options)).toBe(Object.prototype);
  expect(Reflect.ownKeys(options).filter((key) => typeof key === 'symbol')).toEqual([]);
}

/** Mocks of `TrackingService`, and where each keeps its calls. */
const mocks: [string, () => object][] = [
  ['createMock() of @golevelup/ts-jest', () => createMock<TrackingService>()],
  ['mock() of jest-mock-extended', () => mock<TrackingService>()],
  ['mockDeep() of jest-mock-extended', () => mockDeep<TrackingService>()],
  [
    'mockDeep() whose functions have properties',
    () => mockDeep<TrackingService>({ funcPropSupport: true, fallbackMockImplementation: undefined }),
  ],
  ['an object of jest.fn()', () => ({ track: jest.fn(), record: jest.fn() })],
  ['an automock of Jest', () => automock()],
];

function automock(): object {
  const mocker = new ModuleMocker(globalThis as never);
  const Mocked = mocker.generateFromMetadata(
    mocker.getMetadata(TrackingService) as MockMetadata<typeof TrackingService>,
  ) as unknown as new () => object;
  return new Mocked();
}

const callsOf = (service: object): Tracked['calls'] =>
  (service as { track: { mock: Tracked } }).track.mock.calls;

describe.each(mocks)('TrackingService overridden by %s', (_, make) => {
  test('gets the event of a decorated method', async () => {
    const service = make();
    const moduleRef = await Test.createTestingModule({ imports: [AppModule] })
      .overrideProvider(TrackingService)
      .useValue(service)
      .compile();
    await moduleRef.init();
    const orders = moduleRef.get(Orders);

    expect(await orders.place('o-1')).toEqual({ id: 'o-1' });
    expect(callsOf(service)).toEqual([PLACED]);
    expectPlain(callsOf(service)[0]!);
    await moduleRef.close();
  });

  test('gets the event of a durable method by track(), too', async () => {
    const service = make();
    const moduleRef = await Test.createTestingModule({ imports: [AppModule] })
      .overrideProvider(TrackingService)
      .useValue(service)
      .compile();
    await moduleRef.init();
    expect(await moduleRef.get(Orders).ship()).toBe('shipped');
    expect(callsOf(service)).toEqual([
      ['Order Shipped', undefined, { userId: 'ann', timestamp: expect.any(Number) }],
    ]);
    await moduleRef.close();
  });

  test('gets no other call', async () => {
    const service = make();
    const asked = new Set<string | symbol>();
    const watched = new Proxy(service, {
      get(target, key, receiver) {
        asked.add(key);
        return Reflect.get(target, key, receiver) as unknown;
      },
    });
    const moduleRef = await Test.createTestingModule({ imports: [AppModule] })
      .overrideProvider(TrackingService)
      .useFactory({ factory: () => watched })
      .compile();
    await moduleRef.init();
    const orders = moduleRef.get(Orders);
    asked.clear();
    await orders.place('o-1');
    await new Promise<void>((resolve) => orders.seen('ben').subscribe({ complete: resolve }));
    expect([...asked]).toEqual(['track']);
    await moduleRef.close();
  });
});

const mockers: [string, (token: unknown) => unknown][] = [
  ['createMock of @golevelup/ts-jest', createMock as (token: unknown) => unknown],
  ['mock() of jest-mock-extended', () => mock<TrackingService>()],
  [
    "an automock of Jest, as in Nest's documentation",
    (token) => (typeof token === 'function' ? automock() : undefined),
  ],
];

describe('without a TrackingModule', () => {
  test.each(mockers)(
    'useMocker() by %s: the mock that a class injects gets its events',
    async (_, mocker) => {
      const moduleRef = await Test.createTestingModule({ providers: [Shop] })
        .useMocker(mocker as never)
        .compile();
      const shop = moduleRef.get(Shop);
      shop.open();
      const service = moduleRef.get(TrackingService, { strict: false });
      expect(shop.tracking).toBe(service);
      expect(callsOf(service)).toEqual([['Shop Opened', undefined, { timestamp: expect.any(Number) }]]);
      await moduleRef.close();
    },
  );

  test.each(mockers)(
    'useMocker() by %s: there is a mock for a class that injects none',
    async (_, mocker) => {
      const moduleRef = await Test.createTestingModule({ providers: [Orders] })
        .useMocker(mocker as never)
        .compile();
      await moduleRef.get(Orders).place('o-1');
      expect(callsOf(moduleRef.get(TrackingService, { strict: false }))).toEqual([PLACED]);
      await moduleRef.close();
    },
  );

  test.each(mocks)('a provider of the test, %s, gets the events', async (_, make) => {
    const service = make();
    const moduleRef = await Test.createTestingModule({
      providers: [Shop, Orders, { provide: TrackingService, useFactory: () => service }],
    }).compile();
    moduleRef.get(Shop).open();
    await moduleRef.get(Orders).place('o-1');
    expect(callsOf(service)).toEqual([['Shop Opened', undefined, { timestamp: expect.any(Number) }], PLACED]);
    await moduleRef.close();
  });
});
