import { describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { bindInstance } from '../../lib/decorator/tracking-binding.js';
import { RequestScope, runInScope } from '../../lib/identity/scope/request-scope.js';
import {
  type BrowserClaims,
  hashId,
  type Identity,
  RunAs,
  Track,
  type TrackingModuleOptions,
  type TrackOptions,
} from '../../lib/index.js';
import type { TrackingEvent } from '../../lib/event/tracking-event.js';
import { expectAccounted } from '../support/accounting.js';
import { Shop, tracking, type Tracking } from '../support/tracking.js';

interface Sent {
  readonly user?: { readonly id: string };
  readonly a?: BrowserClaims;
  readonly b?: BrowserClaims;
  readonly headers?: Record<string, string>;
}

const A = { anonymousId: 'at-a', sessionId: 'session-a' };
const B = { anonymousId: 'at-b' };

/** Two platforms that read the ids of their own libraries from a request, and one that reads none. */
function platforms(
  options: Partial<TrackingModuleOptions> = {},
  names = ['a', 'b', 'c'],
): Tracking & { readonly [name in 'a' | 'b' | 'c']: Shop } {
  const a = new Shop('a', { resolvers: [(request: Sent) => request.a] });
  const b = new Shop('b', { resolvers: [(request: Sent) => request.b] });
  const c = new Shop('c');
  const shops = [a, b, c].toSorted((one, other) => names.indexOf(one.name) - names.indexOf(other.name));
  return { ...tracking({ destinations: shops, ...options }), a, b, c };
}

const within = <T>(sent: Sent, fn: () => T): T =>
  runInScope(new RequestScope({ method: 'POST', route: { path: '/' }, headers: {}, ...sent }, {}), fn);

describe('an event of a visitor', () => {
  test('is seen whole by hooks and observers, and by each destination with its own id alone', () => {
    const seen: unknown[] = [];
    const it = platforms({ redact: (event) => (seen.push(event.browserIds), event) });
    it.service.lifecycle$.subscribe((change) => {
      if (change.type === 'accepted') seen.push(change.event?.browserIds);
    });
    within({ a: A, b: B }, () => it.service.track('Seen'));
    it.clock.advance(0);
    expect(seen).toEqual([
      { a: A, b: B },
      { a: A, b: B },
    ]);
    expect(it.a.events).toMatchObject([{ anonymousId: 'at-a' }]);
    expect(it.b.events).toMatchObject([{ anonymousId: 'at-b' }]);
    expect(it.c.events).toEqual([]);
    for (const { events } of [it.a, it.b]) expect(events[0]).not.toHaveProperty('browserIds');
    expect(it.service.stats().lanes['c']!.declined).toEqual({ no_identity: 1 });
    expectAccounted(it.service.stats());
  });

  test('for a destination that does not know the browser gets the fallback, or is refused', () => {
    const refusing = platforms();
    const it = platforms({
      identity: { fallback: (source) => (source === undefined ? { userId: 'web' } : undefined) },
    });
    for (const { service } of [refusing, it])
      within({ a: A }, () => service.track('Seen', {}, { destinations: ['b', 'c'] }));
    expect(refusing.service.stats().rejected).toEqual({ no_identity: 1 });
    expect(it.b.events).toMatchObject([{ userId: 'web' }]);
    expect(it.b.events[0]).not.toHaveProperty('anonymousId');
  });

  test('counts with all its browser ids for the size of an event', () => {
    const it = platforms({ maxEventBytes: 1_200 });
    const large = { anonymousId: 'x'.repeat(900) };
    within({ a: A }, () => it.service.track('Seen'));
    within({ a: large, b: large }, () => it.service.track('Seen'));
    expect(it.service.stats()).toMatchObject({ accepted: 1, rejected: { too_large: 1 } });
  });

  test('is in the sample by the first id in the order of names, with any order of options', () => {
    const share = 0.5;
    const isIn = (id: string): boolean =>
      Number.parseInt(createHash('sha256').update(id).digest('hex').slice(0, 8), 16) / 2 ** 32 < share;
    const forwards = platforms({ sampling: share });
    const backwards = platforms({ sampling: share }, ['c', 'b', 'a']);
    const ids = Array.from({ length: 50 }, (_, n) => `visitor-${n}`);
    for (const { service } of [forwards, backwards]) {
      for (const id of ids) {
        within({ a: { anonymousId: id }, b: { anonymousId: 'other' } }, () => service.track('Seen'));
      }
    }
    const expected = ids.filter(isIn);
    expect(expected.length).toBeGreaterThan(0);
    for (const { a } of [forwards, backwards])
      expect(a.events.map(({ anonymousId }) => anonymousId)).toEqual(expected);
  });

  test('of a repeated request counts once, and one of another visitor with the same key counts, too', () => {
    const it = platforms({ idempotency: { header: true } });
    const sent = { headers: { 'idempotency-key': 'k' } };
    const paid = (more: Sent): string | undefined =>
      within({ ...sent, ...more }, () => it.service.track('Paid'));
    const first = paid({ a: A, b: B });
    expect(paid({ a: A, b: B })).toBe(first);
    expect(paid({ a: { anonymousId: 'another' }, b: B })).not.toBe(first);
    // The same text is another browser's id at another platform.
    expect(paid({ b: { anonymousId: 'at-a' } })).not.toBe(first);
    expect(it.service.stats()).toMatchObject({ accepted: 3, duplicate: 1 });
  });

  test.each<[string, ('anonymousId' | 'userId')[] | undefined, unknown]>([
    [
      'by default',
      undefined,
      {
        a: { anonymousId: hashId('s'.repeat(32), 'at-a') },
        b: { anonymousId: hashId('s'.repeat(32), 'at-b') },
      },
    ],
    ['not where anonymous ids are not', ['userId'], { a: A, b: B }],
  ])('has its browser ids hashed %s', (_what, fields, expected) => {
    const seen: unknown[] = [];
    const it = platforms({
      hashIds: { secret: 's'.repeat(32), ...(fields && { fields }) },
      redact: (event) => (seen.push(event.browserIds), event),
    });
    within({ a: A, b: B }, () => it.service.track('Seen'));
    expect(seen).toEqual([expected]);
  });

  test('is rejected if a hook removes its only ids', () => {
    const it = platforms({
      redact: (event) => {
        const { browserIds: _, ...left } = event;
        return left;
      },
    });
    within({ a: A }, () => it.service.track('Seen'));
    within({ a: A, user: { id: 'ann' } }, () => it.service.track('Seen'));
    expect(it.service.stats().rejected).toEqual({ no_identity: 1 });
    expect(it.a.events).toMatchObject([{ userId: 'ann' }]);
    expect(it.a.events[0]).not.toHaveProperty('anonymousId');
  });

  test('of a signed-in user loses its browser ids to a hook that changes in place about whom it is', () => {
    const changing = (ids: Identity) => (event: TrackingEvent) => Object.assign(event, ids);
    for (const ids of [
      { userId: 'bob' },
      { anonymousId: 'another' },
      { userId: undefined as never, anonymousId: 'x' },
    ]) {
      const it = platforms({ redact: changing(ids) });
      within({ a: A, user: { id: 'ann' } }, () => it.service.track('Seen'));
      expect(it.a.events).toHaveLength(1);
      expect(JSON.stringify(it.a.events)).not.toMatch(/at-a|session-a/);
    }
    const same = platforms({ redact: changing({ userId: 'ann' }) });
    within({ a: A, user: { id: 'ann' } }, () => same.service.track('Seen'));
    expect(same.a.events).toMatchObject([{ userId: 'ann', anonymousId: 'at-a' }]);
  });

  test('is about the ids that a call gives in their place', () => {
    const it = platforms();
    within({ a: A, b: B }, () => {
      it.service.track('Seen', {}, { browserIds: { b: { anonymousId: 'given' } } });
      it.service.track('Seen', {}, { userId: 'ann', browserIds: { b: { anonymousId: 'given' } } });
    });
    expect(it.a.events.map(({ anonymousId }) => anonymousId)).toEqual([undefined]);
    expect(it.b.events.map(({ anonymousId }) => anonymousId)).toEqual(['given', 'given']);
  });
});

describe('a decorated method', () => {
  const called = (it: Tracking, options: TrackOptions, sent: Sent): void => {
    class Orders {
      @Track('Done', options)
      create(): void {}
    }
    const orders = new Orders();
    bindInstance(orders, it.service);
    within(sent, () => orders.create());
  };

  test.each<[string, TrackOptions, string | undefined]>([
    ['without `user`', {}, 'at-a'],
    ['of the same user', { user: () => ({ userId: 'ann' }) }, 'at-a'],
    ['of an identity that it spreads', { user: (_result, { identity }) => ({ ...identity }) }, 'at-a'],
    ['of another user', { user: { userId: 'bob' } }, undefined],
    ['of a browser of the application', { user: { userId: 'ann', anonymousId: 'own' } }, 'own'],
  ])('%s has the browser ids that go with its person', (_what, options, expected) => {
    const it = platforms();
    called(it, options, { user: { id: 'ann' }, a: A });
    expect(it.a.events).toHaveLength(1);
    expect(it.a.events[0]!.anonymousId).toBe(expected);
  });

  test('of a visitor has them, and an unknown one has none', () => {
    const it = platforms();
    called(it, {}, { a: A });
    called(it, { user: () => null }, { a: A });
    expect(it.a.events).toMatchObject([{ anonymousId: 'at-a' }]);
    expect(it.service.stats().rejected).toEqual({ no_identity: 1 });
  });

  test('of a job has those of its payload', () => {
    const it = platforms();
    class Jobs {
      @RunAs((job: { identity: Identity | undefined }) => job.identity)
      @Track('Worked')
      work(_job: { identity: Identity | undefined }): void {}
    }
    const jobs = new Jobs();
    bindInstance(jobs, it.service);
    const identity = within({ a: A, b: B }, () => it.service.identity());
    jobs.work(JSON.parse(JSON.stringify({ identity })) as { identity: Identity });
    expect(it.a.events).toMatchObject([{ anonymousId: 'at-a' }]);
    expect(it.b.events).toMatchObject([{ anonymousId: 'at-b' }]);
  });
});

describe('the current identity', () => {
  test('is a copy: a change by the application does not affect later events', () => {
    const it = platforms();
    const change = (): void =>
      void Object.assign(it.service.identity()!, { userId: 'eve', browserIds: { b: B } });
    const users = (): unknown[] => it.a.events.map(({ userId, anonymousId }) => [userId, anonymousId]);
    within({ a: A, user: { id: 'ann' } }, () => {
      change();
      it.service.track('Seen');
      it.service.runAs({ userId: 'bob' }, () => {
        change();
        it.service.track('Seen');
      });
    });
    expect(users()).toEqual([
      ['ann', 'at-a'],
      ['bob', undefined],
    ]);
    expect(it.b.events.map(({ anonymousId }) => anonymousId)).toEqual([undefined, undefined]);
  });

  test('is restored from a job for destinations of any name', () => {
    const names = ['Warehouse (EU)', 'ads/eu', 'été', 'constructor', 'a'];
    const shops = names.map((name) => new Shop(name, { resolvers: [() => A] }));
    const it = tracking({ destinations: shops });
    const payload = within({}, () => JSON.stringify(it.service.identity()));
    it.service.runAs(JSON.parse(payload) as Identity, () => it.service.track('Seen'));
    expect(shops.map(({ events }) => events[0]?.anonymousId)).toEqual(names.map(() => 'at-a'));
  });

  test('that an option of a decorated method gets is a copy, too', () => {
    const it = platforms();
    class Orders {
      @Track('Done', {
        properties: (_, { identity }) => ({ was: Object.assign(identity, { userId: 'eve' }) && 1 }),
      })
      create(): void {}
    }
    const orders = new Orders();
    bindInstance(orders, it.service);
    within({ a: A, user: { id: 'ann' } }, () => {
      orders.create();
      orders.create();
    });
    expect(it.a.events.map(({ userId }) => userId)).toEqual(['ann', 'ann']);
  });
});
