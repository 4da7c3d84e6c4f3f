import type { ExecutionContext } from '@nestjs/common';
import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { isKeyed } from '../../lib/event/tracking-event.js';
import { KeyWindow } from '../../lib/capture/idempotency/key-window.js';
import { bindInstance } from '../../lib/decorator/tracking-binding.js';
import {
  defineTrackingPlan,
  type IdempotencyOptions,
  memory,
  Track,
  type TrackingEvent,
  type TrackingModuleOptions,
} from '../../lib/index.js';
import { RequestScope, runInScope } from '../../lib/identity/scope/request-scope.js';
import { expectAccounted } from '../support/accounting.js';
import { ANN, Shop, tracking, type Tracking } from '../support/tracking.js';

/** Values that JSON cannot hold. */
const UNWRITABLE = { n: 1, toJSON: () => 1 };

const KEY = '5b7e1c9e-attempt';
const HEADER: Partial<TrackingModuleOptions> = { idempotency: { header: true } };

interface Sent {
  readonly user?: string | undefined;
  readonly key?: string | undefined;
  readonly headers?: Record<string, unknown>;
  readonly method?: string;
  readonly route?: string;
}

/** An Express request, as far as anything here looks at it. */
function aRequest({ user = 'ann', key = KEY, headers, method = 'POST', route = '/orders' }: Sent = {}) {
  return {
    method,
    baseUrl: '',
    route: { path: route },
    headers: { ...(key !== '' && { 'idempotency-key': key }), ...headers },
    ...(user !== '' && { user: { id: user } }),
  };
}

/** One attempt: runs `fn` as the handler of a new request. */
function attempt<T>(sent: Sent, fn: () => T): T {
  return runInScope(new RequestScope(aRequest(sent), {}), fn);
}

/** Takes `Item Bought` with a number `n`. */
const numbersOnly = () => defineTrackingPlan({ 'Item Bought': z.object({ n: z.number() }) });

const paid = ({ service }: Tracking, sent: Sent = {}, name = 'Paid'): string | undefined =>
  attempt(sent, () => service.track(name, { total: 5 }));

describe('a repeated request', () => {
  test('counts nothing twice, and gets the same id', async () => {
    const it = tracking(HEADER);
    const id = paid(it);
    expect(isKeyed({ id: id! })).toBe(true);
    expect(paid(it)).toBe(id);
    expect(await attempt({}, () => it.service.record('Paid'))).toEqual({ id, state: 'duplicate' });
    expect(it.shop.events).toHaveLength(1);
    expect(it.service.stats()).toMatchObject({ called: 3, accepted: 1, duplicate: 2 });
    expectAccounted(it.service.stats());
  });

  test('is a new one by default', () => {
    for (const options of [{}, { idempotency: {} }, { idempotency: { header: false } }]) {
      const it = tracking(options);
      expect(paid(it)).not.toBe(paid(it));
      expect(it.service.stats()).toMatchObject({ accepted: 2, duplicate: 0 });
    }
  });

  test('finds all its events by name and position, in any order of names', () => {
    const it = tracking(HEADER);
    const both = (names: readonly string[]): (string | undefined)[] =>
      attempt({}, () => names.map((name) => it.service.track(name)));
    const [a1, b1, a2] = both(['a', 'b', 'a']);
    expect(new Set([a1, b1, a2]).size).toBe(3);
    expect(both(['b', 'a', 'a'])).toEqual([b1, a1, a2]);
    expect(it.service.stats()).toMatchObject({ accepted: 3, duplicate: 3 });
  });

  test('records events that its first attempt did not reach', () => {
    const it = tracking(HEADER);
    attempt({}, () => it.service.track('Item Bought', { n: 1 }));
    attempt({}, () => [1, 2, 3].map((n) => it.service.track('Item Bought', { n })));
    expect(it.shop.events.map(({ properties }) => properties['n'])).toEqual([1, 2, 3]);
  });

  test('is recognised by a header of another name, in any case; a function takes precedence', () => {
    const named = tracking({ idempotency: { header: 'X-Request-Key' } });
    const sent = { key: '', headers: { 'x-request-key': 'k' } };
    expect(paid(named, sent)).toBe(paid(named, sent));
    expect(paid(named)).not.toBe(paid(named));

    const hooked = tracking({
      idempotency: { header: true, webhookId: ({ headers }) => headers['webhook-id'] as string | undefined },
    });
    const delivery = (key: string, id: string) => ({ key, headers: { 'webhook-id': id } });
    expect(paid(hooked, delivery('a', 'wh_1'))).toBe(paid(hooked, delivery('b', 'wh_1')));
    expect(paid(hooked, delivery('a', 'wh_1'))).not.toBe(paid(hooked, delivery('a', 'wh_2')));
    expect(paid(hooked, { key: 'wh_1' })).not.toBe(paid(hooked, delivery('a', 'wh_1')));
  });

  test.each([[''], ['  '], [['a', 'b']], [5], [null]])('is a new one if its key is unusable: %p', (value) => {
    const it = tracking(HEADER);
    const sent = { key: '', headers: { 'idempotency-key': value } };
    expect(paid(it, sent)).not.toBe(paid(it, sent));
    expect(it.service.stats().accepted).toBe(2);
  });

  test('differs with another method, route, name, type, person or key', () => {
    const it = tracking(HEADER);
    const ids = [
      paid(it),
      paid(it, { method: 'PUT' }),
      paid(it, { route: '/orders/:id' }),
      paid(it, {}, 'Refunded'),
      paid(it, { user: 'bob' }),
      paid(it, { key: 'other' }),
      attempt({}, () => it.service.identify({})),
      attempt({}, () => it.service.track('Paid', {}, { userId: 'account' })),
      attempt({}, () => it.service.track('Paid', {}, { anonymousId: 'ann' })),
    ];
    expect(new Set(ids).size).toBe(ids.length);
    expect(it.service.stats()).toMatchObject({ accepted: ids.length, duplicate: 0 });
  });

  test('with a key of the call has the id of that key', () => {
    const it = tracking(HEADER);
    const id = attempt({}, () => it.service.track('Paid', {}, { key: 'order-1' }));
    expect(
      attempt({ key: 'other', user: 'bob' }, () => it.service.track('Paid', {}, { key: 'order-1' })),
    ).toBe(id);
    expect(tracking(HEADER).service.track('Paid', {}, { ...ANN, key: 'order-1' })).toBe(id);
  });

  test('has the same ids in every process of one namespace, and different ids in another', () => {
    expect(paid(tracking(HEADER))).toBe(paid(tracking(HEADER)));
    expect(paid(tracking({ ...HEADER, namespace: 'acme' }))).not.toBe(paid(tracking(HEADER)));
  });

  test('is remembered for dedup.maxAgeMs, and until dedup.maxKeys newer keys', () => {
    const it = tracking({ ...HEADER, dedup: { maxAgeMs: 1_000, maxKeys: 2 } });
    paid(it);
    it.clock.advance(999);
    paid(it);
    expect(it.service.stats().duplicate).toBe(1);
    it.clock.advance(1);
    paid(it);
    expect(it.service.stats()).toMatchObject({ accepted: 2, duplicate: 1 });
    for (const key of ['b', 'c']) paid(it, { key });
    paid(it);
    expect(it.service.stats()).toMatchObject({ accepted: 5, duplicate: 1 });
  });
});

describe('never across persons', () => {
  test('a key of another person hides none of that person’s events, before or after', () => {
    for (const [first, second] of [
      ['mallory', 'ann'],
      ['ann', 'mallory'],
    ] as const) {
      const it = tracking(HEADER);
      paid(it, { user: first });
      paid(it, { user: second });
      expect(it.shop.events.map(({ userId }) => userId)).toEqual([first, second]);
    }
  });

  test('also if both act as a third person, or record about the same account', () => {
    const it = tracking(HEADER);
    for (const user of ['mallory', 'ann']) {
      attempt({ user }, () => it.service.runAs({ userId: 'tenant' }, () => it.service.track('Paid')));
      attempt({ user }, () => it.service.track('Sold', {}, { userId: 'merchant' }));
    }
    expect(it.service.stats()).toMatchObject({ accepted: 4, duplicate: 0 });
  });

  test('also if both are unknown and get the same fallback', () => {
    const it = tracking({ ...HEADER, identity: { fallback: { userId: 'system' } } });
    const strangers = [paid(it, { user: '' }), paid(it, { user: '' })];
    expect(strangers[0]).not.toBe(strangers[1]);
    expect(it.service.stats()).toMatchObject({ accepted: 2, duplicate: 0 });
  });

  test('also if unknown people name the same account, as in a public form', () => {
    const it = tracking(HEADER);
    const sent = { user: '', key: '1' };
    const forms = [1, 2].map((n) =>
      attempt(sent, () => it.service.track('Contact Sent', { n }, { userId: 'contact-form' })),
    );
    const jobs = [1, 2].map(() =>
      attempt(sent, () => it.service.runAs({ userId: 'job' }, () => it.service.track('Run'))),
    );
    expect(new Set([...forms, ...jobs]).size).toBe(4);
    expect(it.service.stats()).toMatchObject({ accepted: 4, duplicate: 0 });
  });

  test('also if their ids, keys and routes have the same text when they are joined', () => {
    const it = tracking(HEADER);
    const word = fc.stringMatching(/^[a"\\\\,: 0]{1,4}$/);
    const sent = fc.record({ user: word, key: word, route: word });
    const known = (all: Sent): string => JSON.stringify([all.user, all.key!.trim(), all.route]);
    fc.assert(
      fc.property(sent, sent, (one, other) => {
        fc.pre(one.key.trim() !== '' && other.key.trim() !== '');
        expect(paid(it, one) === paid(it, other)).toBe(known(one) === known(other));
      }),
    );
  });

  test('a webhook is recognised by its id alone, for events about any person', () => {
    const it = tracking({
      idempotency: { webhookId: ({ headers }) => headers['webhook-id'] as string },
      identity: { fallback: { userId: 'system' } },
    });
    const sent = { user: '', headers: { 'webhook-id': 'wh_1' } };
    expect(paid(it, sent)).toBe(paid(it, sent));
    expect(it.service.stats()).toMatchObject({ accepted: 1, duplicate: 1 });
  });

  test('thousands of interleaved attempts of many persons with the same keys count one each', async () => {
    const it = tracking(HEADER);
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    const attempts = Array.from({ length: 4_000 }, (_, n) => ({
      user: `user-${n % 100}`,
      key: `key-${Math.floor(n / 100) % 10}`,
    }));
    await Promise.all(
      attempts.map((sent, n) =>
        attempt(sent, async () => {
          for (let wait = 0; wait < n % 5; wait++) await turn();
          it.service.track('Line', sent);
          await turn();
          it.service.track('Line', sent);
        }),
      ),
    );
    expect(it.shop.events).toHaveLength(2_000);
    for (const { userId, properties } of it.shop.events) expect(properties['user']).toBe(userId);
    expect(it.service.stats()).toMatchObject({ called: 8_000, accepted: 2_000, duplicate: 6_000 });
    expectAccounted(it.service.stats());
  });
});

describe('a key is used up only by an event that was recorded', () => {
  type Spoil = (it: Tracking) => unknown;
  test.each<[string, Spoil, Partial<TrackingModuleOptions>?]>([
    ['nobody was known', (it) => attempt({ user: '' }, () => it.service.track('Paid'))],
    ['it could not be written', (it) => attempt({}, () => it.service.track('Paid', UNWRITABLE))],
    ['it was too large', (it) => attempt({}, () => it.service.track('Paid', { text: 'x'.repeat(1e6) }))],
    ['its time was none', (it) => attempt({}, () => it.service.track('Paid', {}, { timestamp: Number.NaN }))],
    [
      'it named no destination',
      (it) => attempt({}, () => it.service.track('Paid', {}, { destinations: ['no'] })),
    ],
    [
      'it was suppressed',
      (it) => attempt({}, () => it.service.track('Paid', { internal: true })),
      { redact: (event) => (event.properties['internal'] === true ? undefined : event) },
    ],
    [
      'a hook threw',
      (it) => attempt({}, () => it.service.track('Paid', { internal: true })),
      {
        redact: (event) => {
          if (event.properties['internal'] === true) throw new Error('no');
          return event;
        },
      },
    ],
    [
      'no destination took it',
      (it) => attempt({}, () => it.service.track('Paid', { internal: true })),
      {
        destinations: [
          new Shop('shop', {
            accept: ({ properties }) =>
              properties['internal'] === true ? { declined: 'unsupported' } : undefined,
          }),
        ],
      },
    ],
    [
      'what it was held for failed',
      (it) =>
        attempt({}, () =>
          it.service
            .hold(() => {
              it.service.track('Paid');
              throw new Error('rolled back');
            })
            .catch(() => undefined),
        ),
    ],
  ])('and not where %s', async (_, spoil, options = {}) => {
    const it = tracking({ ...HEADER, ...options });
    await spoil(it);
    expect(it.service.stats()).toMatchObject({ called: 1, accepted: 0, duplicate: 0, held: 0 });
    expect(await attempt({}, () => it.service.record('Paid'))).toMatchObject({ state: 'buffered' });
    expect(await attempt({}, () => it.service.record('Paid'))).toMatchObject({ state: 'duplicate' });
    expectAccounted(it.service.stats());
  });

  test('not if the buffer was full, or dropped it later', () => {
    const full = tracking({ ...HEADER, buffer: memory({ maxEvents: 1, onFull: 'rejectNewest' }) });
    full.service.track('Filler', {}, ANN);
    expect(paid(full)).toBeUndefined();
    void full.service.flush();
    full.clock.advance(1_000);
    expect(paid(full)).toBeDefined();
    expect(full.service.stats()).toMatchObject({ accepted: 2, duplicate: 0 });

    const dropping = tracking({ ...HEADER, buffer: memory({ maxEvents: 1 }) });
    paid(dropping);
    dropping.service.track('Filler', {}, ANN);
    paid(dropping);
    expect(dropping.service.stats()).toMatchObject({ accepted: 3, duplicate: 0 });
  });
});

describe('an event uses up its position with any outcome', () => {
  const bought = (it: Tracking, lines: readonly object[]): void =>
    attempt({}, () => {
      for (const line of lines) it.service.track('Item Bought', line);
    });
  const ns = ({ shop }: Tracking): unknown[] => shop.events.map(({ properties }) => properties['n']);
  const bad = UNWRITABLE;

  test.each<[string, (fails: { now: boolean }) => Partial<TrackingModuleOptions>, object]>([
    ['it cannot be written', () => ({}), bad],
    ['the plan', () => ({ plan: numbersOnly(), onInvalid: 'reject' }), { n: 'one' }],
    [
      'consent',
      (fails) => ({ consent: ({ properties }) => (fails.now && properties['n'] === 1 ? 'drop' : 'allow') }),
      { n: 1 },
    ],
  ])('refused by: %s', (_, options, first) => {
    const fails = { now: true };
    const it = tracking({ ...HEADER, ...options(fails) });
    bought(it, [first, { n: 2 }]);
    expect(ns(it)).toEqual([2]);
    fails.now = false;
    bought(it, [{ n: 1 }, { n: 2 }]);
    expect(ns(it)).toEqual([2, 1]);
    expect(it.service.stats()).toMatchObject({ accepted: 2, duplicate: 1 });
    expectAccounted(it.service.stats());
  });

  test('refused for its time or its destinations', () => {
    const it = tracking(HEADER);
    const attempts = (...options: readonly object[]): void =>
      attempt({}, () => {
        options.forEach((given, n) => it.service.track('Item Bought', { n }, given));
      });
    attempts({ timestamp: Number.NaN }, { destinations: [] }, {});
    attempts({}, {}, {});
    expect(ns(it)).toEqual([2, 0, 1]);
  });

  test('refused before the door, because an option of a decorated method threw', () => {
    class Items {
      @Track('Item Bought', {
        properties: (n: unknown) => {
          if (n === 'broken') throw new Error('no');
          return { n };
        },
      })
      buy(n: unknown): unknown {
        return n;
      }
    }
    for (const broken of ['broken', 1n, 'one']) {
      const it = tracking({ ...HEADER, plan: numbersOnly(), onInvalid: 'reject' });
      const items = new Items();
      bindInstance(items, it.service);
      attempt({}, () => [broken, 2].map((n) => items.buy(n)));
      attempt({}, () => [1, 2].map((n) => items.buy(n)));
      expect(ns(it)).toEqual([2, 1]);
      expect(it.service.stats()).toMatchObject({ called: 4, accepted: 2, duplicate: 1 });
      expectAccounted(it.service.stats());
    }
  });

  test('the browser’s id belongs to the first event, also if that is refused', () => {
    const id = randomUUID();
    const it = tracking({ idempotency: { eventId: 'x-event-id' } });
    const ids = attempt({ key: '', headers: { 'x-event-id': id } }, () =>
      [bad, { n: 2 }].map((line) => it.service.track('Item Bought', line)),
    );
    expect(ids).not.toContain(id);
  });
});

describe('calls without a separate request', () => {
  test('a message over a socket is no repetition of its handshake', () => {
    const it = tracking(HEADER);
    const socket = { handshake: { headers: { 'idempotency-key': KEY } }, ...aRequest() };
    const message = (): string | undefined =>
      runInScope(new RequestScope(socket), () => it.service.track('Paid'));
    expect(message()).not.toBe(message());
    expect(it.service.stats()).toMatchObject({ accepted: 2, duplicate: 0 });
  });

  test('a message that its broker delivers again is recognised by a function', () => {
    const it = tracking({
      idempotency: { webhookId: (message: { id?: number }) => message.id },
    });
    const handler = (name: string): ExecutionContext =>
      ({
        getType: () => 'rpc',
        getClass: () => ({ name: 'Orders' }),
        getHandler: () => ({ name }),
      }) as unknown as ExecutionContext;
    const delivery = (id: number, name: string): string | undefined => {
      const scope = new RequestScope({ id });
      scope.context = handler(name);
      return runInScope(scope, () => it.service.track('Paid', {}, ANN));
    };
    expect(delivery(1, 'onPaid')).toBe(delivery(1, 'onPaid'));
    expect(delivery(1, 'onPaid')).not.toBe(delivery(2, 'onPaid'));
    expect(delivery(1, 'onPaid')).not.toBe(delivery(1, 'onShipped'));
  });

  test('two applications in one request have separate positions', () => {
    const [one, other] = [tracking(HEADER), tracking({ ...HEADER, namespace: 'other' })];
    const both = (): void =>
      attempt({}, () => {
        for (let n = 0; n < 3; n++) {
          one.service.track('Step', { n });
          other.service.track('Step', { n });
        }
      });
    both();
    both();
    for (const { service } of [one, other]) {
      expect(service.stats()).toMatchObject({ accepted: 3, duplicate: 3 });
    }
    expect(one.shop.events[0]!.id).not.toBe(other.shop.events[0]!.id);
  });

  test('GraphQL: aliased fields differ by their path, also if some of them failed before', () => {
    const it = tracking(HEADER);
    const request = aRequest({ route: '/graphql' });
    const field = (root: RequestScope, key: string): void => {
      const scope = new RequestScope(request, root.response, root);
      const args = [undefined, {}, { req: request }, { path: { key: 'id', prev: { key } } }];
      scope.context = {
        getType: () => 'graphql',
        getArgByIndex: (index: number) => args[index],
        getClass: () => ({ name: 'Orders' }),
        getHandler: () => ({ name: 'place' }),
      } as unknown as ExecutionContext;
      runInScope(scope, () => it.service.track('Placed', { field: key }));
    };
    field(new RequestScope(request, {}), 'second'); // `first` failed
    const retry = new RequestScope(request, {});
    for (const key of ['first', 'second']) field(retry, key);
    expect(it.shop.events.map(({ properties }) => properties['field'])).toEqual(['second', 'first']);
    expect(it.service.stats()).toMatchObject({ accepted: 2, duplicate: 1 });
  });

  test('operations of one batch share their positions, also with separate contexts', () => {
    const it = tracking(HEADER);
    const batch = (): void => {
      const response = {};
      for (let n = 0; n < 3; n++) {
        runInScope(new RequestScope(aRequest(), response), () => it.service.track('Placed', { n }));
      }
    };
    batch();
    batch();
    expect(it.service.stats()).toMatchObject({ accepted: 3, duplicate: 3 });
  });
});

describe('an id that a browser gave its own copy', () => {
  const BROWSERS = randomUUID();
  const OTHER = randomUUID();
  const shared = (idempotency: IdempotencyOptions = { eventId: 'X-Event-Id' }): Tracking =>
    tracking({ idempotency });
  const sends = (id: unknown, user = 'ann'): Sent => ({ key: '', user, headers: { 'x-event-id': id } });

  test('is the id here, and counts once', async () => {
    const it = shared();
    expect(paid(it, sends(BROWSERS))).toBe(BROWSERS);
    expect(it.shop.events[0]!.id).toBe(BROWSERS);
    expect(paid(it, sends(BROWSERS.toUpperCase()))).toBe(BROWSERS);
    expect(it.service.stats()).toMatchObject({ accepted: 1, duplicate: 1 });
  });

  test('is used for the first event of a request, and for no other', () => {
    const it = shared({ eventId: 'X-Event-Id', header: true });
    const sent = { ...sends(BROWSERS), key: KEY };
    const names = (): (string | undefined)[] =>
      attempt(sent, () => [
        it.service.identify({}),
        it.service.track('Paid'),
        it.service.track('Paid'),
        it.service.track('Coupon Used'),
      ]);
    const ids = names();
    expect(ids[1]).toBe(BROWSERS);
    expect(new Set(ids).size).toBe(4);
    expect(names()).toEqual(ids);
    expect(it.service.stats()).toMatchObject({ accepted: 4, duplicate: 4 });
  });

  test('is not used for the second event if the first one has its own key', () => {
    const it = shared();
    const ids = attempt(sends(BROWSERS), () => [
      it.service.track('Paid', {}, { key: 'order-1' }),
      it.service.track('Coupon Used'),
    ]);
    expect(ids).not.toContain(BROWSERS);
  });

  test('may be read by a function for each event; one id is for one event', () => {
    const it = shared({ eventId: ({ headers }) => headers['x-event-id'] as string });
    const ids = attempt(sends(BROWSERS), () =>
      ['Paid', 'Paid', 'Coupon Used'].map((name) => it.service.track(name)),
    );
    expect(ids[0]).toBe(BROWSERS);
    expect(new Set(ids).size).toBe(3);

    const byName = shared({
      eventId: (_, { type, name }) => (`${type} ${name}` === 'track Paid' ? OTHER : undefined),
    });
    expect(
      attempt(sends(BROWSERS), () => [byName.service.track('Seen'), byName.service.track('Paid')])[1],
    ).toBe(OTHER);
  });

  test('that another person chose hides no event, before or after', () => {
    const it = shared();
    expect(paid(it, sends(BROWSERS, 'mallory'))).toBe(BROWSERS);
    const own = paid(it, sends(BROWSERS, 'ann'));
    expect(own).not.toBe(BROWSERS);
    expect(it.shop.events.map(({ userId }) => userId)).toEqual(['mallory', 'ann']);
    expect(it.service.stats()).toMatchObject({ accepted: 2, duplicate: 0 });
  });

  test('that another event of the same person has hides none of both', () => {
    const it = shared();
    expect(paid(it, sends(BROWSERS))).toBe(BROWSERS);
    expect(paid(it, sends(BROWSERS), 'Refunded')).not.toBe(BROWSERS);
    expect(it.service.stats()).toMatchObject({ accepted: 2, duplicate: 0 });
  });

  test('of a held event is reserved for it, and free again after a rollback', async () => {
    for (const fails of [false, true]) {
      const it = shared();
      let others: string | undefined;
      await attempt(sends(BROWSERS, 'ann'), () =>
        it.service.hold(async () => {
          expect(it.service.track('Paid')).toBe(BROWSERS);
          others = paid(it, sends(BROWSERS, 'mallory'));
          expect(others).not.toBe(BROWSERS);
          if (fails) throw new Error('rolled back');
        }),
      ).catch(() => undefined);
      expect(it.shop.events.map(({ id }) => id)).toEqual(fails ? [others] : [others, BROWSERS]);
      const next = paid(it, sends(BROWSERS, 'mallory'));
      expect(next === BROWSERS).toBe(fails);
      expectAccounted(it.service.stats());
    }
  });

  test('of an unknown person is not used', () => {
    const it = tracking({
      idempotency: { eventId: 'X-Event-Id' },
      identity: { fallback: { userId: 'system' } },
    });
    expect(paid(it, sends(BROWSERS, ''))).not.toBe(BROWSERS);
  });

  test('that is a derived id, which a client could compute, is not used', () => {
    const it = shared({ eventId: 'X-Event-Id' });
    const ours = it.service.track('Paid', {}, { ...ANN, key: 'order-1' })!;
    const before = it.service.stats().accepted;
    expect(paid(it, sends(ours, 'mallory'))).not.toBe(ours);
    expect(it.service.stats()).toMatchObject({ accepted: before + 1, notices: { invalid_event_id: 1 } });
  });

  test('of an event without a key, which its client knows, is not used for another event', () => {
    const it = shared({ eventId: 'X-Event-Id' });
    const told = it.service.track('Paid', {}, ANN)!;
    expect(paid(it, sends(told, 'mallory'))).not.toBe(told);
    expect(it.service.stats()).toMatchObject({ accepted: 2, notices: { invalid_event_id: 1 } });
  });

  test('is not on an event without its person, which still counts once', () => {
    for (const hook of [undefined, (event: TrackingEvent) => ({ ...event, name: 'Renamed' })]) {
      const it = tracking({
        idempotency: { eventId: 'X-Event-Id' },
        consent: () => 'strip',
        ...(hook !== undefined && { redact: hook }),
      });
      const id = paid(it, sends(BROWSERS));
      expect(id).not.toBe(BROWSERS);
      expect(isKeyed({ id: id! })).toBe(true);
      expect(paid(it, sends(BROWSERS))).toBe(id);
      expect(paid(it, sends(BROWSERS, 'bob'))).not.toBe(id);
      expect(it.shop.events).toHaveLength(2);
      expect(JSON.stringify(it.shop.events)).not.toContain(BROWSERS);
      expect(it.service.stats()).toMatchObject({ accepted: 2, duplicate: 1 });
      // It cannot be computed from data that a platform has.
      const other = tracking({ idempotency: { eventId: 'X-Event-Id' }, consent: () => 'strip' });
      expect(paid(other, sends(BROWSERS))).not.toBe(id);
    }
  });

  test('needs the same memory for a person’s id of any length', () => {
    const owners: unknown[] = [];
    const remember = jest.spyOn(KeyWindow.prototype, 'remember').mockImplementation((_, owner) => {
      owners.push(owner);
    });
    for (const user of ['a', 'ł'.repeat(990)]) paid(shared(), sends(randomUUID(), user));
    remember.mockRestore();
    expect(owners.map((owner) => (owner as string).length)).toEqual([44, 44]);
    expect(new Set(owners).size).toBe(2);
  });

  test.each([['no-uuid'], ['00000000-0000-0000-0000-000000000000'], [`${BROWSERS}0`], [`{${BROWSERS}}`]])(
    'that is none (%s) is passed over, counted, and warned of once',
    (id) => {
      const it = shared();
      expect(paid(it, sends(id))).not.toBe(paid(it, sends(id)));
      expect(it.service.stats()).toMatchObject({ accepted: 2, notices: { invalid_event_id: 2 } });
      expect(it.spoken.warnings).toHaveLength(1);
      expect(it.spoken.warnings[0]).not.toContain(id);
    },
  );

  test('is a new id if the client sent none', () => {
    const it = shared();
    for (const id of ['', undefined]) expect(paid(it, sends(id))).toBeDefined();
    expect(it.service.stats()).toMatchObject({ accepted: 2, notices: {} });
  });
});

describe('a function that fails', () => {
  test.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('no body');
      },
    ],
    ['returns a promise', () => Promise.reject(new Error('late'))],
    ['returns an object', () => ({})],
  ])('because it %s: counted, logged once, and the event is recorded', (_, fails) => {
    for (const option of ['webhookId', 'eventId']) {
      const it = tracking({ idempotency: { [option]: fails } });
      expect(paid(it)).not.toBe(paid(it));
      expect(it.service.stats()).toMatchObject({ accepted: 2, notices: { hook_error: 2 } });
      expect(it.spoken.warnings).toHaveLength(1);
    }
  });

  test('is called again until it returns an id, because a body may not be read yet', () => {
    let body: string | undefined;
    const it = tracking({ idempotency: { webhookId: () => body } });
    const delivery = (): (string | undefined)[] =>
      attempt({}, () => {
        body = undefined;
        const early = it.service.track('Received');
        body = 'wh_1';
        return [early, it.service.track('Paid'), it.service.track('Paid')];
      });
    const [first, second] = [delivery(), delivery()];
    expect(first[0]).not.toBe(second[0]);
    expect(first.slice(1)).toEqual(second.slice(1));
    expect(new Set(first).size).toBe(3);
  });
});
