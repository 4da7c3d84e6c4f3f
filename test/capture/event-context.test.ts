import { describe, expect, test } from '@jest/globals';
import { EventContext } from '../../lib/capture/event-content.js';
import { snapshot } from '../../lib/event/snapshot.js';
import { OversizeError } from '../../lib/event/unserialisable.js';
import type { JsonObject } from '../../lib/event/tracking-event.js';
import { RequestScope, runInScope } from '../../lib/identity/scope/request-scope.js';
import { tracking } from '../support/tracking.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = `00-${TRACE}-b7ad6b7169203331-01`;
const OTHER = `00-${TRACE.replaceAll('a', 'b')}-b7ad6b7169203331-01`;
const IN_REQUEST = { scope: new RequestScope({}), as: undefined, hold: undefined };

/** The context of an event, by the request, the active span and the call. */
function contextOf({
  request,
  span,
  said,
  at,
}: {
  request?: JsonObject;
  span?: string;
  said?: object;
  /** Of the span when a decorated method succeeded. */
  at?: string | undefined;
}): JsonObject | undefined {
  const context = new EventContext(
    request && { read: () => request },
    { sender: () => undefined },
    () => span,
    1_000,
  );
  const isDecided = at !== undefined;
  const place = { source: undefined, around: IN_REQUEST, isDecided, traceparent: at };
  return context.around(said && snapshot(said, 1_000), place, { userId: 'ann' })?.value;
}

test('details of the client are only on events of the client', () => {
  const { service, shop } = tracking({ context: { userAgent: true } });
  const headers = { 'user-agent': 'Firefox', 'x-request-id': 'r-1' };
  const say = (identity?: object): void => void service.track('Said', {}, identity);
  runInScope(new RequestScope({ user: { id: 'admin' }, headers }), () => {
    say();
    say({ userId: 'admin' });
    say({ anonymousId: 'v1' });
    say({ userId: 'customer' });
    service.identify({ plan: 'pro' }, { userId: 'customer' });
  });
  // Such as a person who signs in.
  runInScope(new RequestScope({ headers }), () => say({ userId: 'ann' }));
  const all = { requestId: 'r-1', userAgent: 'Firefox' };
  const kept = { requestId: 'r-1' };
  expect(shop.events.map(({ context }) => context)).toEqual([all, all, all, kept, kept, all]);
});

describe('the context of an event', () => {
  test('has the call’s members first, then the active span’s, then the request’s', () => {
    const request = { method: 'POST', locale: 'en', traceparent: OTHER };
    expect(contextOf({ request, span: PARENT, said: { locale: 'de', n: 1 } })).toEqual({
      method: 'POST',
      locale: 'de',
      n: 1,
      traceparent: PARENT,
      traceId: TRACE,
    });
    expect(contextOf({ request })).toMatchObject({ traceparent: OTHER, traceId: OTHER.slice(3, 35) });
    expect(contextOf({ span: PARENT, said: { traceId: 'mine' } })).toMatchObject({ traceId: 'mine' });
  });

  test('of a decorated method has the span of its success, and not that of its response', () => {
    expect(contextOf({ span: OTHER, at: PARENT })).toMatchObject({ traceId: TRACE });
  });

  test('is absent if no detail is known', () => {
    expect(contextOf({})).toBeUndefined();
    expect(contextOf({ said: { n: 1 } })).toEqual({ n: 1 });
  });

  test.each([
    ['', 'nothing'],
    ['junk', 'junk'],
    [`00-${'0'.repeat(32)}-b7ad6b7169203331-01`, 'no trace'],
    [`00-${TRACE}-${'0'.repeat(16)}-01`, 'no span'],
    [`ff-${TRACE}-b7ad6b7169203331-01`, 'a version that cannot be'],
    [PARENT.toUpperCase(), 'another spelling'],
  ])('takes no trace id from %p (%s)', (span) => {
    expect(contextOf({ span })).toBeUndefined();
  });

  test('may be too large together', () => {
    const half = 'x'.repeat(600);
    expect(() => contextOf({ request: { half }, said: { other: half } })).toThrow(OversizeError);
  });
});
