import { beforeEach, describe, expect, test } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import type { IdentityClaims, IdentityInput, IdentityResolver } from '../../lib/event/identity.js';
import type { Notice } from '../../lib/observe/notices.js';
import { fromRequestUser } from '../../lib/identity/resolvers/verified-user.js';
import {
  identityConflict,
  resolverFailed,
  resolverIsAsync,
  unusableId,
} from '../../lib/identity/identity.messages.js';
import { IdentitySource } from '../../lib/identity/identity-source.js';
import { RequestScope, runInScope } from '../../lib/identity/scope/request-scope.js';

let notices: Notice[];
let messages: string[];
beforeEach(() => {
  notices = [];
  messages = [];
});

function sourceOf(...resolvers: unknown[]): IdentitySource {
  return new IdentitySource({
    resolvers: resolvers as IdentityResolver[],
    notice(notice, _about, message) {
      notices.push(notice);
      messages.push(message());
    },
  });
}

const within = <T>(request: unknown, fn: () => T): T => runInScope(new RequestScope(request), fn);

describe('current()', () => {
  test('is unknown outside of requests', () => {
    expect(sourceOf(() => ({ userId: 'ada' })).current()).toBeUndefined();
  });

  test('takes each id from the first resolver that has it', () => {
    const source = sourceOf(
      () => undefined,
      () => ({ anonymousId: 'v1' }),
      () => ({ userId: 7, anonymousId: 'v2' }),
      () => ({ userId: 'late' }),
    );
    expect(within({}, () => source.current())).toEqual({ userId: '7', anonymousId: 'v1' });
  });

  test('gives a resolver that asks it no answer, and asks each one once', () => {
    let asked = 0;
    const source: IdentitySource = sourceOf(
      () => source.current(),
      () => (asked++, { userId: 'ada' }),
    );
    expect(within({}, () => source.current())).toEqual({ userId: 'ada' });
    expect(asked).toBe(1);
  });

  test('knows the next one, whatever the outcome of the one before', () => {
    let failures = 1;
    const source = new IdentitySource({
      resolvers: [
        (request: { id: string }) => {
          if (failures > 0) throw new Error('the first');
          return { userId: request.id };
        },
      ],
      // As where the stack is too full to call anything.
      notice() {
        failures--;
        throw new RangeError('Maximum call stack size exceeded');
      },
    });
    expect(() => within({ id: 'ada' }, () => source.current())).toThrow(RangeError);
    expect(within({ id: 'bob' }, () => source.current())).toEqual({ userId: 'bob' });
  });

  test('does not take a member of every string for the id of a user who is one', () => {
    expect(within({ user: 'sam' }, () => sourceOf(fromRequestUser()).current())).toBeUndefined();
    expect(notices).toEqual([]);
  });

  test('is plain JSON', () => {
    const source = sourceOf(() => ({ userId: 5n, claimedUserId: '5' }));
    expect(within({}, () => source.current())).toStrictEqual({ userId: '5' });
  });

  test('asks only when it is needed, and once for a verified user', () => {
    let asked = 0;
    const source = sourceOf((request: { user?: { id: string } }) => (asked++, { userId: request.user?.id }));
    const request = { user: { id: 'ada' } };
    within(request, () => {
      expect(asked).toBe(0);
      expect([source.current(), source.current()]).toEqual([{ userId: 'ada' }, { userId: 'ada' }]);
      expect(asked).toBe(1);
      request.user = { id: 'bob' };
      expect(source.current()).toEqual({ userId: 'bob' });
      expect(asked).toBe(2);
    });
  });

  test('resolves a visitor again, because a person may have signed in since', () => {
    let signedIn: string | undefined;
    const source = sourceOf(() => ({ userId: signedIn, anonymousId: 'v1' }));
    within({}, () => {
      expect(source.current()).toEqual({ anonymousId: 'v1' });
      signedIn = 'ada';
      expect(source.current()).toEqual({ userId: 'ada', anonymousId: 'v1' });
    });
  });

  test('of two applications in one request is asked of each', () => {
    const [one, other] = [sourceOf(() => ({ userId: 'one' })), sourceOf(() => ({ userId: 'other' }))];
    within({}, () => {
      expect([one.current(), other.current(), one.current()]).toEqual([
        { userId: 'one' },
        { userId: 'other' },
        { userId: 'one' },
      ]);
    });
  });

  test.each<[string, unknown]>([
    ['a string', 'ada'],
    ['nothing', null],
    ['empty ids', { userId: '', anonymousId: '' }],
    ['missing ids', { userId: null, anonymousId: undefined }],
  ])('passes over a resolver that returns %s', (_what, claims) => {
    expect(
      within({}, () =>
        sourceOf(
          () => claims,
          () => ({ userId: 'ada' }),
        ).current(),
      ),
    ).toEqual({ userId: 'ada' });
    expect(notices).toEqual([]);
  });

  test.each<[string, unknown]>([
    ['an object', { $oid: 'x' }],
    ['NaN', Number.NaN],
    ['true', true],
  ])('takes %s for no id, and tells', (_what, userId) => {
    function mine(): unknown {
      return { userId };
    }
    expect(within({}, () => sourceOf(mine).current())).toBeUndefined();
    expect(notices).toEqual(['invalid_identity']);
    expect(messages).toEqual([unusableId('Identity resolver #1 (mine)', 'userId')]);
  });
});

describe('a broken resolver', () => {
  const next = (): IdentityClaims => ({ anonymousId: 'v1' });

  test('that throws is counted and skipped, and its error not repeated', () => {
    function broken(): never {
      throw new TypeError('secret');
    }
    expect(within({}, () => sourceOf(broken, next).current())).toEqual({ anonymousId: 'v1' });
    expect(notices).toEqual(['resolver_error']);
    expect(messages).toEqual([resolverFailed('#1 (broken)', 'TypeError')]);
    expect(messages[0]).not.toContain('secret');
  });

  test('whose result throws is skipped whole', () => {
    const claims = {
      anonymousId: 'half',
      get claimedUserId(): string {
        throw new Error('no');
      },
    };
    expect(within({}, () => sourceOf(() => claims, next).current())).toEqual({ anonymousId: 'v1' });
    expect(notices).toEqual(['resolver_error']);
  });

  test('that returns a promise is skipped, and its rejection handled', async () => {
    const unhandled: unknown[] = [];
    const collect = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', collect);
    const source = sourceOf(() => Promise.reject(new Error('later')), next);
    expect(within({}, () => source.current())).toEqual({ anonymousId: 'v1' });
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', collect);
    expect(unhandled).toEqual([]);
    expect(messages).toEqual([resolverIsAsync('#1')]);
  });

  test('does not meet a request that cannot be read', () => {
    const request = {
      get user(): never {
        throw new Error('no');
      },
    };
    expect(within(request, () => sourceOf(fromRequestUser(), next).current())).toEqual({ anonymousId: 'v1' });
  });
});

describe('a claimed user', () => {
  const user = (request: { user?: string }): IdentityClaims => ({ userId: request.user as string });
  const claims = (): IdentityClaims => ({ anonymousId: 'v1', claimedUserId: 'bob' });

  test('that differs is reported once per request, without both names, and no id of its browser is used', () => {
    const source = sourceOf(claims, user);
    const request = { user: 'ada' };
    within(request, () => {
      expect(source.current()).toEqual({ userId: 'ada' });
      request.user = 'eve';
      expect(source.current()).toEqual({ userId: 'eve' });
    });
    expect(notices).toEqual(['identity_conflict']);
    expect(messages).toEqual([identityConflict()]);
    within({ user: 'ada' }, () => source.current());
    expect(notices).toHaveLength(2);
    expect(messages.join()).not.toMatch(/ada|bob|eve|v1/);
  });

  test('leaves the ids that other resolvers gave', () => {
    const source = sourceOf(claims, user, () => ({ anonymousId: 'own' }));
    within({ user: 'ada' }, () => expect(source.current()).toEqual({ userId: 'ada', anonymousId: 'own' }));
  });

  test('that is the same, or has no verified user, is no conflict', () => {
    const source = sourceOf(claims, user);
    within({ user: 'bob' }, () => expect(source.current()).toEqual({ userId: 'bob', anonymousId: 'v1' }));
    within({}, () => expect(source.current()).toEqual({ anonymousId: 'v1' }));
    expect(notices).toEqual([]);
  });
});

describe('runAs()', () => {
  const source = sourceOf(() => ({ userId: 'ada', anonymousId: 'v1' }));

  test('comes before the request, and is not merged with it', () => {
    within({}, () => {
      expect(source.runAs({ userId: 7 }, () => source.current())).toStrictEqual({ userId: '7' });
      expect(source.current()).toMatchObject({ userId: 'ada' });
    });
  });

  test('applies to all work that it starts, and returns the result', async () => {
    const later = source.runAs({ anonymousId: 'v9' }, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return source.current();
    });
    expect(source.current()).toBeUndefined();
    expect(await later).toEqual({ anonymousId: 'v9' });
  });

  test('passes errors on', () => {
    const error = new Error('broken');
    expect(() =>
      source.runAs({ userId: 'x' }, () => {
        throw error;
      }),
    ).toThrow(error);
  });

  test.each([[{}], [undefined], [{ userId: undefined }]])(
    'without an id (%p) counts as not given',
    (identity) => {
      const quiet = sourceOf();
      expect(
        quiet.runAs({ userId: 'ada' }, () => quiet.runAs(identity as IdentityInput, () => quiet.current())),
      ).toEqual({
        userId: 'ada',
      });
      expect(notices).toEqual([]);
    },
  );

  test('takes the identity of a job’s payload', () => {
    const payload = JSON.parse(JSON.stringify(within({}, () => source.current()))) as IdentityInput;
    expect(source.runAs(payload, () => source.current())).toEqual({ userId: 'ada', anonymousId: 'v1' });
  });
});

describe('fromRequestUser()', () => {
  const read = (resolver: IdentityResolver, request: unknown, type = 'http'): unknown =>
    resolver(request, {
      getType: () => type,
      getArgByIndex: () => ({ setHeader: () => {} }),
    } as unknown as ExecutionContext);

  test.each<[unknown, unknown]>([
    [{ id: 1, sub: 2, userId: 3 }, 1],
    [{ sub: 2, userId: 3 }, 2],
    [{ userId: 3 }, 3],
    [{ id: null, sub: 'x' }, 'x'],
    [{ id: {}, _id: 5 }, 5],
    [{ id: Number.NaN, email: 'a@b' }, Number.NaN],
    [{ email: 'a@b' }, undefined],
  ])('reads %p as %p', (user, userId) => {
    expect(read(fromRequestUser(), { user })).toEqual({ userId });
  });

  test('returns undefined without a user', () => {
    const called: unknown[] = [];
    for (const request of [{}, { user: null }, undefined, null, 'text']) {
      expect(read(fromRequestUser(), request)).toBeUndefined();
      expect(
        read(
          fromRequestUser((user) => void called.push(user) as undefined),
          request,
        ),
      ).toBeUndefined();
    }
    expect(called).toEqual([]);
  });

  test('does not believe the user that a message brings along', () => {
    expect(read(fromRequestUser(), { user: { id: 1 } }, 'rpc')).toBeUndefined();
    expect(
      read(
        fromRequestUser(({ id }: { id: number }) => id),
        { user: { id: 1 } },
        'rpc',
      ),
    ).toEqual({ userId: 1 });
  });

  test.each<[unknown, unknown]>([
    ['x', { userId: 'x' }],
    [7n, { userId: 7n }],
    [
      { userId: 'x', anonymousId: 'y' },
      { userId: 'x', anonymousId: 'y' },
    ],
    [undefined, undefined],
    [null, undefined],
    [{}, {}],
    [{ $oid: 'x' }, { userId: { $oid: 'x' } }],
    [new Date(0), { userId: new Date(0) }],
  ])('takes %p from a function of the application', (found, claims) => {
    const request = { user: { account: found } };
    const resolver = fromRequestUser((user: { account: never }, given: unknown) => {
      expect(given).toBe(request);
      return user.account;
    });
    expect(read(resolver, request)).toEqual(claims);
  });
});
