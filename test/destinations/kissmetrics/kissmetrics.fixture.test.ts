import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { fromKissmetricsCookies } from '../../../lib/destinations/kissmetrics/kissmetrics-cookies.js';
import { kissmetrics } from '../../../lib/destinations/kissmetrics/kissmetrics.js';
import type { TrackingEvent } from '../../../lib/event/tracking-event.js';
import { anEvent, inLane, NEW_YEAR } from '../an-event.js';

interface Fixture {
  exchanges: {
    name: string;
    request: { method: 'GET' | 'POST'; url: string; headers: Record<string, string>; body_text?: string };
    responses: { case: string; status?: number; expect: { outcomes: string[] } }[];
  }[];
  identity: {
    cookies: Record<string, string>;
    expect: { anonymousId: string | null; userId: string | null };
  }[];
}

const fixture = JSON.parse(
  readFileSync(new URL('./kissmetrics.fixture.json', import.meta.url), 'utf8'),
) as Fixture;
const KEY = '0123456789abcdef0123456789abcdef01234567';
const exchange = (name: string) => fixture.exchanges.find((each) => each.name === name)!;

/** Values of the long examples, read from the example itself. */
const longOrder = anEvent({
  name: 'Order Completed',
  timestamp: NEW_YEAR + 60_000,
  properties: {
    'Order Id': 'O-77',
    Items: new URLSearchParams(exchange('record-post-long').request.body_text).get('Items')!,
  },
});

const SAID: Record<string, TrackingEvent> = {
  'record-get': anEvent({ properties: { Plan: 'Pro', Amount: 49.95 } }),
  'record-post-long': longOrder,
  set: anEvent({
    type: 'identify',
    timestamp: NEW_YEAR + 2_999,
    properties: { 'Email Domain': 'example.com' },
  }),
  alias: anEvent({ type: 'alias', previousId: 'yMnKy8zNzs/Q0dLT1NXW19jZ2ts=', userId: 'user-1001' }),
};

describe('the documented exchanges', () => {
  test.each(Object.entries(SAID))('%s is the exact request of its event', (name, event) => {
    const { request } = exchange(name);
    const destination = kissmetrics({ apiKey: KEY, method: request.method });
    const sent = destination.encode([inLane(event)], { now: NEW_YEAR, number: 1 });
    expect(sent.method).toBe(request.method);
    expect(sent.url).toBe(request.url);
    expect(sent.body).toBe(request.body_text);
    expect(sent.headers?.['content-type']).toBe(request.headers['Content-Type']);
  });

  test('an event without a name, to which the platform would answer 200, is declined', () => {
    const destination = kissmetrics({ apiKey: KEY });
    expect(destination.accept!(anEvent({ name: '' }))).toEqual({ declined: 'invalid_name' });
  });

  test('a request whose URL would be too long for the host is a POST, also with the method GET', () => {
    const destination = kissmetrics({ apiKey: KEY, method: 'GET' });
    const sent = destination.encode([inLane(longOrder)], { now: NEW_YEAR, number: 1 });
    expect(exchange('record-get-too-long').request.url.length).toBeGreaterThan(2_000);
    expect(sent).toMatchObject({ method: 'POST', body: exchange('record-post-long').request.body_text });
  });

  const answers = fixture.exchanges.flatMap(({ name, responses }) =>
    responses.flatMap(({ status, expect: { outcomes } }) =>
      status === undefined ? [] : [[name, status, outcomes] as const],
    ),
  );
  test.each(answers)('%s: %i is %j', (_, status, outcomes) => {
    const batch = [inLane(anEvent())];
    const answer = { status, headers: { 'content-type': 'image/gif' }, body: 'GIF89a', complete: true };
    const byStatus = status >= 200 && status < 300 ? 'delivered' : 'not delivered';
    expect([kissmetrics({ apiKey: KEY }).decode!(answer, batch) ?? byStatus]).toEqual(outcomes);
  });

  test.each([400, 401, 403, 404, 408, 413, 429, 500, 503, 301])('%i has the usual meaning', (status) => {
    const answer = { status, headers: {}, body: '', complete: true };
    expect(kissmetrics({ apiKey: KEY }).decode!(answer, [inLane(anEvent())])).toBeUndefined();
  });
});

describe('the cookies of the browser library', () => {
  test.each(fixture.identity)('$cookies gives $expect', ({ cookies, expect: { anonymousId, userId } }) => {
    const cookie = Object.entries(cookies)
      .map(([name, value]) => `${name}=${value}`)
      .join('; ');
    expect(fromKissmetricsCookies()({ headers: { cookie } })).toEqual({
      ...(anonymousId !== null && { anonymousId }),
      // A client can write any name into a cookie, so the name is only a claim.
      ...(userId !== null && { claimedUserId: userId }),
    });
  });
});
