import { describe, expect, test } from '@jest/globals';
import { bindInstance } from '../../lib/decorator/tracking-binding.js';
import type { Id, IdentityInput } from '../../lib/event/identity.js';
import { fromCookie, fromHeader } from '../../lib/identity/resolvers/unverified-id.js';
import { fromRequestUser } from '../../lib/identity/resolvers/verified-user.js';
import { RequestScope, runInScope } from '../../lib/identity/scope/request-scope.js';
import { RunAs } from '../../lib/decorator/run-as.decorator.js';
import { Track } from '../../lib/decorator/track.decorator.js';
import type { TrackingService } from '../../lib/tracking.service.js';
import type { TrackingModuleOptions } from '../../lib/index.js';
import { expectAccounted } from '../support/accounting.js';
import { ObjectId, UUID } from '../support/id-objects.js';
import { tracking } from '../support/tracking.js';

const HEX = '65f1c0ffee65f1c0ffee65f1';
const TEXT = '0190b5a0-7c1e-7cc1-8a7c-2f5d1c9b3a10';

/** Usable ids, and the text that is stored. */
const USABLE: [string, Id, string][] = [
  ['a text', 'bob', 'bob'],
  ['a number', 7, '7'],
  ['zero', 0, '0'],
  ['a bigint', 9_007_199_254_740_993n, '9007199254740993'],
  ['an ObjectId of MongoDB', new ObjectId(HEX), HEX],
  ['a UUID object', new UUID(TEXT), TEXT],
  ['an object that is a number as JSON', { toJSON: () => 12 }, '12'],
];

const UNUSABLE: [string, unknown][] = [
  ['null', null],
  ['an empty text', ''],
  ['NaN', Number.NaN],
  ['infinity', Number.POSITIVE_INFINITY],
  ['a flag', true],
  ['a plain object', { $oid: HEX }],
  ['an array', ['bob']],
  ['a Buffer', Buffer.from(HEX, 'hex')],
  ['bytes', new Uint8Array(12)],
  ['a Date', new Date(0)],
  ['a function', () => 'bob'],
  ['a symbol', Symbol('bob')],
  ['the word undefined', 'undefined'],
  ['the word null', 'null'],
  ['a converted object', '[object Object]'],
  ['a converted promise', '[object Promise]'],
  ['an object that is an object as JSON', { toJSON: () => ({ id: 'bob' }) }],
  ['an object that is an empty text as JSON', { toJSON: () => '' }],
  [
    'an object that cannot be written as JSON',
    {
      toJSON() {
        throw new Error('secret');
      },
    },
  ],
];

/** The ways to say whom an event is about. */
const WAYS: [string, (service: TrackingService, user: IdentityInput) => unknown][] = [
  ['track()', (service, user) => service.track('Gift', {}, user)],
  ['record()', (service, user) => void service.record('Gift', {}, user)],
  ['identify()', (service, user) => service.identify({ plan: 'pro' }, user)],
  ['group()', (service, user) => service.group('acme', {}, user)],
  ['runAs()', (service, user) => service.runAs(user, () => service.track('Gift'))],
  [
    '@Track()',
    (service, user) => {
      class Shop {
        @Track('Gift', { user: () => user })
        give(): void {}
      }
      bound(new Shop(), service).give();
    },
  ],
  [
    '@RunAs()',
    (service, user) => {
      class Shop {
        @RunAs(() => user)
        @Track('Gift')
        give(): void {}
      }
      bound(new Shop(), service).give();
    },
  ],
];

function bound<T extends object>(instance: T, service: TrackingService): T {
  bindInstance(instance, service as never);
  return instance;
}

const ADA = { user: { id: 'ada' } };

/** Within a request of Ada, whose browser is known, too. */
function inRequest(
  fn: (service: TrackingService) => unknown,
  request: unknown = ADA,
  options: Partial<TrackingModuleOptions> = {},
) {
  const running = tracking(options);
  runInScope(new RequestScope(request), () => fn(running.service));
  expectAccounted(running.service.stats());
  const persons = running.shop.events.map(({ userId, anonymousId }) => ({
    ...(userId !== undefined && { userId }),
    ...(anonymousId !== undefined && { anonymousId }),
  }));
  return { ...running, persons, stats: running.service.stats() };
}

describe.each(['undefined', 'null', 'NaN', '[object Object]'])('the word %s', (word) => {
  test('is not an id of a group or of an alias', () => {
    const { stats } = inRequest((service) => {
      service.group(word);
      service.alias(word, 'ada');
      service.alias('visitor', word);
    });
    expect(stats).toMatchObject({ called: 3, accepted: 0, rejected: { invalid_id: 3 } });
  });

  test('is not a key', () => {
    const { stats } = inRequest((service) => {
      service.track('Paid', {}, { key: word });
      service.track('Paid', {}, { key: word });
    });
    expect(stats).toMatchObject({ accepted: 2, duplicate: 0, notices: { key_empty: 2 } });
  });

  test('identifies no person in a header, a cookie, a verified user or a token', () => {
    const headers = { 'x-user': word, cookie: `who=${encodeURIComponent(word)}` };
    for (const resolver of [
      fromHeader('x-user'),
      fromHeader('x-user', { as: 'userId' }),
      fromCookie('who'),
      fromRequestUser(),
    ]) {
      const { persons, stats } = inRequest(
        (service) => service.track('Paid'),
        { headers, user: { id: word } },
        { identity: { resolvers: [resolver] } },
      );
      expect(persons).toEqual([]);
      expect(stats.called).toBe(1);
      expect(stats.accepted).toBe(0);
    }
  });
});

test.each(['Null', 'NULL', 'Undefined'])('%s is a name', (id) => {
  expect(inRequest((service) => service.track('Paid', {}, { userId: id })).persons).toEqual([{ userId: id }]);
});

describe.each(WAYS)('of %s', (_way, call) => {
  test.each(USABLE)('%s is an id', (_what, userId, text) => {
    expect(inRequest((service) => call(service, { userId })).persons).toEqual([{ userId: text }]);
    expect(inRequest((service) => call(service, { anonymousId: userId })).persons).toEqual([
      { anonymousId: text },
    ]);
  });

  test.each(UNUSABLE)(
    '%s is unusable, and the event is refused and given to no other person',
    (_what, id) => {
      for (const user of [{ userId: id }, { anonymousId: id }, { userId: id, anonymousId: id }]) {
        const { persons, stats, spoken } = inRequest((service) => {
          call(service, user as IdentityInput);
          call(service, user as IdentityInput);
        });
        expect(persons).toEqual([]);
        expect(stats.rejected).toEqual({ invalid_identity: 2 });
        expect(
          spoken.warnings.filter((line) => line.includes('was not recorded (invalid_identity)')),
        ).toHaveLength(1);
        expect(spoken.warnings.join()).not.toMatch(/secret|ada|bob|65f1/);
        expect(spoken.warnings.join()).toContain(
          '`user` of @Track() and runAs() take { userId }, not the id',
        );
      }
    },
  );

  test('undefined counts as not given, which the log explains', () => {
    const { spoken, stats } = inRequest((service) => call(service, { userId: undefined }), { headers: {} });
    expect(stats.rejected).toEqual({ no_identity: 1 });
    expect(spoken.warnings.join()).toContain('`undefined` counts as not given');
  });

  test.each(UNUSABLE)('%s does not change the other id', (_what, id) => {
    const one = inRequest((service) => call(service, { userId: id as Id, anonymousId: 'v1' }));
    expect(one.persons).toEqual([{ anonymousId: 'v1' }]);
    const other = inRequest((service) => call(service, { userId: 'bob', anonymousId: id as Id }));
    expect(other.persons).toEqual([{ userId: 'bob' }]);
    const isNone = id === null || id === '';
    expect(one.stats.notices).toEqual(isNone ? {} : { invalid_identity: 1 });
  });

  test('undefined counts as not given', () => {
    for (const user of [{}, { userId: undefined }, { userId: undefined, anonymousId: undefined }]) {
      expect(inRequest((service) => call(service, user as IdentityInput)).persons).toEqual([
        { userId: 'ada' },
      ]);
    }
  });

  test('an unusable id gives the event to no fallback', () => {
    const fallback = { userId: 'service:billing' };
    const { persons, stats } = inRequest((service) => call(service, { userId: {} as Id }), ADA, {
      identity: { fallback },
    });
    expect([persons, stats.rejected]).toEqual([[], { invalid_identity: 1 }]);
  });
});

/** Values that may be given in the place of an identity by mistake. */
const NO_IDENTITY: [string, unknown][] = [
  ['a text', 'bob'],
  ['an ObjectId of MongoDB', new ObjectId(HEX)],
  ['a UUID object', new UUID(TEXT)],
  ['a Buffer', Buffer.from(HEX, 'hex')],
  ['a Date', new Date(0)],
  ['a list', ['bob']],
  ['a record of a user', { id: 'bob' }],
];

describe.each(WAYS.slice(4))('of %s, in the place of an identity', (_way, call) => {
  test.each(NO_IDENTITY)('%s is refused, and the event is given to no other person', (_what, user) => {
    const { persons, stats, spoken } = inRequest((service) => call(service, user as IdentityInput), ADA, {
      identity: { fallback: { userId: 'service:billing' } },
    });
    expect([persons, stats.rejected]).toEqual([[], { invalid_identity: 1 }]);
    expect(spoken.warnings.join()).toMatch(/invalid_identity/);
    expect(spoken.warnings.join()).not.toMatch(/ada|bob|65f1/);
  });
});

describe('runAs() of an unusable id', () => {
  test('gives no identity, and does not change events that name a person', () => {
    const { persons } = inRequest((service) => {
      service.runAs({ userId: Number.NaN }, () => {
        expect(service.identity()).toBeUndefined();
        service.track('Gift', {}, { userId: 'bob' });
        service.runAs({ userId: 'eve' }, () => service.track('Gift'));
      });
    });
    expect(persons).toEqual([{ userId: 'bob' }, { userId: 'eve' }]);
  });

  test('holds for an id in place of an identity', () => {
    const { stats } = inRequest((service) => service.runAs('bob' as never, () => service.track('Gift')));
    expect(stats).toMatchObject({ rejected: { invalid_identity: 1 }, notices: { invalid_identity: 1 } });
  });
});

describe('a verified user', () => {
  const eventOf = (user: unknown, options: Partial<TrackingModuleOptions> = {}) =>
    inRequest((service) => service.track('Gift'), { user }, options);

  test.each([
    ['_id', { _id: new ObjectId(HEX), email: 'ada@example.com' }, HEX],
    ['an id object', { id: new UUID(TEXT) }, TEXT],
    ['the first member that is one', { id: {}, sub: '', userId: 5, _id: new ObjectId(HEX) }, '5'],
  ])('is known by %s', (_what, user, userId) => {
    expect(eventOf(user)).toMatchObject({ persons: [{ userId }], stats: { notices: {} } });
  });

  test('whose id is unusable is replaced neither by a later resolver, nor by the fallback', () => {
    const { persons, stats } = eventOf(
      { id: Buffer.from('ada') },
      {
        identity: {
          resolvers: [
            ({ user }: { user: { id: Id } }) => ({ userId: user.id }),
            () => ({ userId: 'somebody else' }),
          ],
          fallback: { userId: 'service:billing' },
        },
      },
    );
    expect([persons, stats.rejected, stats.notices]).toEqual([
      [],
      { invalid_identity: 1 },
      { invalid_identity: 1 },
    ]);
  });

  test('whose id is unusable has only the id of the browser', () => {
    const resolvers = [() => ({ userId: {} as Id }), () => ({ anonymousId: 'v1' })];
    expect(eventOf({}, { identity: { resolvers } }).persons).toEqual([{ anonymousId: 'v1' }]);
  });

  test('without an id is logged with the names of its members, and without their values', () => {
    const { spoken, stats } = eventOf({ uid: 'ada', 'https://example.com/org': 'acme', 'a b': 'secret' });
    expect(stats.rejected).toEqual({ no_identity: 1 });
    expect(spoken.warnings).toEqual([expect.stringMatching(/`uid`, `https:\/\/example\.com\/org`/)]);
    expect(spoken.warnings[0]).not.toMatch(/ada|acme|secret|a b/);
  });
});

describe('a fallback', () => {
  test.each(UNUSABLE)('that gives %s refuses the event', (_what, userId) => {
    const { stats } = inRequest(
      (service) => service.track('Night Passed'),
      {},
      {
        identity: { fallback: () => ({ userId: userId as Id }) },
      },
    );
    expect(stats.rejected).toEqual({ invalid_identity: 1 });
  });
});

describe('a key', () => {
  const keyed = (key: unknown) =>
    inRequest((service) => {
      service.track('Paid', {}, { key: key as Id });
      service.track('Paid', {}, { key: key as Id });
    });

  test.each(USABLE)('may be %s', (_what, key, text) => {
    expect(keyed(key).stats).toMatchObject({ accepted: 1, duplicate: 1, notices: {} });
    const { shop } = inRequest((service) => {
      service.track('Paid', {}, { key });
      service.track('Paid', {}, { key: text });
    });
    expect(shop.events).toHaveLength(1);
  });

  test.each(UNUSABLE)('that is %s gives a new id, is counted, and warned of once', (_what, key) => {
    const { stats, spoken } = keyed(key);
    expect(stats).toMatchObject({ accepted: 2, duplicate: 0, notices: { key_empty: 2 } });
    expect(spoken.warnings).toHaveLength(1);
  });

  test.each([...UNUSABLE, ['nothing', undefined]] as [string, unknown][])(
    'of @Track() that is %s does so, too',
    (_what, key) => {
      class Shop {
        @Track('Paid', { key: () => key as Id, timestamp: 1_700_000_000_000 })
        pay(): void {}
      }
      const { stats, spoken } = inRequest((service) => {
        bound(new Shop(), service).pay();
        bound(new Shop(), service).pay();
      });
      expect(stats).toMatchObject({ accepted: 2, duplicate: 0, notices: { key_empty: 2 } });
      expect(spoken.warnings).toHaveLength(1);
    },
  );
});

describe('group() and alias()', () => {
  test.each(USABLE)('take %s', (_what, id, text) => {
    const { shop } = inRequest((service) => {
      service.group(id, {});
      service.alias(id, 'eve');
      service.alias('v1', id);
    });
    expect(shop.events.map(({ groupId, previousId, userId }) => [groupId, previousId, userId])).toEqual([
      [text, undefined, 'ada'],
      [undefined, text, 'eve'],
      [undefined, 'v1', text],
    ]);
  });

  test.each(UNUSABLE)('refuse %s', (_what, id) => {
    const { stats } = inRequest((service) => {
      service.group(id as Id, {});
      service.alias(id as Id, 'eve');
      service.alias('v1', id as Id);
    });
    expect(stats.rejected).toEqual({ invalid_id: 3 });
  });
});
