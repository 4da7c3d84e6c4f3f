import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Track, type TrackCall, type TrackOptions } from '../../lib/decorator/track.decorator.js';
import { durableNotAsync, keyEmpty, keyWithoutTimestamp } from '../../lib/decorator/decorator.messages.js';
import { trackedPlaces } from '../../lib/decorator/tracked-places.js';
import { bindInstance } from '../../lib/decorator/tracking-binding.js';
import { defineTrackingPlan } from '../../lib/plan/tracking-plan.js';
import { ANN, tracking as started } from '../support/tracking.js';
import { RecordingTracking } from './recording.js';

const unhandled: unknown[] = [];
const collect = (reason: unknown): void => void unhandled.push(reason);
let tracking: RecordingTracking;
beforeEach(() => {
  tracking = new RecordingTracking();
  process.on('unhandledRejection', collect);
});
afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', collect);
  expect(unhandled.splice(0)).toEqual([]);
});

function run(options: TrackOptions, result: unknown = { id: 1 }, ...args: unknown[]): unknown {
  class Orders {
    @Track('Done', options)
    create(..._args: unknown[]): unknown {
      return result;
    }
  }
  return tracking.bind(new Orders()).create(...args);
}

const recorded = (): unknown =>
  tracking.events.map(({ properties, options }) => Object.assign({ properties }, options));
const SOURCE = 'Orders.create';

describe('groups', () => {
  test('are a value or a function, with ids that later changes of the result do not change', () => {
    const order = { company: { value: 'acme', toJSON: () => order.company.value } };
    run({ groups: { company: 'acme', team: 7 } });
    run({ groups: (result: typeof order) => ({ company: result.company }) }, order);
    order.company.value = 'changed';
    run({ groups: () => undefined });
    expect(tracking.events.map(({ options }) => options.groups)).toEqual([
      { company: 'acme', team: '7' },
      { company: 'acme' },
      undefined,
    ]);
  });

  test('that are unusable reach the door unchanged, which counts them', () => {
    const { service, shop } = started();
    class Orders {
      @Track('Done', { groups: () => ({ company: '' }) })
      create(): void {}
    }
    const orders = new Orders();
    bindInstance(orders, service);
    service.runAs(ANN, () => orders.create());
    expect(shop.events[0]).not.toHaveProperty('groups');
    expect(service.stats().notices).toEqual({ invalid_group: 1 });
  });

  test('are checked while the class is defined', () => {
    expect(() => run({ groups: 'acme' as never })).toThrow(
      /`groups` is a string; expected an object of ids by type/,
    );
  });
});

describe('option functions', () => {
  test('get the result and the call', () => {
    tracking.identity = () => ({ userId: 'ada', anonymousId: 'v1' });
    let seen: [unknown, TrackCall] | undefined;
    const result = { id: 1 };
    run({ properties: (...given: [unknown, TrackCall]) => void (seen = given) as undefined }, result, 'a', 2);
    expect(seen?.[0]).toBe(result);
    expect(seen?.[1]).toEqual({
      args: ['a', 2],
      request: undefined,
      response: undefined,
      identity: { userId: 'ada', anonymousId: 'v1' },
      durationMs: expect.any(Number),
    });
    expect(seen?.[1].durationMs).toBeGreaterThanOrEqual(0);
  });

  test('are called once each', () => {
    const calls: string[] = [];
    const once = <T>(name: string, value: T): (() => T) => {
      return () => {
        calls.push(name);
        return value;
      };
    };
    run({
      properties: once('properties', { n: 1 }),
      key: once('key', 7),
      user: once('user', { userId: 8n }),
      timestamp: once('timestamp', 5),
      when: once('when', true),
      destinations: once('destinations', ['a']),
    });
    expect(calls.toSorted()).toEqual(['destinations', 'key', 'properties', 'timestamp', 'user', 'when']);
    expect(calls[0]).toBe('when');
    expect(recorded()).toEqual([
      { properties: { n: 1 }, key: 7, userId: '8', timestamp: 5, destinations: ['a'] },
    ]);
  });

  test.each(['properties', 'key', 'user', 'timestamp', 'when', 'destinations'] as const)(
    'that throw refuse the event and leave the result: %s',
    (option) => {
      const error = new Error('broken');
      const result = { id: 1 };
      const options: TrackOptions = {
        [option]: () => {
          throw error;
        },
      };
      expect(run(options, result)).toBe(result);
      expect(tracking.events).toEqual([]);
      expect(tracking.refused).toEqual([['option_error', SOURCE, error]]);
    },
  );

  test.each(['properties', 'key', 'user', 'timestamp', 'when', 'destinations'] as const)(
    'that return a promise refuse the event, and leave no rejection behind: %s',
    (option) => {
      run({ [option]: () => Promise.reject(new Error('later')) });
      expect(tracking.events).toEqual([]);
      expect(tracking.refused).toEqual([['async_option', SOURCE]]);
    },
  );

  test('that return a query do not run it', () => {
    let runs = 0;
    // eslint-disable-next-line unicorn/no-thenable -- queries are thenables
    run({ key: () => ({ then: () => runs++ }) as never });
    expect(runs).toBe(0);
    expect(tracking.refused).toEqual([['async_option', SOURCE]]);
  });
});

test('values are taken as they are', () => {
  const timestamp = new Date(5);
  run({ properties: { plan: 'pro' }, key: 'k', user: { anonymousId: 3 }, timestamp, destinations: ['a'] });
  expect(recorded()).toEqual([
    { properties: { plan: 'pro' }, key: 'k', anonymousId: '3', timestamp, destinations: ['a'] },
  ]);
  expect(tracking.notices).toEqual([]);
});

test('a source is the class of the instance and the method', () => {
  class Base {
    @Track('Done')
    run(): void {}
  }
  class Special extends Base {}
  tracking.bind(new Base()).run();
  tracking.bind(new Special()).run();
  tracking.bind(new Base()).run();
  expect(tracking.events.map(({ source }) => source)).toEqual(['Base.run', 'Special.run', 'Base.run']);
});

describe('when', () => {
  test('false suppresses the event, and no other option is read', () => {
    let read = false;
    run({ when: () => false, properties: () => ((read = true), {}) });
    expect([tracking.events, tracking.refused, read]).toEqual([[], [['when', SOURCE]], false]);
  });

  test('true records it', () => {
    run({ when: ({ id }: { id: number }) => id === 1 });
    expect(tracking.names).toEqual(['Done']);
  });
});

describe('user', () => {
  beforeEach(() => void (tracking.identity = () => ({ userId: 'ada', anonymousId: 'v1' })));

  test('not given: the surroundings', () => {
    run({});
    run({ user: () => undefined });
    expect(recorded()).toMatchObject([
      { userId: 'ada', anonymousId: 'v1' },
      { userId: 'ada', anonymousId: 'v1' },
    ]);
  });

  test('replaces the identity whole', () => {
    run({ user: { userId: 'bob' } });
    expect(tracking.events[0]?.options).toEqual({ userId: 'bob', timestamp: expect.any(Number) });
  });

  test('can spread the current identity', () => {
    run({ user: (_result, { identity }) => ({ ...identity, userId: 'bob' }) });
    expect(recorded()).toMatchObject([{ userId: 'bob', anonymousId: 'v1' }]);
  });

  test('without ids is not given', () => {
    run({ user: () => ({ userId: undefined }) });
    expect(recorded()).toMatchObject([{ userId: 'ada', anonymousId: 'v1' }]);
  });

  test('that is null means no person', () => {
    run({ user: () => null as never });
    expect(tracking.events[0]?.options).toEqual({ timestamp: expect.any(Number) });
    expect(tracking.notices).toEqual([]);
  });

  test('with an id that cannot be one leaves the decision to the service', () => {
    const unusable = { $oid: 'x' } as never;
    run({ user: () => ({ userId: unusable, anonymousId: 'v2' }) });
    run({ user: () => 'bob' as never });
    expect(recorded()).toMatchObject([{ userId: unusable, anonymousId: 'v2' }, { userId: null }]);
  });
});

describe('timestamp', () => {
  test('is the time of the call by default', async () => {
    class Orders {
      @Track('Done')
      async create(): Promise<number> {
        const end = Date.now() + 2;
        while (Date.now() < end) await Promise.resolve();
        return Date.now();
      }
    }
    const before = Date.now();
    const after = await tracking.bind(new Orders()).create();
    const timestamp = tracking.events[0]?.options.timestamp as number;
    expect(timestamp).toBeGreaterThanOrEqual(before);
    expect(timestamp).toBeLessThan(after);
  });

  test('falls back to it if the record has none', () => {
    run({ timestamp: () => undefined });
    expect(recorded()).toMatchObject([{ timestamp: expect.any(Number) }]);
  });
});

describe('source', () => {
  test('is the class and the method, or the option: for the event, its refusals and its notices', () => {
    run({});
    run({ source: 'orders.create' });
    run({ source: 'orders.create', key: () => '' });
    run({ source: 'orders.create', when: () => false });
    expect(tracking.events.map(({ source }) => source)).toEqual([SOURCE, 'orders.create', 'orders.create']);
    expect(tracking.notices).toEqual([['key_empty', 'orders.create']]);
    expect(tracking.refused).toEqual([['when', 'orders.create']]);
  });

  test('names the place for `plan --app`', () => {
    run({ source: 'plan.place' });
    expect(trackedPlaces()).toContainEqual({ place: 'plan.place', event: 'Done' });
  });

  test('is the place of violations of the plan, and of the event', () => {
    const broken = {
      '~standard': { version: 1, vendor: 'test', validate: () => ({ issues: [{ message: '' }] }) },
    } as const;
    const { service, shop } = started({ plan: defineTrackingPlan({ Done: broken }) });
    class Orders {
      @Track('Done', { source: 'orders.create', user: ANN })
      create(): void {}
    }
    const orders = new Orders();
    bindInstance(orders, service);
    orders.create();
    expect(shop.events).toMatchObject([{ source: 'orders.create' }]);
    expect(service.stats().plan?.places).toMatchObject([{ source: 'orders.create' }]);
  });
});

describe('key', () => {
  test.each([undefined, null, ''])('%p gives a new id, and is logged', (key) => {
    run({ key: () => key, timestamp: 5 });
    expect(tracking.events[0]?.options).toEqual({ timestamp: 5 });
    expect(tracking.notices).toEqual([['key_empty', SOURCE]]);
    expect(tracking.messages).toEqual([keyEmpty(SOURCE)]);
  });

  test.each([0, 7n, 'k'])('%p is a key', (key) => {
    run({ key: () => key, timestamp: 5 });
    expect(recorded()).toEqual([{ key, timestamp: 5 }]);
    expect(tracking.notices).toEqual([]);
  });

  test('without a timestamp is logged', () => {
    run({ key: 'k' });
    run({ key: 'k', timestamp: () => undefined });
    expect(tracking.notices).toEqual([
      ['key_without_timestamp', SOURCE],
      ['key_without_timestamp', SOURCE],
    ]);
    expect(tracking.messages[0]).toBe(keyWithoutTimestamp(SOURCE));
  });
});

test('messages name the method and contain no value', () => {
  for (const message of [keyEmpty, keyWithoutTimestamp, durableNotAsync]) {
    expect(message(SOURCE)).toContain(`${SOURCE}: `);
  }
});
