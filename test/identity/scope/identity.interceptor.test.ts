import { beforeEach, describe, expect, test } from '@jest/globals';
import type { CallHandler, ExecutionContext } from '@nestjs/common';
import { AsyncResource } from 'node:async_hooks';
import { defer, lastValueFrom, of } from 'rxjs';
import { fromRequestUser } from '../../../lib/identity/resolvers/verified-user.js';
import { IdentityGuard } from '../../../lib/identity/scope/identity.guard.js';
import { IdentityInterceptor } from '../../../lib/identity/scope/identity.interceptor.js';
import { IdentitySource } from '../../../lib/identity/identity-source.js';
import { RequestScope, runInScope, surroundings } from '../../../lib/identity/scope/request-scope.js';

class Gateway {
  placed(): void {}
  refunded(): void {}
}

function contextOf(type: string, args: unknown[], handler: keyof Gateway = 'placed'): ExecutionContext {
  return {
    getType: () => type,
    getArgs: () => args,
    getArgByIndex: (index: number) => args[index],
    getClass: () => Gateway,
    getHandler: () => Gateway.prototype[handler],
  } as unknown as ExecutionContext;
}

const response = { setHeader: () => {} };

let source: IdentitySource;
let told: string[];
beforeEach(() => {
  told = [];
  source = new IdentitySource({
    resolvers: [fromRequestUser(), () => ({ claimedUserId: 'somebody else' })],
    notice: (notice) => void told.push(notice),
  });
});

const interceptor = new IdentityInterceptor();
const handler = <T>(fn: () => T): CallHandler<T> => ({ handle: () => defer(() => of(fn())) });
const seen = (): unknown => ({ ...source.current(), source: surroundings()?.scope?.source });
const run = (context: ExecutionContext, fn: () => unknown = seen): Promise<unknown> =>
  lastValueFrom(interceptor.intercept(context, handler(fn)));

describe('IdentityInterceptor', () => {
  test('opens a scope for a socket’s message', async () => {
    const context = contextOf('ws', [{ user: { id: 'ada' } }, { n: 1 }]);
    expect(await run(context)).toEqual({ userId: 'ada', source: 'Gateway.placed' });
    expect(surroundings()).toBeUndefined();
  });

  test('opens a scope for a microservice’s message, whose sender is not believed', async () => {
    expect(await run(contextOf('rpc', [{ user: { id: 'ada' } }]))).toEqual({ source: 'Gateway.placed' });
    const trusting = new IdentitySource({
      resolvers: [fromRequestUser((user: { id: string }) => user.id)],
      notice: () => {},
    });
    expect(await run(contextOf('rpc', [{ user: { id: 'ada' } }]), () => trusting.current())).toEqual({
      userId: 'ada',
    });
  });

  test('keeps work after the handler has returned, and each subscription, in the scope', async () => {
    const context = contextOf('ws', [{ user: { id: 'ada' } }]);
    const later = await run(context, () => new Promise((resolve) => setImmediate(() => resolve(seen()))));
    expect(await later).toEqual({ userId: 'ada', source: 'Gateway.placed' });
  });

  test('does not take another socket’s scope for its own', async () => {
    const elsewhere = new RequestScope({ user: { id: 'bob' } });
    elsewhere.context = contextOf('ws', [elsewhere.request]);
    const context = contextOf('ws', [{ user: { id: 'ada' } }], 'refunded');
    expect(await runInScope(elsewhere, () => run(context))).toEqual({
      userId: 'ada',
      source: 'Gateway.refunded',
    });
  });

  test('does not apply runAs of an outer job to a message', async () => {
    const context = contextOf('ws', [{ user: { id: 'ada' } }]);
    expect(await source.runAs({ userId: 'job' }, () => run(context))).toMatchObject({ userId: 'ada' });
  });

  test.each(['rpc', 'rmq', 'http'])(
    'keeps runAs of an outer interceptor around a message (%s)',
    async (type) => {
      const context = contextOf(type, [{ user: { id: 'ada' } }, {}]);
      const as = await source.runAs({ userId: 'worker' }, () => run(context));
      expect(as).toEqual({ userId: 'worker', source: 'Gateway.placed' });
      const other = new RequestScope({ user: { id: 'bob' } }, response);
      const within = () => source.runAs({ userId: 'admin' }, () => run(context));
      expect(await runInScope(other, within)).toEqual({ source: 'Gateway.placed' });
    },
  );

  test('does not apply runAs of a job’s connection to an HTTP request', async () => {
    const request = { user: { id: 'ada' } };
    const job = <T>(fn: () => T): T => source.runAs({ userId: 'job' }, fn);
    expect(await job(() => run(contextOf('http', [request, response])))).toMatchObject({ userId: 'ada' });
    expect(job(() => runInScope(new RequestScope(request, response), seen))).toEqual({ userId: 'ada' });
  });

  test.each(['ws', 'rpc', 'http', 'graphql'])('is harmless when it runs twice (%s)', async (type) => {
    const request = { user: { id: 'ada' } };
    const context = contextOf(type, type === 'graphql' ? [{}, {}, { req: request }] : [request, response]);
    const scopes: unknown[] = [];
    await run(context, () => {
      scopes.push(surroundings()?.scope);
      return interceptor
        .intercept(
          context,
          handler(() => scopes.push(surroundings()?.scope)),
        )
        .subscribe();
    });
    expect(scopes).toHaveLength(2);
    expect(scopes[0]).toBe(scopes[1]);
  });

  test('opens a scope for HTTP where no middleware did', async () => {
    const request = { user: { id: 'ada' } };
    expect(await run(contextOf('http', [request, response]))).toEqual({
      userId: 'ada',
      source: 'Gateway.placed',
    });
  });

  test('uses the scope of its own HTTP request', async () => {
    const scope = new RequestScope({ user: { id: 'ada' } }, {});
    const context = contextOf('http', [scope.request, scope.response]);
    await runInScope(scope, () => run(context, () => expect(surroundings()?.scope).toBe(scope)));
    expect(scope.context).toBe(context);
  });

  test('gives the operations of one GraphQL request a handler each, and one memory', async () => {
    const request = { user: { id: 'ada' } };
    const graphql = (name: keyof Gateway): ExecutionContext =>
      contextOf('graphql', [{}, {}, { req: request }], name);
    const http = new RequestScope(request, {});
    const both = await runInScope(http, () =>
      Promise.all([run(graphql('placed')), run(graphql('refunded'))]),
    );
    expect(both).toEqual([
      { userId: 'ada', source: 'Gateway.placed' },
      { userId: 'ada', source: 'Gateway.refunded' },
    ]);
    expect(told).toEqual(['identity_conflict']);
    expect(http.context).toBeUndefined();
  });

  test('keeps the person where GraphQL’s context has no request, and runAs around it', async () => {
    const http = new RequestScope({ user: { id: 'ada' } }, {});
    const context = contextOf('graphql', [{}, {}, {}]);
    expect(await runInScope(http, () => run(context))).toEqual({ userId: 'ada', source: 'Gateway.placed' });
    const as = await runInScope(http, () => source.runAs({ userId: 'admin' }, () => run(context)));
    expect(as).toMatchObject({ userId: 'admin' });
  });
});

describe('IdentityGuard', () => {
  const guard = new IdentityGuard();
  /** As a callback of a socket: in its own context, where an entered scope stays. */
  const called = <T>(fn: () => T): T => new AsyncResource('a socket').runInAsyncScope(fn);

  test('allows every request and sets the handler of an HTTP request', () => {
    const scope = new RequestScope({}, {});
    const http = contextOf('http', [scope.request, scope.response]);
    runInScope(scope, () => expect(guard.canActivate(http)).toBe(true));
    expect(scope.context).toBe(http);
  });

  test('gives each operation of a GraphQL request a handler, without leaving the request or its runAs', () => {
    const request = { user: { id: 'ada' } };
    const http = new RequestScope(request, {});
    const operation = (name: keyof Gateway): ExecutionContext =>
      contextOf('graphql', [{}, {}, { req: request }], name);
    runInScope(http, () =>
      called(() => {
        guard.canActivate(operation('placed'));
        expect(seen()).toEqual({ userId: 'ada', source: 'Gateway.placed' });
        guard.canActivate(operation('refunded'));
        expect(seen()).toEqual({ userId: 'ada', source: 'Gateway.refunded' });
        expect(surroundings()?.scope?.root).toBe(http);
        source.runAs({ userId: 'admin' }, () => {
          guard.canActivate(operation('placed'));
          expect(seen()).toEqual({ userId: 'admin', source: 'Gateway.placed' });
        });
      }),
    );
    expect(http.context).toBeUndefined();
  });

  test('does not enter a GraphQL request that has lost its context: it would stay there', () => {
    called(() => {
      guard.canActivate(contextOf('graphql', [{}, {}, { req: { user: { id: 'ada' } } }]));
      expect(surroundings()).toBeUndefined();
    });
  });

  test.each([
    ['a socket’s message', (user: object) => contextOf('ws', [{ data: { user } }, {}])],
    [
      'a subscription',
      (user: object) => contextOf('graphql', [{}, {}, { req: { extra: { user, request: {} } } }]),
    ],
  ])('opens the scope of %s, and replaces what the last one left', (_what, contextFor) => {
    called(() => {
      for (const id of ['ada', 'bob']) {
        guard.canActivate(contextFor({ id }));
        expect(seen()).toEqual({ userId: id, source: 'Gateway.placed' });
      }
    });
    expect(surroundings()).toBeUndefined();
  });

  test('opens the scope of a microservice’s message, if Nest has no earlier hook', () => {
    called(() => {
      expect(guard.canActivate(contextOf('rpc', [{ user: { id: 'ada' } }]))).toBe(true);
      expect(seen()).toEqual({ source: 'Gateway.placed' });
    });
    expect(surroundings()).toBeUndefined();
  });

  test('leaves a socket’s message that comes within a request to the interceptor', () => {
    const scope = new RequestScope({ user: { id: 'ada' } }, {});
    runInScope(scope, () => {
      guard.canActivate(contextOf('ws', [{ user: { id: 'bob' } }, {}]));
      expect(surroundings()?.scope).toBe(scope);
    });
  });
});

describe('IdentityGuard, in the async context of another request', () => {
  const guard = new IdentityGuard();
  const context = contextOf('http', [{ user: { id: 'ada' } }, response], 'refunded');

  test('gives the request its own', async () => {
    const other = new RequestScope({ user: { id: 'bob' } }, {});
    const [before, after] = await runInScope(other, async () => {
      const seenBefore = seen();
      guard.canActivate(context);
      await Promise.resolve();
      return [seenBefore, seen()];
    });
    expect(before).toMatchObject({ userId: 'bob' });
    expect(after).toEqual({ userId: 'ada', source: 'Gateway.refunded' });
    expect(other.context).toBeUndefined();
  });

  test('does not take the person that a job runs as', () => {
    source.runAs({ userId: 'job' }, () => {
      guard.canActivate(context);
      expect(seen()).toEqual({ userId: 'ada', source: 'Gateway.refunded' });
    });
  });

  test('opens no scope where there is none, because it would stay', () => {
    guard.canActivate(context);
    expect(surroundings()).toBeUndefined();
  });
});
