import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { mixpanel } from '../../../lib/destinations/mixpanel/mixpanel.js';
import type { MixpanelOptions } from '../../../lib/destinations/mixpanel/mixpanel-options.js';
import { fromMixpanelCookie } from '../../../lib/destinations/mixpanel/mixpanel-cookies.js';
import type { TrackingEvent } from '../../../lib/event/tracking-event.js';
import { anEvent, inLane, NEW_YEAR } from '../an-event.js';
import { outcomesOf } from '../outcomes-of.js';

interface Record {
  event: string;
  properties: { time: number | string; $insert_id: string };
}

interface Exchange {
  name: string;
  request: { method: string; url: string; headers: { [name: string]: string }; body: Record[] };
  responses: {
    case: string;
    status: number;
    headers: { [name: string]: string };
    body?: unknown;
    body_text?: string;
    expect: { outcomes?: string[]; request?: string; config_error?: boolean };
  }[];
}

const fixture = JSON.parse(readFileSync(new URL('./mixpanel.fixture.json', import.meta.url), 'utf8')) as {
  exchanges: Exchange[];
  identity: {
    cookies: { [name: string]: string };
    expect: { deviceId: string; userId: string | null };
  }[];
};

const OPTIONS: MixpanelOptions = { token: 'PROJECT_TOKEN', region: 'us' };
const SERVICE: MixpanelOptions = {
  ...OPTIONS,
  serviceAccount: { username: 'svc.example', secret: 'SECRET', projectId: '12345' },
};
const BROWSER = '5f0c8e52-6a3b-4c1d-9e7f-2b1a0c9d8e7f';
const id = (n: number): string => `0198c2a0-1111-7a11-8111-00000000000${n}`;
const said = (n: number, members: Partial<TrackingEvent> = {}): TrackingEvent =>
  anEvent({ id: id(n), anonymousId: BROWSER, context: { ip: '203.0.113.7' }, ...members });
const order = (n: number, members: Partial<TrackingEvent> = {}): TrackingEvent =>
  said(n, { name: 'Order Completed', ...members });
const later = NEW_YEAR + 1_000;

const CALLS: { [exchange: string]: { options: MixpanelOptions; events: TrackingEvent[] } } = {
  import: {
    options: SERVICE,
    events: [
      order(1, { properties: { orderId: 'O-77', revenue: 49.95 } }),
      said(2, { timestamp: later, acceptedAt: later }),
    ],
  },
  'import-partial': {
    options: SERVICE,
    events: [order(1), order(2), said(3, { timestamp: later, acceptedAt: later })],
  },
  'import-token-auth-eu': {
    options: { ...OPTIONS, region: 'eu' },
    events: [order(3)],
  },
  'engage-set': {
    options: OPTIONS,
    events: [anEvent({ type: 'identify', properties: { plan: 'pro' } })],
  },
  'groups-set': {
    options: OPTIONS,
    events: [
      anEvent({
        type: 'group',
        groupType: 'company',
        groupId: 'acme',
        properties: { plan: 'enterprise' },
      }),
    ],
  },
};

/** Our times are milliseconds. One example has seconds, and one an invalid time that no event can have. */
function inMilliseconds(records: Record[]): unknown[] {
  return records.map((record) => {
    const { time } = record.properties ?? {};
    if (time === undefined) return record;
    const ms = typeof time !== 'number' ? NEW_YEAR : time < 1e11 ? time * 1_000 : time;
    return { ...record, properties: { ...record.properties, time: ms } };
  });
}

describe.each(fixture.exchanges)('the documented exchange $name', ({ name, request, responses }) => {
  const { options, events } = CALLS[name]!;
  const destination = mixpanel(options);
  const batch = events.map((event) => inLane(event));

  test('is the request of these events', () => {
    for (const event of events) expect(destination.accept!(event)).toBeUndefined();
    const sent = destination.encode(batch, { now: NEW_YEAR, number: 1 });
    expect(sent.method).toBe(request.method);
    // The examples of profiles leave out the parameter for answers that name the invalid records.
    expect(sent.url.replace('?ip=0&strict=1', '?ip=0')).toBe(request.url);
    expect(JSON.parse(sent.body as string)).toEqual(inMilliseconds(request.body));
    const headers = Object.entries(request.headers).map(([key, value]) => [key.toLowerCase(), value]);
    expect(sent.headers).toEqual(Object.fromEntries(headers));
  });

  test.each(responses)('$case with status $status', (response) => {
    const { status, body, body_text: text = body === undefined ? '' : JSON.stringify(body) } = response;
    const { expect: expected } = response;
    const outcomes = outcomesOf(destination, { status, body: text }, batch);
    // A request that is rejected as a whole is halved until the invalid event is alone.
    const words = expected.config_error
      ? batch.map(() => 'park')
      : expected.request === 'too_large' || (name === 'engage-set' && expected.outcomes![0] === 'rejected')
        ? batch.map(() => 'refuse')
        : expected.outcomes;
    expect(outcomes).toEqual(words);
  });
});

test.each(fixture.identity)('the cookie gives $expect', ({ cookies, expect: { deviceId, userId } }) => {
  const cookie = Object.entries(cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join('; ');
  expect(fromMixpanelCookie({ token: 'PROJECT_TOKEN' })({ headers: { cookie } })).toEqual({
    anonymousId: deviceId,
    ...(userId !== null && { claimedUserId: userId }),
  });
});
