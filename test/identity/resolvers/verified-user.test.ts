import { describe, expect, test } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import { exchangeOf } from '../../../lib/request/handler-request.js';
import { verifiedUser } from '../../../lib/identity/resolvers/verified-user.js';

const ANN = { id: 'ann' };
const CLAIM = { id: 'somebody else' };

function contextOf(type: string, args: unknown[]): ExecutionContext {
  return {
    getType: () => type,
    getArgByIndex: (index: number) => args[index],
  } as unknown as ExecutionContext;
}

function userOf(type: string, args: unknown[]): unknown {
  const context = contextOf(type, args);
  return verifiedUser(exchangeOf(context).request, context);
}

const socket = (client: object, message: object = {}): unknown => userOf('ws', [client, message]);
const graphql = (context: object | undefined): unknown => userOf('graphql', [{}, {}, context]);

describe('the verified user', () => {
  test.each([
    ['of HTTP', userOf('http', [{ user: ANN }, { setHeader: () => {} }])],
    ['on a socket', socket({ user: ANN })],
    ['in the data of a socket', socket({ data: { user: ANN } })],
    ['of the handshake', socket({ handshake: { user: ANN } })],
    ['of the request that became the socket', socket({ request: { user: ANN } })],
    ['of the request of GraphQL', graphql({ req: { user: ANN } })],
    ['that onConnect left to a subscription', graphql({ req: { extra: { user: ANN, request: {} } } })],
    ['of the request that became a subscription', graphql({ req: { extra: { request: { user: ANN } } } })],
    ['of Mercurius’ request', graphql({ request: { user: ANN } })],
    ['in the context of GraphQL', graphql({ req: {}, user: ANN })],
    ['in the context of Mercurius', graphql({ request: {}, user: ANN, _connectionInit: { token: 't' } })],
  ])('is found %s', (_where, user) => {
    expect(user).toBe(ANN);
  });

  test.each([
    ['in a microservice’s message', userOf('rpc', [{ user: CLAIM }])],
    ['in a message of what has no kind', userOf('http', [{ user: CLAIM }, {}])],
    ['in a socket’s message', socket({}, { user: CLAIM })],
    ['in what a socket sends to introduce itself', socket({ handshake: { auth: { user: CLAIM } } })],
    ['in the query of a handshake', socket({ handshake: { query: { user: CLAIM } } })],
    [
      'in the parameters of a connection',
      graphql({ req: { connectionParams: { user: CLAIM }, extra: { request: {} } } }),
    ],
    [
      'in a context that they were spread into',
      graphql({ user: CLAIM, req: { connectionParams: { user: CLAIM }, extra: { request: {} } } }),
    ],
    ['in a context that kept them beside', graphql({ user: CLAIM, connectionParams: { user: CLAIM } })],
    ['in what Mercurius merged', graphql({ request: {}, user: CLAIM, _connectionInit: { user: CLAIM } })],
    ['in GraphQL’s arguments', userOf('graphql', [{ user: CLAIM }, { user: CLAIM }, {}])],
    ['where there is no context', graphql(undefined)],
  ])('is not believed %s', (_where, user) => {
    expect(user).toBeUndefined();
  });

  test('is first that of the request', () => {
    expect(graphql({ req: { user: ANN }, user: CLAIM })).toBe(ANN);
    expect(socket({ user: ANN, data: { user: CLAIM } })).toBe(ANN);
  });
});
