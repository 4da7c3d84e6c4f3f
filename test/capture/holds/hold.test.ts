import { describe, expect, test } from '@jest/globals';
import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import { lastValueFrom, Observable, of } from 'rxjs';
import { captureMessages } from '../../../lib/capture/capture.messages.js';
import { bindInstance } from '../../../lib/decorator/tracking-binding.js';
import { memory, Track, type TrackingService } from '../../../lib/index.js';
import { RequestScope, runInScope, surroundings } from '../../../lib/identity/scope/request-scope.js';
import { Gate } from '../../e2e/track-application.js';
import { expectAccounted } from '../../support/accounting.js';
import { slowBuffer } from '../../support/slow-buffer.js';
import { ANN, Shop, tracking } from '../../support/tracking.js';
import { runtimeMessages } from '../../../lib/runtime/runtime.messages.js';

const REFUSED = new Error('the payment was refused');

/** Names of the events that entered, in order. */
const names = (shop: Shop): string[] => shop.events.map(({ name }) => name);
const seen = (service: TrackingService, name = 'Seen'): string | undefined => service.track(name, {}, ANN);
const failing = async (): Promise<never> => {
  throw REFUSED;
};

describe('hold()', () => {
  test('stores events when its function has succeeded, as they were at the time of the call', async () => {
    const { service, shop, clock } = tracking();
    const first = clock.now();
    let ids: unknown[] = [];
    const value = await service.hold(async () => {
      ids = [
        seen(service, 'Ordered'),
        service.identify({ plan: 'pro' }, ANN),
        service.group('acme', {}, ANN),
        service.alias('visitor', 'ann'),
      ];
      await clock.elapse(60_000);
      expect(shop.events).toEqual([]);
      expect(service.stats()).toMatchObject({ called: 4, accepted: 0, held: 4 });
      expectAccounted(service.stats());
      return 'the order';
    });
    expect(value).toBe('the order');
    expect(shop.events.map(({ id }) => id)).toEqual(ids);
    expect(names(shop)).toEqual(['Ordered', 'identify', 'group', 'alias']);
    for (const { timestamp, acceptedAt } of shop.events)
      expect([timestamp, acceptedAt]).toEqual([first, first]);
    expect(service.stats()).toMatchObject({ called: 4, accepted: 4, held: 0 });
    expectAccounted(service.stats());
  });

  test.each([
    ['rejects', failing],
    [
      'throws',
      () => {
        throw REFUSED;
      },
    ],
  ] as [string, () => Promise<never>][])(
    'lets none in when it %s, with the very same error',
    async (_, fail) => {
      const { service, shop } = tracking();
      const held = service.hold(() => {
        expect(seen(service)).toBeDefined();
        return fail();
      });
      await expect(held).rejects.toBe(REFUSED);
      expect(shop.events).toEqual([]);
      expect(service.stats()).toMatchObject({ called: 1, held: 0, suppressed: { rolled_back: 1 } });
      expectAccounted(service.stats());
    },
  );

  test.each([[undefined], [null], [0], ['text'], [REFUSED]])('passes the value %p through', async (value) => {
    const { service } = tracking();
    expect(await service.hold(() => value)).toBe(value);
    expect(await service.hold(async () => value)).toBe(value);
    await expect(service.hold(() => Promise.reject(value as Error))).rejects.toBe(value);
  });

  test('copies events at once, so later changes of the caller have no effect', async () => {
    const { service, shop } = tracking();
    const order = { total: 5 };
    await service.hold(async () => {
      service.track('Ordered', order, ANN);
      order.total = 6;
    });
    expect(shop.events[0]!.properties).toEqual({ total: 5 });
  });

  test('holds events of a query that begins only when its result is requested', async () => {
    const { service, shop } = tracking();
    const query = (fails: boolean): PromiseLike<string> => ({
      // eslint-disable-next-line unicorn/no-thenable -- as query builders are
      then(fulfilled, rejected) {
        seen(service);
        expect(service.stats().held).toBe(1);
        return (fails ? failing() : Promise.resolve('rows')).then(fulfilled, rejected);
      },
    });
    await expect(service.hold(() => query(true))).rejects.toBe(REFUSED);
    expect(shop.events).toEqual([]);
    expect(await service.hold(() => query(false))).toBe('rows');
    expect(shop.events).toHaveLength(1);
  });

  test('refuses invalid calls at once', async () => {
    const { service } = tracking();
    await service.hold(() => {
      expect(service.track('Seen')).toBeUndefined();
      expect(service.track('', {}, ANN)).toBeUndefined();
      expect(service.stats()).toMatchObject({ held: 0, rejected: { no_identity: 1, invalid_name: 1 } });
    });
  });

  test('counts only `disabled` if tracking is disabled', async () => {
    const { service } = tracking({ enabled: false });
    expect(await service.hold(() => seen(service))).toBeDefined();
    await expect(service.hold(failing)).rejects.toBe(REFUSED);
    expect(service.stats()).toMatchObject({ called: 1, held: 0, suppressed: { disabled: 1 } });
  });

  test('does not change the context of its caller', async () => {
    const { service } = tracking();
    const before = surroundings();
    await service.hold(() => undefined);
    expect(surroundings()).toBe(before);
    await service.hold(failing).catch(() => undefined);
    expect(surroundings()).toBe(before);
    seen(service);
    expect(service.stats()).toMatchObject({ accepted: 1, held: 0 });
  });

  test('counts events that a full buffer refuses at its end', async () => {
    const { service } = tracking({ buffer: memory({ maxEvents: 1, onFull: 'rejectNewest' }) });
    await service.hold(() => [seen(service), seen(service)]);
    expect(service.stats()).toMatchObject({ accepted: 1, held: 0, rejected: { buffer_full: 1 } });
    expectAccounted(service.stats());
  });

  test('succeeds with its function, also if a buffer of the application throws', async () => {
    const kind = memory();
    const { service } = tracking({
      buffer: {
        kind: 'broken',
        create: (setup) =>
          Object.assign(kind.create(setup), {
            offer: () => {
              throw new Error('broken');
            },
          }),
      },
    });
    expect(
      await service.hold(() => {
        seen(service);
        return 5;
      }),
    ).toBe(5);
    expect(service.stats()).toMatchObject({ held: 0, rejected: { unserialisable: 1 } });
    expectAccounted(service.stats());
  });
});

describe('a hold within a hold', () => {
  test('passes its events to the outer hold, in order', async () => {
    const { service, shop } = tracking();
    await service.hold(async () => {
      seen(service, 'a');
      await service.hold(async () => {
        seen(service, 'b');
        await service.hold(() => seen(service, 'c'));
      });
      expect(service.stats()).toMatchObject({ accepted: 0, held: 3 });
      seen(service, 'd');
    });
    expect(names(shop)).toEqual(['a', 'b', 'c', 'd']);
    expectAccounted(service.stats());
  });

  test('stores events in the order in which they happened, whichever hold ended first', async () => {
    const { service, shop } = tracking();
    await service.hold(async () => {
      seen(service, 'a');
      let open = (): void => undefined;
      const gate = new Promise<void>((resolve) => void (open = resolve));
      const inner = ['b', 'c'].map((name) =>
        service.hold(async () => {
          seen(service, name);
          await gate;
          seen(service, `${name} late`);
        }),
      );
      seen(service, 'd');
      open();
      await Promise.all(inner);
      seen(service, 'e');
    });
    expect(names(shop)).toEqual(['a', 'b', 'c', 'd', 'b late', 'c late', 'e']);
  });

  test('drops only its own events', async () => {
    const { service, shop } = tracking();
    await service.hold(async () => {
      seen(service, 'a');
      await service
        .hold(() => {
          seen(service, 'b');
          throw REFUSED;
        })
        .catch(() => undefined);
      expect(service.stats()).toMatchObject({ held: 1, suppressed: { rolled_back: 1 } });
      seen(service, 'c');
    });
    expect(names(shop)).toEqual(['a', 'c']);
    expectAccounted(service.stats());
  });

  test('is dropped with the outer one', async () => {
    const { service, shop } = tracking();
    const held = service.hold(async () => {
      await service.hold(() => seen(service, 'a'));
      seen(service, 'b');
      throw REFUSED;
    });
    await expect(held).rejects.toBe(REFUSED);
    expect(shop.events).toEqual([]);
    expect(service.stats()).toMatchObject({ held: 0, suppressed: { rolled_back: 2 } });
  });

  test.each([
    ['kept', 1, 0],
    ['dropped', 0, 1],
  ])(
    'that outlives the outer one is recorded or dropped with it (%s)',
    async (outcome, accepted, rolledBack) => {
      const { service } = tracking();
      const gate = new Gate();
      let inner: Promise<unknown> | undefined;
      const outer = service.hold(async () => {
        inner = service.hold(async () => {
          seen(service);
          await gate.opened;
        });
        if (outcome === 'dropped') throw REFUSED;
      });
      await outer.catch(() => undefined);
      expect(service.stats().held).toBe(1);
      gate.open();
      await inner;
      const { suppressed, ...stats } = service.stats();
      expect([stats.held, stats.accepted, suppressed.rolled_back]).toEqual([0, accepted, rolledBack]);
    },
  );

  test('is independent of another one of the same caller', async () => {
    const { service, shop } = tracking();
    const [kept, dropped] = [new Gate(), new Gate()];
    const one = service.hold(async () => {
      seen(service, 'kept');
      await kept.opened;
      seen(service, 'kept');
    });
    const other = service.hold(async () => {
      seen(service, 'dropped');
      await dropped.opened;
      throw REFUSED;
    });
    dropped.open();
    await expect(other).rejects.toBe(REFUSED);
    kept.open();
    await one;
    expect(names(shop)).toEqual(['kept', 'kept']);
  });

  test('is independent of a thousand interleaved ones', async () => {
    const { service, shop } = tracking();
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    await Promise.allSettled(
      Array.from({ length: 1_000 }, (_, n) =>
        service.hold(async () => {
          for (let step = 0; step < 3; step++) {
            service.track('Step', { n, step }, { userId: `user-${n}` });
            for (let wait = 0; wait < n % 4; wait++) await turn();
          }
          if (n % 3 === 0) throw REFUSED;
        }),
      ),
    );
    const kept = new Map<number, number[]>();
    for (const { properties, userId } of shop.events) {
      const { n, step } = properties as { n: number; step: number };
      expect(userId).toBe(`user-${n}`);
      expect(n % 3).not.toBe(0);
      kept.set(n, [...(kept.get(n) ?? []), step]);
    }
    expect(kept.size).toBe(666);
    for (const steps of kept.values()) expect(steps).toEqual([0, 1, 2]);
    expect(service.stats()).toMatchObject({ held: 0, accepted: 1_998, suppressed: { rolled_back: 1_002 } });
  });
});

describe('work that continues after the end of a hold', () => {
  test.each([
    ['enters at once', 'kept', 1, 0],
    ['has never happened', 'dropped', 0, 1],
  ])('%s where it was %s', async (_, outcome, accepted, rolledBack) => {
    const { service } = tracking();
    const gate = new Gate();
    let later: Promise<unknown> | undefined;
    const held = service.hold(async () => {
      later = gate.opened.then(() => service.record('Seen', {}, ANN));
      if (outcome === 'dropped') throw REFUSED;
    });
    await held.catch(() => undefined);
    gate.open();
    const state = outcome === 'kept' ? { state: 'buffered' } : { state: 'suppressed', reason: 'rolled_back' };
    expect(await later).toMatchObject({ id: expect.any(String), ...state });
    expect([service.stats().accepted, service.stats().suppressed.rolled_back]).toEqual([
      accepted,
      rolledBack,
    ]);
    expectAccounted(service.stats());
  });

  test('keeps no chain of ended holds if it restarts itself within a hold', async () => {
    for (const fails of [false, true]) {
      const { service } = tracking();
      let deepest: unknown;
      const again = async (left: number): Promise<void> => {
        let next: Promise<void> | undefined;
        const gate = new Gate();
        const held = service.hold(() => {
          deepest = surroundings()!.hold;
          if (left > 0) next = gate.opened.then(() => again(left - 1));
          if (fails) throw REFUSED;
        });
        await held.catch(() => undefined);
        gate.open();
        await next;
      };
      await again(50);
      let length = 0;
      for (let hold = deepest as { outer?: object } | undefined; hold; hold = hold.outer) length++;
      expect(length).toBeLessThanOrEqual(2);
    }
  });
});

describe('record() within a hold', () => {
  test('resolves to held at once, and hold() then waits for the commit', async () => {
    const buffer = slowBuffer();
    const { service } = tracking({ buffer });
    let ended = false;
    const held = service.hold(async () => {
      const recorded = await service.record('Paid', {}, ANN);
      expect(recorded).toEqual({ id: expect.any(String), state: 'held' });
      expect(buffer.disk.asked).toEqual([]);
      return recorded;
    });
    void held.then(() => (ended = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(buffer.disk.asked).toEqual(['commit']);
    expect(ended).toBe(false);
    buffer.disk.committed();
    await held;
  });

  test('makes the outermost hold wait, and no inner one', async () => {
    const buffer = slowBuffer();
    const { service } = tracking({ buffer });
    const held = service.hold(async () => {
      await service.hold(() => service.record('Paid', {}, ANN));
      expect(buffer.disk.asked).toEqual([]);
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(buffer.disk.asked).toEqual(['commit']);
    buffer.disk.committed();
    await held;
  });

  test('does not wait if its function fails, or only track() was called', async () => {
    const buffer = slowBuffer();
    const { service } = tracking({ buffer });
    await service
      .hold(async () => {
        await service.record('Paid', {}, ANN);
        await failing();
      })
      .catch(() => undefined);
    await service.hold(() => seen(service));
    expect(buffer.disk.asked).toEqual([]);
  });

  test('does not wait longer than commitTimeoutMs for a disk that hangs', async () => {
    const { service, clock } = tracking({ buffer: slowBuffer(), commitTimeoutMs: 50 });
    const held = service.hold(() => service.record('Paid', {}, ANN));
    await clock.elapse(50);
    expect(await held).toMatchObject({ state: 'held' });
    expect(service.stats().notices).toEqual({ commit_failed: 1 });
  });
});

describe('@Track() within a hold', () => {
  class Orders {
    @Track('Placed')
    place(): string {
      return 'order';
    }

    @Track('Paid', { durable: true })
    async pay(): Promise<string> {
      return 'payment';
    }

    @Track('Streamed')
    stream(): Observable<number> {
      return of(1, 2);
    }

    @Track('Generated')
    async *generate(): AsyncGenerator<number> {
      yield 1;
      yield 2;
    }

    @Track('Read')
    read(): Readable {
      return Readable.from(['a', 'b']);
    }

    @Track('Failed')
    async fail(): Promise<never> {
      throw REFUSED;
    }
  }

  function orders(service: TrackingService): Orders {
    const instance = new Orders();
    bindInstance(instance, service);
    return instance;
  }

  async function all(service: TrackingService): Promise<void> {
    await service.runAs(ANN, async () => {
      const shop = orders(service);
      shop.place();
      await shop.pay();
      await lastValueFrom(shop.stream());
      for await (const _ of shop.generate());
      for await (const _ of shop.read());
      await shop.fail().catch(() => undefined);
    });
  }

  const RECORDED = ['Placed', 'Paid', 'Streamed', 'Generated', 'Read'];

  test('waits for its end, with any result of the method', async () => {
    const { service, shop } = tracking();
    await service.hold(async () => {
      await all(service);
      expect(shop.events).toEqual([]);
      expect(service.stats().held).toBe(RECORDED.length);
    });
    expect(names(shop)).toEqual(RECORDED);
  });

  test('is dropped after a rollback', async () => {
    const { service, shop } = tracking();
    const held = service.hold(async () => {
      await all(service);
      throw REFUSED;
    });
    await expect(held).rejects.toBe(REFUSED);
    expect(shop.events).toEqual([]);
    expect(service.stats().suppressed.rolled_back).toBe(RECORDED.length);
  });

  test('belongs to the hold in which a stream was made, also if it is read after its end', async () => {
    for (const fails of [false, true]) {
      const { service, shop } = tracking();
      let stream: AsyncGenerator<number> | undefined;
      let observable: Observable<number> | undefined;
      const held = service.hold(() =>
        service.runAs(ANN, () => {
          stream = orders(service).generate();
          observable = orders(service).stream();
          if (fails) throw REFUSED;
        }),
      );
      await held.catch(() => undefined);
      for await (const _ of stream ?? []);
      if (observable !== undefined) await lastValueFrom(observable);
      expect(names(shop)).toEqual(fails ? [] : ['Generated', 'Streamed']);
      expect(service.stats().suppressed.rolled_back).toBe(fails ? 2 : 0);
    }
  });
});

describe('a hold', () => {
  test('nests with runAs() in both orders', async () => {
    const { service, shop } = tracking();
    await service.hold(() => service.runAs({ userId: 'bob' }, async () => void service.track('inside')));
    await service.runAs({ userId: 'eve' }, () => service.hold(async () => void service.track('around')));
    expect(shop.events.map(({ name, userId }) => [name, userId])).toEqual([
      ['inside', 'bob'],
      ['around', 'eve'],
    ]);
    const lost = service.runAs({ userId: 'eve' }, () =>
      service.hold(() => service.runAs({ userId: 'bob' }, () => (service.track('Lost'), failing()))),
    );
    await expect(lost).rejects.toBe(REFUSED);
    expect(shop.events).toHaveLength(2);
  });

  test('follows timers and emitters that its code calls', async () => {
    const { service } = tracking();
    const emitter = new EventEmitter().on('placed', () => seen(service));
    const held = service.hold(async () => {
      emitter.emit('placed');
      await new Promise<void>((resolve) =>
        setImmediate(() => {
          seen(service);
          resolve();
        }),
      );
      throw REFUSED;
    });
    await expect(held).rejects.toBe(REFUSED);
    expect(service.stats().suppressed.rolled_back).toBe(2);
  });

  test('applies to a message whose scope is opened within, and not to another request', async () => {
    const { service, shop } = tracking();
    const elsewhere = (): unknown => runInScope(new RequestScope({}), () => seen(service));
    await service.hold(() => (elsewhere(), failing())).catch(() => undefined);
    expect(names(shop)).toEqual([]);
    const inRequest = runInScope(new RequestScope({}, {}), () =>
      service.hold(() => (elsewhere(), failing())),
    );
    await inRequest.catch(() => undefined);
    expect(names(shop)).toEqual(['Seen']);
  });

  test('of one application does not hold the events of another, and hides none of its holds', async () => {
    const [one, other] = [tracking(), tracking()];
    await one.service
      .hold(async () => {
        seen(other.service, 'free');
        expect(names(other.shop)).toEqual(['free']);
        await other.service.hold(() => {
          seen(one.service, 'lost');
          seen(other.service, 'kept');
          expect([one.service.stats().held, other.service.stats().held]).toEqual([1, 1]);
        });
        expect(names(other.shop)).toEqual(['free', 'kept']);
        throw REFUSED;
      })
      .catch(() => undefined);
    expect(names(one.shop)).toEqual([]);
    expect(one.service.stats()).toMatchObject({ held: 0, suppressed: { rolled_back: 1 } });
  });

  test('that is open at shutdown is counted when it ends: as closed, or as rolled back', async () => {
    const { service, runtime, clock, spoken } = tracking();
    const gates = [new Gate(), new Gate()];
    const held = gates.map((gate, n) =>
      service.hold(async () => {
        seen(service);
        await gate.opened;
        if (n === 1) throw REFUSED;
      }),
    );
    const closed = runtime.close();
    await clock.elapse(60_000);
    await closed;
    expect(service.stats()).toMatchObject({ held: 2, accepted: 0 });
    for (const gate of gates) gate.open();
    await Promise.allSettled(held);
    const { suppressed, rejected, held: left } = service.stats();
    expect([left, rejected.closed, suppressed.rolled_back]).toEqual([0, 1, 1]);
    expect(spoken.warnings).toEqual([captureMessages.refused("event 'Seen'", 'closed')]);
    expectAccounted(service.stats());
  });

  test('that is open when the process exits is logged', () => {
    const { service, runtime, spoken } = tracking();
    void service.hold(() => {
      seen(service);
      return new Promise(() => undefined);
    });
    runtime.shutdown.onProcessExit();
    expect(spoken.errors).toEqual([runtimeMessages.heldOnExit(1)]);
    expect(runtimeMessages.heldOnExit(1)).not.toBe(runtimeMessages.heldOnExit(2));
  });
});

describe('the limit of all holds', () => {
  test('is a number of events; further ones are refused and counted', async () => {
    const { service, shop, spoken } = tracking();
    await service.hold(async () => {
      for (let n = 0; n < 9_999; n++) seen(service);
      await service.hold(() => {
        expect(seen(service)).toBeDefined();
        expect(seen(service)).toBeUndefined();
      });
      // Events of an inner hold still count after they move to the outer one.
      expect(service.stats()).toMatchObject({ held: 10_000, rejected: { buffer_full: 1 } });
      expect(seen(service)).toBeUndefined();
    });
    expect(shop.events).toHaveLength(10_000);
    await service.hold(() => expect(seen(service)).toBeDefined());
    expect(service.stats()).toMatchObject({ accepted: 10_001, held: 0, rejected: { buffer_full: 2 } });
    expect(spoken.warnings[0]).toBe(captureMessages.holdFull(10_000, 32 * 1024 * 1024));
    expectAccounted(service.stats());
  });

  test('is limited by the size of the events', async () => {
    const { service } = tracking();
    const text = 'x'.repeat(900_000);
    for (const fails of [true, false]) {
      await service
        .hold(() => {
          for (let n = 0; n < 40; n++) service.track('Large', { text }, ANN);
          expect(service.stats().held).toBe(37);
          if (fails) throw REFUSED;
        })
        .catch(() => undefined);
    }
    expect(service.stats()).toMatchObject({ held: 0, accepted: 37, rejected: { buffer_full: 6 } });
  });
});

describe('a key within a hold', () => {
  const paid = (service: TrackingService): string | undefined =>
    service.track('Paid', {}, { ...ANN, key: 'order-1' });

  test('may be used again after a rollback', async () => {
    const { service, shop } = tracking();
    await service.hold(() => (paid(service), failing())).catch(() => undefined);
    await service.hold(() => paid(service));
    expect(shop.events).toHaveLength(1);
    expect(service.stats()).toMatchObject({ accepted: 1, duplicate: 0, suppressed: { rolled_back: 1 } });
  });

  test('is accepted once: of two in one hold, and of one that is known already', async () => {
    const { service, shop } = tracking();
    await service.hold(() => expect(paid(service)).toBe(paid(service)));
    expect(service.stats()).toMatchObject({ accepted: 1, duplicate: 1 });
    await service.hold(async () => {
      expect(await service.record('Paid', {}, { ...ANN, key: 'order-1' })).toMatchObject({
        state: 'duplicate',
      });
      expect(service.stats().held).toBe(0);
    });
    expect(shop.events).toHaveLength(1);
    expectAccounted(service.stats());
  });

  test('is accepted once of two holds that are open at the same time, whichever succeeds', async () => {
    for (const [first, second] of [
      [true, true],
      [false, true],
      [true, false],
    ]) {
      const { service, shop } = tracking();
      const gate = new Gate();
      const attempt = (succeeds: boolean): Promise<unknown> =>
        service.hold(async () => {
          paid(service);
          await gate.opened;
          if (!succeeds) throw REFUSED;
        });
      const both = Promise.allSettled([attempt(first!), attempt(second!)]);
      gate.open();
      await both;
      expect(shop.events).toHaveLength(1);
      expectAccounted(service.stats());
    }
  });
});
