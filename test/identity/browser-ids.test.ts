import { beforeEach, describe, expect, test } from '@jest/globals';
import type {
  BrowserClaims,
  BrowserResolver,
  IdentityInput,
  IdentityResolver,
} from '../../lib/event/identity.js';
import type { Notice } from '../../lib/observe/notices.js';
import { resolverFailed } from '../../lib/identity/identity.messages.js';
import { IdentitySource } from '../../lib/identity/identity-source.js';
import { RequestScope, runInScope } from '../../lib/identity/scope/request-scope.js';

let notices: Notice[];
let messages: string[];
beforeEach(() => {
  notices = [];
  messages = [];
});

interface SomeRequest {
  user?: string | undefined;
}

const user = (request: SomeRequest): { userId: never } => ({ userId: request.user as never });

function sourceOf(
  destinations: Record<string, BrowserResolver[]>,
  resolvers: IdentityResolver[] = [user],
): IdentitySource {
  return new IdentitySource({
    resolvers,
    destinations: Object.entries(destinations).map(([name, readers]) => ({ name, resolvers: readers })),
    notice(notice, _about, message) {
      notices.push(notice);
      messages.push(message());
    },
  });
}

const within = <T>(request: SomeRequest, fn: () => T): T => runInScope(new RequestScope(request), fn);
const giving =
  (claims: unknown): BrowserResolver =>
  () =>
    claims as BrowserClaims;

describe('the browser ids of a request', () => {
  test('are each destination’s own', () => {
    const source = sourceOf({
      kissmetrics: [giving({ anonymousId: 'k' })],
      posthog: [giving({ anonymousId: 'p' })],
    });
    expect(within({ user: 'ada' }, () => source.current())).toStrictEqual({
      userId: 'ada',
      browserIds: { kissmetrics: { anonymousId: 'k' }, posthog: { anonymousId: 'p' } },
    });
  });

  test('alone are an identity, if one of them is an id of the browser', () => {
    const visitor = sourceOf({ a: [giving({ anonymousId: 'k' })], b: [giving({ sessionId: 's' })] });
    expect(within({}, () => visitor.current())).toStrictEqual({
      browserIds: { a: { anonymousId: 'k' }, b: { sessionId: 's' } },
    });
    expect(within({}, () => sourceOf({ a: [giving({ sessionId: 's' })] }).named(undefined))).toBeUndefined();
    expect(within({}, () => sourceOf({ a: [giving({ sessionId: 's' })] }).named())).toBeUndefined();
  });

  test('come from the first resolver of a destination that has the member', () => {
    const source = sourceOf({
      a: [
        giving(undefined),
        giving({ sessionId: 5 }),
        giving({ anonymousId: 'first', sessionId: 6 }),
        giving({ anonymousId: 'second', clickIds: { fbc: 'c' } }),
      ],
    });
    expect(within({}, () => source.current())).toEqual({
      browserIds: { a: { anonymousId: 'first', sessionId: 5, clickIds: { fbc: 'c' } } },
    });
  });

  test('are read once for all events, lanes and people of a request, and by one read for one resolver', () => {
    let reads = 0;
    const shared: BrowserResolver = () => (reads++, { anonymousId: 'k' });
    const source = sourceOf({ one: [shared], other: [shared] });
    const request: SomeRequest = {};
    within(request, () => {
      expect(reads).toBe(0);
      source.current();
      expect(source.current()).toEqual({
        browserIds: { one: { anonymousId: 'k' }, other: { anonymousId: 'k' } },
      });
      request.user = 'ada';
      expect(source.current()).toMatchObject({ userId: 'ada', browserIds: { one: { anonymousId: 'k' } } });
    });
    expect(reads).toBe(1);
  });

  test('have no user of their own', () => {
    const source = sourceOf({ a: [giving({ userId: 'eve', anonymousId: 'k' })] });
    expect(within({}, () => source.current())).toEqual({ browserIds: { a: { anonymousId: 'k' } } });
    expect(notices).toEqual([]);
  });

  test('are left out, all of them, where one names another person than the verified user', () => {
    const source = sourceOf({
      a: [giving({ anonymousId: 'k', claimedUserId: 'bob' })],
      b: [giving({ anonymousId: 'p' })],
    });
    const request: SomeRequest = {};
    within(request, () => {
      expect(source.current()?.browserIds).toBeDefined();
      request.user = 'ada';
      expect(source.current()).toStrictEqual({ userId: 'ada' });
      request.user = 'bob';
      expect(source.current()?.browserIds).toEqual({ a: { anonymousId: 'k' }, b: { anonymousId: 'p' } });
    });
    expect(notices).toEqual(['identity_conflict']);
  });

  test('are left out where a resolver of the application names another person', () => {
    const source = sourceOf({ a: [giving({ anonymousId: 'k' })] }, [user, () => ({ claimedUserId: 'bob' })]);
    expect(within({ user: 'ada' }, () => source.current())).toStrictEqual({ userId: 'ada' });
  });

  test('do not replace a verified user whose id is unusable', () => {
    const source = sourceOf({ a: [giving({ anonymousId: 'k' })] }, [() => ({ userId: {} as never })]);
    within({}, () => {
      expect(source.current()).toBeUndefined();
      expect(source.named()).toEqual({});
    });
  });

  test('are frozen, and nothing of a client that is no id', () => {
    const clickIds = { fbc: 'a\u0000b', bad: 5, ['<script>']: 'x', empty: '' };
    const source = sourceOf({
      a: [giving({ anonymousId: `  ${'x'.repeat(2_000)}`, sessionId: -1, clickIds })],
      words: [giving({ anonymousId: 'Anonymous', sessionId: Number.NaN, clickIds: [] })],
    });
    const { browserIds } = within({}, () => source.current())!;
    expect(browserIds).toEqual({ a: { anonymousId: 'x'.repeat(998), clickIds: { fbc: 'ab' } } });
    expect([browserIds, browserIds!['a'], browserIds!['a']!.clickIds].every(Object.isFrozen)).toBe(true);
  });

  test('of a destination with the name of an object’s member are its own', () => {
    const source = sourceOf({
      constructor: [giving(undefined)],
      ['__proto__']: [giving({ anonymousId: 'k' })],
    });
    const found = within({}, () => source.current());
    expect(JSON.stringify(found)).toBe('{"browserIds":{"__proto__":{"anonymousId":"k"}}}');
  });

  test('survive a resolver that throws, which is logged with its destination', () => {
    function broken(): never {
      throw new TypeError('secret');
    }
    const source = sourceOf({ a: [broken, giving({ anonymousId: 'k' })] });
    expect(within({}, () => source.current())).toEqual({ browserIds: { a: { anonymousId: 'k' } } });
    expect(messages).toEqual([resolverFailed("#1 (broken) of destination 'a'", 'TypeError')]);
  });
});

describe('runAs()', () => {
  const source = sourceOf({ a: [giving({ anonymousId: 'k', claimedUserId: 'ada' })] });
  const ids = { a: { anonymousId: 'k' } };

  test('replaces the request’s, unless it is the very same user', () => {
    within({ user: 'ada' }, () => {
      expect(source.runAs({ userId: 'bob' }, () => source.current())).toStrictEqual({ userId: 'bob' });
      expect(source.runAs({ anonymousId: 'v' }, () => source.current())).toStrictEqual({ anonymousId: 'v' });
      expect(source.runAs({ userId: 'ada', anonymousId: 'v' }, () => source.current())).toStrictEqual({
        userId: 'ada',
        anonymousId: 'v',
      });
      expect(source.runAs({ userId: 'ada' }, () => source.current())).toEqual({
        userId: 'ada',
        browserIds: ids,
      });
    });
  });

  test('takes the identity of a job’s payload, of a visitor, too', () => {
    for (const request of [{ user: 'ada' }, {}]) {
      const identity = within(request, () => source.current());
      const payload = JSON.parse(JSON.stringify(identity)) as IdentityInput;
      expect(source.runAs(payload, () => source.current())).toEqual(identity);
    }
  });

  test.each<[string, unknown]>([
    ['text', 'k'],
    ['a list', [{ anonymousId: 'k' }]],
    ['entries that are none', { a: 'k', b: null, c: [], d: {} }],
    ['words', { a: { anonymousId: 'undefined' } }],
    ['names that no destination can have', { 'a\u0000b': { anonymousId: 'k' } }],
    [
      'a getter that throws',
      {
        get a(): never {
          throw new Error('no');
        },
      },
    ],
  ])('leaves out %s in the place of browser ids', (_what, browserIds) => {
    const as = { userId: 'ada', browserIds } as IdentityInput;
    expect(source.runAs(as, () => source.current())).toStrictEqual({ userId: 'ada' });
    expect(source.runAs({ browserIds } as IdentityInput, () => source.current())).toBeUndefined();
  });

  test('keeps no more of a payload than a browser may have', () => {
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`d${at}`, { anonymousId: 'k' }]));
    const kept = source.runAs({ browserIds: many }, () => source.current());
    expect(Object.keys(kept!.browserIds!)).toHaveLength(50);
  });
});

describe('the browser ids of a user whom a call names', () => {
  test('are those of the running identity, if it is the same user’s', () => {
    const source = sourceOf({ a: [giving({ anonymousId: 'k' })] });
    const of = (userId: string): unknown =>
      source.browserIdsOf(userId, { scope, as: undefined, hold: undefined });
    const scope = new RequestScope({ user: 'ada' });
    expect(of('ada')).toEqual({ a: { anonymousId: 'k' } });
    expect(of('bob')).toBeUndefined();
    expect(source.browserIdsOf('ada', undefined)).toBeUndefined();
  });

  test('are not looked for where no destination reads any', () => {
    let asked = 0;
    const source = sourceOf({}, [() => (asked++, undefined)]);
    const scope = new RequestScope({ user: 'ada' });
    expect(source.browserIdsOf('ada', { scope, as: undefined, hold: undefined })).toBeUndefined();
    expect(asked).toBe(0);
  });
});
