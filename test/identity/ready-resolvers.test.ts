import { describe, expect, test } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import fc from 'fast-check';
import { TrackingConfigError } from '../../lib/config/tracking-config.error.js';
import { fromCookie, fromHeader } from '../../lib/identity/resolvers/unverified-id.js';
import { fromJwtClaim } from '../../lib/identity/resolvers/verified-user.js';

const contextOf = (type: string): ExecutionContext =>
  ({ getType: () => type, getArgByIndex: () => ({ setHeader: () => {} }) }) as unknown as ExecutionContext;
const MESSAGE = contextOf('rpc');

describe('fromHeader()', () => {
  test('gives an anonymousId, unless the application says that it is the user', () => {
    const request = { headers: { 'x-visitor': ' v\u00001 ' } };
    expect(fromHeader('X-Visitor')(request)).toEqual({ anonymousId: 'v1' });
    expect(fromHeader('x-visitor', { as: 'anonymousId' })(request)).toEqual({ anonymousId: 'v1' });
    expect(fromHeader('x-visitor', { as: 'userId' })(request)).toEqual({ userId: 'v1' });
    expect(fromHeader('x-visitor')({ headers: {} })).toBeUndefined();
  });

  test('reads requests of every kind of handler but messages, whose headers their sender wrote', () => {
    const request = { headers: { 'x-user': 'ada' } };
    const resolve = fromHeader('x-user', { as: 'userId' });
    for (const kind of ['http', 'graphql', 'ws']) {
      expect(resolve(request, contextOf(kind))).toEqual({ userId: 'ada' });
    }
    expect(resolve(request, MESSAGE)).toBeUndefined();
  });
});

describe('fromCookie()', () => {
  test('gives an anonymousId, unless the application says that it is the user', () => {
    const request = { headers: { cookie: 'visitor=v%201; broken=%E0%A4%A' } };
    expect(fromCookie('visitor')(request)).toEqual({ anonymousId: 'v 1' });
    expect(fromCookie('visitor', { as: 'userId' })(request)).toEqual({ userId: 'v 1' });
    expect(fromCookie('broken')(request)).toEqual({ anonymousId: '%E0%A4%A' });
    expect(fromCookie('absent')(request)).toBeUndefined();
    expect(fromCookie('constructor')(request)).toBeUndefined();
    expect(fromCookie('visitor')(request, MESSAGE)).toBeUndefined();
  });

  test('takes the first of two', () => {
    expect(fromCookie('visitor')({ headers: { cookie: 'visitor=1; visitor=2' } })).toEqual({
      anonymousId: '1',
    });
  });

  test('reads a signed one as a plugin has verified it, and never from the header', () => {
    const resolve = fromCookie('account', { as: 'userId', signed: true });
    expect(resolve({ cookies: {}, signedCookies: { account: 'ada' } })).toEqual({ userId: 'ada' });
    expect(resolve({ cookies: {}, signedCookies: { account: false } })).toBeUndefined();
    expect(resolve({ cookies: { account: 'mallory' }, signedCookies: {} })).toBeUndefined();
    expect(resolve({ headers: { cookie: 'account=mallory' } })).toBeUndefined();
    const unsignCookie = (text: string) => ({ valid: text === 'ada.signature', value: 'ada' });
    expect(resolve({ cookies: { account: 'ada.signature' }, unsignCookie })).toEqual({ userId: 'ada' });
    expect(resolve({ cookies: { account: 'ada.other' }, unsignCookie })).toBeUndefined();
  });
});

describe('fromJwtClaim()', () => {
  const sub = fromJwtClaim('sub');

  test.each([
    ['express-oauth2-jwt-bearer', { auth: { header: {}, payload: { sub: 'ada' }, token: '…' } }],
    ['express-jwt', { auth: { sub: 'ada' } }],
    ['Passport, @fastify/jwt, or a guard', { user: { sub: 'ada' } }],
    ['one that has it, where another has not', { auth: { payload: { sub: '' } }, user: { sub: 'ada' } }],
  ])('reads the payload of %s', (_, request) => {
    expect(sub(request)).toEqual({ userId: 'ada' });
    expect(sub(request, contextOf('graphql'))).toEqual({ userId: 'ada' });
    expect(sub(request, MESSAGE)).toBeUndefined();
  });

  test('takes the claim by its exact name, and numbers as they are', () => {
    const name = 'https://example.com/account';
    expect(fromJwtClaim(name)({ user: { [name]: 1001 } })).toEqual({ userId: 1001 });
    expect(fromJwtClaim('a.b')({ user: { a: { b: 'ada' } } })).toBeUndefined();
    expect(fromJwtClaim('constructor')({ user: {} })).toBeUndefined();
    expect(fromJwtClaim('__proto__')({ auth: {}, user: {} })).toBeUndefined();
  });

  test('asks the application where the payload is', () => {
    const resolve = fromJwtClaim('sub', { payload: (request: { token: unknown }) => request.token });
    expect(resolve({ token: { sub: 'ada' }, user: { sub: 'bob' } })).toEqual({ userId: 'ada' });
    expect(resolve({ token: { sub: 'ada' } }, MESSAGE)).toEqual({ userId: 'ada' });
    expect(resolve({ token: undefined })).toBeUndefined();
    expect(resolve({ token: 'ada' })).toBeUndefined();
  });

  test('never reads the Authorization header', () => {
    const payload = Buffer.from('{"sub":"mallory"}').toString('base64url');
    const headers = { authorization: `Bearer eyJhbGciOiJub25lIn0.${payload}.` };
    expect(sub({ headers })).toBeUndefined();
    expect(sub({ headers, auth: null, user: null })).toBeUndefined();
    expect(sub(undefined)).toBeUndefined();
  });
});

test('no text of a client becomes a userId, or breaks a resolver', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 3_000 }), (text) => {
      for (const request of [
        { headers: { 'x-id': text, cookie: `id=${text}` } },
        { cookies: { id: text } },
      ]) {
        for (const resolve of [fromHeader('x-id'), fromCookie('id'), fromCookie('id', { signed: true })]) {
          const { userId, anonymousId = '', ...others } = resolve(request) ?? {};
          expect([userId, others]).toEqual([undefined, {}]);
          expect(`${anonymousId as string | undefined}`.length).toBeLessThanOrEqual(1_000);
        }
        expect(fromJwtClaim('sub')(request)).toBeUndefined();
      }
    }),
  );
});

test.each([
  ['fromHeader() name', () => fromHeader(undefined as never)],
  ['fromHeader() as', () => fromHeader('x-id', { as: 'user' as never })],
  ['fromCookie() name', () => fromCookie('')],
  ['fromCookie() as', () => fromCookie('id', { as: true as never })],
  ['fromCookie() signed', () => fromCookie('id', { signed: 'yes' as never })],
  ['fromJwtClaim() claim', () => fromJwtClaim('')],
  ['fromJwtClaim() payload', () => fromJwtClaim('sub', { payload: 'auth' as never })],
])('a bad %s is reported', (option, make) => {
  expect(make).toThrow(TrackingConfigError);
  expect(make).toThrow(`\`${option}\``);
});
