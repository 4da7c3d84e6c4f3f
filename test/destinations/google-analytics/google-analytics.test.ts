import { describe, expect, test } from '@jest/globals';
import { googleAnalytics } from '../../../lib/destinations/google-analytics/google-analytics.js';
import type { GoogleAnalyticsOptions } from '../../../lib/destinations/google-analytics/google-analytics-options.js';
import type { LaneEvent } from '../../../lib/event/lane-event.js';
import type { JsonObject, TrackingEvent } from '../../../lib/event/tracking-event.js';
import { anEvent, inLane, NEW_YEAR } from '../an-event.js';
import { configError } from '../config-error.js';
import { Notices } from '../notices.js';
import { outcomesOf } from '../outcomes-of.js';

const SECRET = 'kZ7-example_secret+4/w';
const PROJECT: GoogleAnalyticsOptions = { measurementId: 'G-EXAMPLE123', apiSecret: SECRET };
const CLIENT = '1234567890.1767225600';
const destination = googleAnalytics(PROJECT);
const visit = (members: Partial<TrackingEvent> = {}): TrackingEvent =>
  anEvent({ name: 'sign_up', anonymousId: CLIENT, ...members });

interface Body {
  client_id: string;
  user_id?: string;
  timestamp_micros: number;
  user_properties?: object;
  consent?: object;
  events: { name: string; params: Record<string, unknown>; timestamp_micros?: number }[];
}
function sent(...batch: readonly LaneEvent[]): Body {
  const { body } = destination.encode(batch, { now: NEW_YEAR + 60_000, number: 1 });
  return JSON.parse(body as string) as Body;
}

test('a page with status 200 is no answer of the platform: the lane parks', () => {
  const headers = { 'content-type': 'text/html; charset=utf-8' };
  const outcomes = (body: string) =>
    outcomesOf(destination, { status: 200, headers, body }, [inLane(visit())]);
  expect(outcomes('\n<!doctype html>')).toEqual(['park']);
  for (const body of ['', '{"validationMessages":[]}']) expect(outcomes(body)).toEqual(['delivered']);
});

describe('its declarations', () => {
  test('a request of 25 events, 32 in parallel, 72 hours, `received` only, no recognition of repeats', () => {
    expect(destination).toMatchObject({
      name: 'googleAnalytics',
      kind: 'googleAnalytics',
      batch: { maxEvents: 25, maxBytes: 130_000 },
      concurrency: 32,
      acknowledgement: 'received',
      maxAgeMs: 259_200_000,
      needs: ['consent'],
    });
    expect(destination.deduplication).toBeUndefined();
    expect(destination.onUnknown).toBeUndefined();
  });

  test('the host and the stream select its account; the secret only authenticates, and is hidden in the form that is sent', () => {
    expect(destination.account).toEqual(['www.google-analytics.com', 'G-EXAMPLE123']);
    expect(destination.credentials).toEqual([SECRET]);
    expect(destination.secrets).toEqual(expect.arrayContaining([SECRET, encodeURIComponent(SECRET)]));
    const proxied = googleAnalytics({ ...PROJECT, endpoint: 'https://proxy.example.com/ga/' });
    expect(proxied.account![0]).toBe('proxy.example.com/ga');
    expect(proxied.encode([inLane(visit())], { now: NEW_YEAR, number: 1 }).url).toBe(
      `https://proxy.example.com/ga/mp/collect?measurement_id=G-EXAMPLE123&api_secret=${encodeURIComponent(SECRET)}`,
    );
  });
});

describe('its options', () => {
  test.each([
    [{ measurementId: undefined }, 'measurementId', 'undefined'],
    [{ measurementId: '1234567890' }, 'measurementId', 'G-ABC123'],
    [{ measurementId: 'UA-1234-1' }, 'measurementId', 'G-ABC123'],
    [{ apiSecret: '' }, 'apiSecret', 'an empty string'],
    [{ apiSecret: `${SECRET}\n` }, 'apiSecret', 'without spaces'],
    [{ region: 'us' }, 'region', "'global' or 'eu'"],
    [{ endpoint: 'https://www.google-analytics.com/mp/collect?api_secret=x' }, 'endpoint', 'without `?`'],
    [{ clientId: 'GA1.1.2' }, 'clientId', 'a function'],
    [{ batch: { maxEvents: 26 } }, 'batch.maxEvents', '25'],
    [{ measurementID: 'G-EXAMPLE123' }, 'measurementID', 'measurementId'],
  ])('%o is refused at start, and no secret shown', (options, option, wants) => {
    const error = configError(googleAnalytics({ ...PROJECT, ...options } as never));
    expect(error.option).toBe(`destinations[0].${option}`);
    expect(error.message).toContain(wants);
    expect(error.message).not.toContain(SECRET);
  });
});

describe('which events it accepts', () => {
  test.each([
    ['a visitor of the browser, or an anonymous id of the application', visit(), undefined],
    ['a signed-in user in the browser', visit({ userId: 'ada' }), undefined],
    ['a user without a browser', anEvent({ name: 'sign_up' }), 'no_identity'],
    ['an identify', visit({ type: 'identify' }), 'unsupported'],
    ['a group', visit({ type: 'group', groupId: 'acme' }), 'unsupported'],
    ['an alias', visit({ type: 'alias', previousId: 'a' }), 'unsupported'],
    ['a user id of 256 characters', visit({ userId: 'u'.repeat(256) }), undefined],
    ['a longer one', visit({ userId: 'u'.repeat(257) }), 'invalid_id'],
    ['half a character in an id', visit({ anonymousId: 'a\ud800' }), 'invalid_id'],
    ['a name of Google', visit({ name: 'session_start' }), 'invalid_name'],
    ['a prefix of Google', visit({ name: 'ga_something' }), 'invalid_name'],
    ['a prefix of its tag', visit({ name: 'gtag.config' }), 'invalid_name'],
    ['an underscore', visit({ name: '_opened' }), 'invalid_name'],
    ['a digit at the start', visit({ name: '1st order' }), 'invalid_name'],
    ['letters that would be lost', visit({ name: 'Größe gewählt' }), 'invalid_name'],
  ])('%s', (_, event, reason) => {
    expect(destination.accept!(event)).toEqual(reason && { declined: reason });
  });

  test.each([
    ['Order Completed', 'Order_Completed'],
    [' Order: completed! ', 'Order_completed'],
    ['order_completed', 'order_completed'],
    ['n'.repeat(41), 'n'.repeat(40)],
  ])('%j is sent as %j', (name, expected) => {
    expect(sent(inLane(visit({ name }))).events[0]!.name).toBe(expected);
  });
});

describe('the client id of an event without a browser', () => {
  const user = anEvent({ name: 'sign_up', userId: 'ada' });

  test('comes from clientId(), called once; the note has it on every attempt', () => {
    let calls = 0;
    const asking = googleAnalytics({
      ...PROJECT,
      clientId: ({ userId }) => `client of ${userId} ${++calls}`,
    });
    expect(asking.accept!(user)).toEqual({ note: 'client of ada 1' });
    const { body } = asking.encode([inLane(user, 'client of ada 1')], { now: NEW_YEAR, number: 3 });
    expect(JSON.parse(body as string)).toMatchObject({ client_id: 'client of ada 1', user_id: 'ada' });
    expect(calls).toBe(1);
  });

  test('is not requested if the browser or the application gave one', () => {
    const asking = googleAnalytics({ ...PROJECT, clientId: () => 'other' });
    expect(asking.accept!(visit())).toBeUndefined();
  });

  test.each<[string, () => unknown, number]>([
    ['nothing', () => undefined, 0],
    ['an empty text', () => ' ', 0],
    ['a word for nothing', () => `${undefined}`, 0],
    ['a word that many share', () => 'anonymous', 0],
    ['a number', () => 7, 1],
    ['a promise, also one that fails', () => Promise.reject(new Error('no row')), 1],
    [
      'an error',
      () => {
        throw new Error(SECRET);
      },
      1,
    ],
  ])('%s is none: the event is declined', (_, clientId, warnings) => {
    const notices = new Notices();
    const asking = googleAnalytics({ ...PROJECT, clientId: clientId as never });
    asking.open!(notices);
    expect(asking.accept!(user)).toEqual({ declined: 'no_identity' });
    expect(notices.of('resolver_error')).toHaveLength(warnings);
    expect(notices.of('resolver_error').join()).not.toContain(SECRET);
  });

  test('clientId() is not called again for events that it records', () => {
    let calls = 0;
    const asking = googleAnalytics({
      ...PROJECT,
      clientId: (event) => {
        calls++;
        asking.accept!(event);
        return 'client';
      },
    });
    expect(asking.accept!(user)).toEqual({ note: 'client' });
    expect(calls).toBe(1);
  });
});

describe('a request', () => {
  test('has the time of each event, and no time of sending', () => {
    const body = sent(inLane(visit()), inLane(visit({ timestamp: NEW_YEAR + 1_500 })), inLane(visit()));
    expect(body.timestamp_micros).toBe(1_767_225_600_000_000);
    expect(body.events.map(({ timestamp_micros: time }) => time)).toEqual([
      undefined,
      1_767_225_601_500_000,
      undefined,
    ]);
  });

  test('has one client: any difference of its fields makes two parts', () => {
    const different: LaneEvent[] = [
      inLane(visit()),
      inLane(visit({ userId: 'ada' })),
      inLane(visit({ anonymousId: 'other' })),
      inLane(visit({ groups: { company: 'acme' } })),
      { event: visit(), consent: { fields: { ad_user_data: 'DENIED' } } },
      inLane(anEvent({ name: 'sign_up' }), 'client of the function'),
    ];
    const parts = different.map((held) => destination.partition!(held));
    expect(new Set(parts).size).toBe(different.length);
    const again = inLane(visit({ name: 'purchase', properties: { value: 1 }, timestamp: NEW_YEAR + 1 }));
    expect(destination.partition!(again)).toBe(parts[0]);
  });

  test('has the session of the cookie, unless the application has its own', () => {
    const browser = { anonymousId: CLIENT, sessionId: '1767225590' };
    expect(sent({ event: visit(), browser }).events[0]!.params).toEqual({
      session_id: '1767225590',
      engagement_time_msec: 1,
    });
    const properties = { session_id: '7', engagement_time_msec: 250 };
    expect(sent({ event: visit({ properties }), browser }).events[0]!.params).toEqual(properties);
    expect(sent(inLane(visit())).events[0]!.params).toEqual({ engagement_time_msec: 1 });
  });

  test('has the session and the order also if a property of that name is empty', () => {
    const properties = { session_id: '', transaction_id: '', orderId: 'O-1', engagement_time_msec: '' };
    const held = { event: visit({ properties }), browser: { sessionId: '1767225600' } };
    expect(sent(held).events[0]!.params).toEqual({
      orderId: 'O-1',
      session_id: '1767225600',
      transaction_id: 'O-1',
      engagement_time_msec: 1,
    });
  });

  test('handles names of almost only signs, of any length', () => {
    const signs = ' .'.repeat(200_000);
    const held = inLane(
      visit({ name: `a${signs}b`, properties: { [`c${signs}d`]: 1, [`${signs}e${signs}`]: 2 } }),
    );
    expect(destination.accept!(held.event)).toBeUndefined();
    const [event] = sent(held).events;
    expect(event).toMatchObject({ name: 'a_b', params: { c_d: 1, e: 2 } });
  });

  test('has a whole transaction_id or none: a part may be the id of another order', () => {
    const paramsOf = (properties: JsonObject) => sent(inLane(visit({ properties }))).events[0]!.params;
    const id = 'x'.repeat(101);
    expect(paramsOf({ transaction_id: id })).toEqual({ engagement_time_msec: 1 });
    expect(paramsOf({ transaction_id: id, orderId: 'O-1' })).toMatchObject({ transaction_id: 'O-1' });
    expect(paramsOf({ transaction_id: 'a\ud800' })).toEqual({ engagement_time_msec: 1 });
  });

  test('has groups as user properties; an id that does not fit is omitted', () => {
    const groups = { company: 'acme', 'sales team': 'g'.repeat(36), site: 'g'.repeat(37), user_id: 'x' };
    expect(sent(inLane(visit({ groups }))).user_properties).toEqual({
      company: { value: 'acme' },
      sales_team: { value: 'g'.repeat(36) },
    });
    expect(sent(inLane(visit({ groups: { site: 'g'.repeat(37) } }))).user_properties).toBeUndefined();
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`type_${n}`, 'x']));
    expect(Object.keys(sent(inLane(visit({ groups: many }))).user_properties!)).toHaveLength(25);
  });

  test('has the page of the context, after the properties', () => {
    const context = {
      page: { url: `https://shop.example/${'p'.repeat(990)}`, title: 'Shop', referrer: 'https://a.example/' },
    };
    const { params } = sent(inLane(visit({ context, properties: { page_title: 'Own' } }))).events[0]!;
    expect(params).toMatchObject({ page_title: 'Own', page_referrer: 'https://a.example/' });
    expect(params['page_location']).toHaveLength(1_000);
    const full = Object.fromEntries(Array.from({ length: 24 }, (_, n) => [`p${n}`, n]));
    expect(sent(inLane(visit({ context, properties: full }))).events[0]!.params).toEqual({
      ...full,
      engagement_time_msec: 1,
    });
  });

  test('of more than 130 kB is not built: the lane halves the batch', () => {
    const items = Array.from({ length: 100 }, (_, n) => ({ item_id: `${n}`, item_name: '漢'.repeat(100) }));
    const batch = Array.from({ length: 4 }, () => inLane(visit({ properties: { items } })));
    expect(() => destination.encode(batch, { now: NEW_YEAR, number: 1 })).toThrow(RangeError);
    expect(sent(...batch.slice(0, 3)).events).toHaveLength(3);
  });
});

describe('consent', () => {
  test.each<[object, object | undefined]>([
    [{ fields: { ad_user_data: 'GRANTED', ad_personalization: 'DENIED' } }, { ad_user_data: 'GRANTED', ad_personalization: 'DENIED' }],
    [{ fields: { ad_user_data: 'granted', ad_personalization: true } }, { ad_user_data: 'GRANTED', ad_personalization: 'GRANTED' }],
    [{ fields: { ad_user_data: false, ad_personalization: 'no' } }, { ad_user_data: 'DENIED', ad_personalization: 'DENIED' }],
    [{ fields: { ad_user_data: 'GRANTED', other: 1 } }, { ad_user_data: 'GRANTED' }],
    [{ advertising: 'drop' }, { ad_user_data: 'DENIED', ad_personalization: 'DENIED' }],
    [{ advertising: 'strip', fields: { ad_user_data: 'GRANTED' } }, { ad_user_data: 'GRANTED', ad_personalization: 'DENIED' }],
    [{ advertising: 'allow', analytics: 'allow' }, undefined],
    [{ fields: { ad_user_data: null } }, undefined],
  ])('%j is %j', (consent, expected) => {
    expect(sent({ event: visit(), consent }).consent).toEqual(expected);
  }); // prettier-ignore
});

describe('the order id', () => {
  test.each([
    [{ orderId: 'O-77' }, 'O-77'],
    [{ order_id: 77 }, '77'],
    [{ transaction_id: 78, orderId: 'O-77' }, '78'],
    [{ transaction_id: null, orderId: 'O-77' }, 'O-77'],
    [{ orderId: 'o'.repeat(101) }, undefined],
    [{ orderId: { nested: 1 } }, undefined],
    [{}, undefined],
  ])('of %j as transaction_id is %j', (properties, expected) => {
    const { params } = sent(inLane(visit({ name: 'purchase', properties }))).events[0]!;
    expect(params['transaction_id']).toBe(expected);
  });

  test('also stays under its own name', () => {
    const { params } = sent(inLane(visit({ properties: { orderId: 'O-77' } }))).events[0]!;
    expect(params['orderId']).toBe('O-77');
  });
});
