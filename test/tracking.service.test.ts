import { describe, expect, test } from '@jest/globals';
import type { LifecycleEvent } from '../lib/index.js';
import { memory } from '../lib/index.js';
import type { EventBufferFactory } from '../lib/buffer/event-buffer.js';
import { expectAccounted } from './support/accounting.js';
import { ANN, Shop, tracking } from './support/tracking.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[57][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** memory() whose disk answers when the test says so. */
function slowCommit(): EventBufferFactory & { answer(state: 'committed' | 'buffered'): void } {
  const waiting: ((state: 'committed' | 'buffered') => void)[] = [];
  const kind = memory();
  return {
    kind: 'slow',
    create: (setup) => {
      const buffer = kind.create(setup);
      return new Proxy(buffer, {
        get(target, key) {
          if (key === 'commit') return () => new Promise((resolve) => waiting.push(resolve));
          const member: unknown = Reflect.get(target, key, target);
          return typeof member === 'function' ? (member.bind(target) as unknown) : member;
        },
      });
    },
    answer: (state) => {
      for (const resolve of waiting.splice(0)) resolve(state);
    },
  };
}

describe('track(), identify(), group(), alias()', () => {
  test('return the id of what they recorded, at once', () => {
    const { service, shop } = tracking();
    const ids = [
      service.track('Order Completed', { revenue: 5 }, ANN),
      service.identify({ plan: 'pro' }, ANN),
      service.group('acme', { seats: 5 }, ANN),
      service.alias('visitor-1', 'ann'),
    ];
    expect(shop.events.map(({ id }) => id)).toEqual(ids);
    for (const id of ids) expect(id).toMatch(UUID);
  });

  test('may be taken off the service and called alone', () => {
    const { service } = tracking();
    const track = service.track.bind(service);
    expect(track('Seen', {}, ANN)).toMatch(UUID);
  });
});

describe('record()', () => {
  test('resolves to buffered with memory()', async () => {
    const { service } = tracking();
    expect(await service.record('Paid', {}, ANN)).toEqual({
      id: expect.stringMatching(UUID),
      state: 'buffered',
    });
  });

  test('resolves to what the buffer could make of it', async () => {
    const buffer = slowCommit();
    const { service, clock } = tracking({ buffer });
    const recorded = service.record('Paid', {}, ANN);
    buffer.answer('committed');
    expect(await recorded).toEqual({ id: expect.stringMatching(UUID), state: 'committed' });
    expect(clock.timers).toBe(1); // the lane's, none of the commit's
  });

  test('resolves to buffered within commitTimeoutMs when the disk is late, counted', async () => {
    const { service, clock } = tracking({ buffer: slowCommit(), commitTimeoutMs: 50 });
    let state: string | undefined;
    void service.record('Paid', {}, ANN).then((result) => (state = result.state));
    await clock.elapse(49);
    expect(state).toBeUndefined();
    await clock.elapse(1);
    expect(state).toBe('buffered');
    expect(service.stats()).toMatchObject({ accepted: 1, notices: { commit_failed: 1 } });
  });

  test('never rejects, and resolves to the outcome of the event', async () => {
    const { service } = tracking({ redact: (event) => (event.name === 'Secret' ? undefined : event) });
    const id = service.track('Paid', {}, { ...ANN, key: 1 });
    expect(await service.record('Paid', {}, { ...ANN, key: 1 })).toEqual({ id, state: 'duplicate' });
    expect(await service.record('Secret', {}, ANN)).toEqual({ state: 'suppressed', reason: 'redacted' });
    expect(await service.record('Paid')).toEqual({ state: 'rejected', reason: 'no_identity' });
    expect(await service.record('Paid', [], ANN)).toEqual({
      state: 'rejected',
      reason: 'unserialisable',
    });
    expectAccounted(service.stats());
  });
});

describe('identity() and runAs()', () => {
  test('has no identity outside of a scope', () => {
    expect(tracking().service.identity()).toBeUndefined();
  });

  test('runs a function, and all work that it starts, as a person, and returns its result', async () => {
    const { service, shop } = tracking();
    const result = service.runAs({ userId: 7n, anonymousId: 'visitor' }, async () => {
      await Promise.resolve();
      service.track('Job Done');
      return service.identity();
    });
    expect(await result).toEqual({ userId: '7', anonymousId: 'visitor' });
    expect(shop.events[0]).toMatchObject({ userId: '7', anonymousId: 'visitor' });
    expect(service.identity()).toBeUndefined();
  });

  test('gives plain JSON, for a job’s payload, and takes it back', () => {
    const { service } = tracking();
    const payload = service.runAs(ANN, () => JSON.stringify(service.identity()));
    expect(payload).toBe('{"userId":"ann"}');
    service.runAs(JSON.parse(payload) as typeof ANN, () => expect(service.identity()).toEqual(ANN));
  });

  test('may be nested, and lets an error through', () => {
    const { service } = tracking();
    service.runAs(ANN, () => {
      service.runAs({ userId: 'bob' }, () => expect(service.identity()).toEqual({ userId: 'bob' }));
      expect(service.identity()).toEqual(ANN);
    });
    expect(() =>
      service.runAs(ANN, () => {
        throw new Error('of the job');
      }),
    ).toThrow('of the job');
  });

  test('an identity without an id counts as not given', () => {
    const { service } = tracking();
    for (const nobody of [{}, { userId: undefined }, undefined, null]) {
      service.runAs(ANN, () => service.runAs(nobody as never, () => expect(service.identity()).toEqual(ANN)));
    }
  });

  test('an identity without usable ids is no person, also inside the scope of one', () => {
    const { service } = tracking();
    for (const unusable of [{ userId: '' }, { userId: null }, { userId: {} }, 'ann']) {
      service.runAs(ANN, () =>
        service.runAs(unusable as never, () => expect(service.identity()).toBe(undefined)),
      );
    }
  });
});

describe('flush()', () => {
  test('sends pending events at once, and reports', async () => {
    const { service, clock, platform } = tracking();
    for (let i = 0; i < 3; i++) service.track('Seen', {}, ANN);
    const report = service.flush();
    await clock.elapse(100);
    expect(await report).toEqual({ delivered: 3, pending: 0, dead: 0, timedOut: false });
    expect(platform.received).toHaveLength(1);
    expect(clock.timers).toBe(0);
  });

  test('returns at once if no event is pending', async () => {
    const { service, clock } = tracking();
    const report = service.flush();
    await clock.settle();
    expect(await report).toEqual({ delivered: 0, pending: 0, dead: 0, timedOut: false });
  });

  test('ends by its deadline, and reports it', async () => {
    const { service, clock, platform } = tracking();
    platform.reply = () => ({ afterMs: 9_000 });
    service.track('Seen', {}, ANN);
    let report: unknown;
    void service.flush({ timeoutMs: 2_000 }).then((result) => (report = result));
    await clock.elapse(1_999);
    expect(report).toBeUndefined();
    await clock.elapse(1);
    expect(report).toEqual({ delivered: 0, pending: 1, dead: 0, timedOut: true });
  });

  test('takes ten seconds where no sensible time is given', async () => {
    for (const timeoutMs of [undefined, -1, Number.NaN, '5' as never]) {
      const { service, clock, platform } = tracking();
      platform.reply = () => ({ afterMs: 3_600_000 });
      service.track('Seen', {}, ANN);
      let over = false;
      void service.flush({ timeoutMs: timeoutMs! }).then(() => (over = true));
      await clock.elapse(9_999);
      expect(over).toBe(false);
      await clock.elapse(1);
      expect(over).toBe(true);
    }
  });

  test('waits for what is tried again, but not for Retry-After or a parked lane', async () => {
    const retried = tracking();
    retried.platform.reply = () => (retried.platform.received.length < 3 ? { status: 503 } : {});
    retried.service.track('Seen', {}, ANN);
    const patient = retried.service.flush();
    await retried.clock.elapse(9_000, 9);
    expect(await patient).toMatchObject({ delivered: 1, pending: 0, timedOut: false });

    for (const reply of [{ status: 429, headers: { 'retry-after': '60' } }, { status: 401 }]) {
      const { service, clock, platform } = tracking();
      platform.reply = () => reply;
      service.track('Seen', {}, ANN);
      const report = service.flush();
      await clock.elapse(100);
      expect(await report).toEqual({ delivered: 0, pending: 1, dead: 0, timedOut: false });
      const again = service.flush();
      await clock.settle();
      expect(await again).toMatchObject({ pending: 1, timedOut: false });
      expect(platform.received).toHaveLength(1);
    }
  });

  test('concerns the destinations that it names', async () => {
    const { service, clock, platform } = tracking({ destinations: [new Shop('a'), new Shop('b')] });
    service.track('Seen', {}, ANN);
    const report = service.flush({ destinations: ['b'] });
    await clock.elapse(100);
    expect(await report).toEqual({ delivered: 1, pending: 0, dead: 0, timedOut: false });
    expect(platform.received.map(({ host }) => host)).toEqual(['b.example']);
  });

  test('may be called by several at once', async () => {
    const { service, clock } = tracking();
    const reports = [];
    for (let i = 0; i < 3; i++) {
      service.track('Seen', {}, ANN);
      reports.push(service.flush());
    }
    await clock.elapse(1_000, 4);
    for (const report of await Promise.all(reports))
      expect(report).toMatchObject({ pending: 0, timedOut: false });
    expect(service.stats().lanes['shop']!.delivered).toBe(3);
  });

  test('counts dead letters that were made in the meantime', async () => {
    const broken = new Shop('shop', {
      encode: () => {
        throw new Error('no');
      },
    });
    const { service, clock } = tracking({ destinations: [broken] });
    service.track('Seen', {}, ANN);
    const report = service.flush();
    await clock.settle();
    expect(await report).toEqual({ delivered: 0, pending: 0, dead: 1, timedOut: false });
  });

  test('after the end returns at once', async () => {
    const { service, clock, runtime } = tracking();
    const closed = runtime.close();
    await clock.settle();
    await closed;
    const report = service.flush();
    await clock.settle();
    expect(await report).toMatchObject({ pending: 0, timedOut: false });
    expect(clock.timers).toBe(0);
  });
});

describe('stats()', () => {
  test('is a plain snapshot that can be serialised and never changes afterwards', async () => {
    const { service, clock } = tracking();
    service.track('Seen', {}, ANN);
    service.track('Seen');
    const stats = service.stats();
    const text = JSON.stringify(stats);
    expect(JSON.parse(text)).toEqual(stats);
    void service.flush();
    await clock.elapse(100);
    service.track('Seen');
    expect(JSON.stringify(stats)).toBe(text);
    stats.lanes['shop']!.delivered = 99;
    (stats.rejected as { no_identity: number }).no_identity = 99;
    expect(service.stats()).toMatchObject({
      rejected: { no_identity: 2 },
      lanes: { shop: { delivered: 1 } },
    });
  });

  test('has every figure from the start, at zero', () => {
    expect(tracking().service.stats()).toEqual({
      called: 0,
      accepted: 0,
      duplicate: 0,
      held: 0,
      rejected: {},
      suppressed: {},
      lanes: {
        shop: {
          accepted: 0,
          recovered: 0,
          adopted: 0,
          replayed: 0,
          delivered: 0,
          pending: 0,
          dead: 0,
          dropped: {},
          handedOver: 0,
          declined: {},
          unverified: 0,
          redriven: 0,
          attempts: 0,
          retries: 0,
          parked: null,
          oldestPendingMs: null,
          capacityPerSecond: null,
          lastRefusal: null,
        },
      },
      notices: {},
      journal: null,
      plan: null,
    });
  });

  test('tells how long the oldest event has waited, on its way or not, and why a lane stands', async () => {
    const { service, clock, platform } = tracking();
    platform.reply = () => ({ status: 401 });
    service.track('Seen', {}, ANN);
    clock.advance(5_000);
    expect(service.stats().lanes['shop']).toMatchObject({
      oldestPendingMs: 5_000,
      parked: null,
      attempts: 0,
    });
    void service.flush();
    await clock.elapse(100);
    expect(service.stats().lanes['shop']).toMatchObject({
      oldestPendingMs: 5_100,
      parked: 'unauthorized',
      attempts: 1,
    });
    platform.reply = () => ({});
    clock.advance(60_000);
    expect(service.stats().lanes['shop']).toMatchObject({
      oldestPendingMs: null,
      parked: null,
      retries: 1,
      capacityPerSecond: expect.any(Number),
    });
  });

  test('adds up after everything at once', async () => {
    const destinations = [
      new Shop('a'),
      new Shop('b', { accept: ({ type }) => (type === 'track' ? undefined : { declined: 'unsupported' }) }),
    ];
    const { service, clock, platform } = tracking({
      destinations,
      buffer: memory({ maxEvents: 30 }),
      deadLetters: { maxEvents: 1 },
    });
    platform.reply = ({ host }) =>
      host === 'a.example' && platform.received.length % 3 === 0 ? { status: 503 } : {};
    let onlyA = 0;
    for (let i = 0; i < 200; i++) {
      const { accepted } = service.stats();
      const toA = i % 7 === 0 && { destinations: ['a'] };
      service.track('Seen', {}, { ...(i % 10 !== 0 && ANN), key: i % 50, ...toA });
      if (toA) onlyA += service.stats().accepted - accepted;
      if (i % 11 === 0) service.identify({}, ANN);
      if (i % 20 === 0) {
        void service.flush();
        await clock.elapse(50);
      }
      expectAccounted(service.stats(), { b: onlyA });
    }
    expect(onlyA).toBeGreaterThan(0);
    expect(service.stats().lanes['b']!.declined).toEqual({ unsupported: 19 });
    expect(service.stats().duplicate).toBeGreaterThan(0);
  });
});

describe('lifecycle$', () => {
  test('tells the whole life of an event, off the path of the call', async () => {
    const { service, clock, platform } = tracking();
    const seen: LifecycleEvent[] = [];
    service.lifecycle$.subscribe((event) => seen.push(event));
    platform.reply = () => (platform.received.length === 1 ? { status: 503 } : {});
    const id = service.track('Seen', { a: 1 }, ANN);
    expect(seen).toEqual([]);
    void service.flush();
    await clock.elapse(5_000, 5);
    expect(seen.map(({ type, lane, event }) => [type, lane, event?.id])).toEqual([
      ['accepted', undefined, id],
      ['retrying', 'shop', id],
      ['delivered', 'shop', id],
    ]);
    expect(Object.isFrozen(seen[0]!.event!.properties)).toBe(true);
  });

  test('tells of what is dropped, dead, parked and resumed', async () => {
    const { service, clock, platform } = tracking({ buffer: memory({ maxEvents: 2 }) });
    const seen: string[] = [];
    service.lifecycle$.subscribe(({ type, reason }) =>
      seen.push(reason === undefined ? type : `${type} ${reason}`),
    );
    for (let i = 0; i < 3; i++) service.track('Seen', {}, ANN);
    platform.reply = () => (platform.received.length === 1 ? { status: 404 } : {});
    void service.flush();
    await clock.elapse(5_000, 5);
    expect(seen).toEqual([
      'accepted',
      'accepted',
      'dropped buffer_full',
      'accepted',
      'parked misconfigured',
      'delivered',
      'resumed',
      'delivered',
    ]);
  });

  test('drops and counts a subscriber that throws; the others continue', async () => {
    const { service, clock } = tracking();
    const seen: string[] = [];
    service.lifecycle$.subscribe(() => {
      throw new Error('of the subscriber');
    });
    service.lifecycle$.subscribe(({ type }) => seen.push(type));
    service.track('Seen', {}, ANN);
    service.track('Seen', {}, ANN);
    await clock.settle();
    expect(seen).toEqual(['accepted', 'accepted']);
    expect(service.stats().notices).toEqual({ subscriber_error: 1 });
  });

  test('completes when tracking ends', async () => {
    const { service, runtime, clock } = tracking();
    let complete = false;
    service.lifecycle$.subscribe({ complete: () => (complete = true) });
    const closed = runtime.close();
    await clock.settle();
    await closed;
    expect(complete).toBe(true);
  });
});
