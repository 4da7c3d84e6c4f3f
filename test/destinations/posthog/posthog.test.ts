import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { posthog } from '../../../lib/destinations/posthog/posthog.js';
import type { PosthogOptions } from '../../../lib/destinations/posthog/posthog-options.js';
import type { BrowserIds } from '../../../lib/event/browser-ids.js';
import type { TrackingEvent } from '../../../lib/event/tracking-event.js';
import { anEvent, NEW_YEAR } from '../an-event.js';
import { configError } from '../config-error.js';
import { Notices } from '../notices.js';

const apiKey = 'phc_exampleProjectToken';
const BROWSER = '5f0c8e52-6a3b-4c1d-9e7f-2b1a0c9d8e7f';
const ATTEMPT = { now: NEW_YEAR + 5_000, number: 1 };
/** Properties of every event. */
const SENDER = { $lib: 'nestjs-tracking', $lib_version: expect.any(String), $is_server: true };
/** Properties of every event without the person's address. */
const OURS = { ...SENDER, $geoip_disable: true };

type Sent = Record<string, unknown> & { properties: Record<string, unknown> };

const make = (options: Partial<PosthogOptions> = {}) => posthog({ apiKey, region: 'us', ...options });

/** The event in the request's body. */
function sent(
  members: Partial<TrackingEvent>,
  options: Partial<PosthogOptions> = {},
  browser?: BrowserIds,
): Sent {
  const event = anEvent(members);
  const { body } = make(options).encode([{ event, browser }], ATTEMPT);
  return (JSON.parse(body as string) as { batch: Sent[] }).batch[0]!;
}

const declined = (members: Partial<TrackingEvent>, options?: Partial<PosthogOptions>): unknown =>
  make(options).accept!(anEvent(members));

const visitor = { userId: undefined, anonymousId: BROWSER } as unknown as Partial<TrackingEvent>;
const nobody = { userId: undefined } as unknown as Partial<TrackingEvent>;

describe('track', () => {
  test('has the name, the user, the id, the time and the properties', () => {
    expect(sent({ id: 'a', name: 'Order Completed', properties: { total: 5 } })).toEqual({
      event: 'Order Completed',
      distinct_id: 'user-1001',
      uuid: 'a',
      timestamp: '2026-01-01T00:00:00.000Z',
      properties: { total: 5, ...OURS },
    });
  });

  test('has its groups, the session of the cookie and the context that PostHog has names for', () => {
    const { properties } = sent(
      {
        groups: { company: 'acme' },
        context: {
          ip: '203.0.113.9',
          userAgent: 'Mozilla/5.0',
          page: { url: 'https://shop.example/cart' },
          campaign: { source: 'news', medium: 'email', name: 'spring', term: 'a', content: 'b' },
          locale: 'nl',
        },
      },
      {},
      { sessionId: '0198c2a0-1111-7a11-8111-000000000003' },
    );
    expect(properties).toEqual({
      ...SENDER,
      $groups: { company: 'acme' },
      $session_id: '0198c2a0-1111-7a11-8111-000000000003',
      $ip: '203.0.113.9',
      $raw_user_agent: 'Mozilla/5.0',
      $current_url: 'https://shop.example/cart',
      utm_source: 'news',
      utm_medium: 'email',
      utm_campaign: 'spring',
      utm_term: 'a',
      utm_content: 'b',
    });
  });

  test('keeps properties of the application', () => {
    const given = { $ip: '198.51.100.7', $session_id: 's', $current_url: 'u', $lib: 'mine', $set: { a: 1 } };
    const { properties } = sent(
      { properties: given, context: { ip: '203.0.113.9', page: { url: 'v' } } },
      {},
      { sessionId: 't' },
    );
    expect(properties).toEqual({ ...SENDER, ...given });
  });

  test('is marked as sent by a server, so that PostHog gives no person its operating system', () => {
    for (const type of ['track', 'identify', 'group', 'alias'] as const) {
      const call = { type, groupId: 'acme', groupType: 'company', previousId: BROWSER };
      for (const capture of ['batch', 'v1'] as const) {
        expect(sent(call, { capture }).properties).toMatchObject({ $is_server: true });
      }
    }
    expect(sent({ properties: { $is_server: false } }).properties).toMatchObject({ $is_server: false });
  });

  test('a property without a value does not change that', () => {
    for (const $ip of [undefined, null, '', 0, false, {}]) {
      const { properties } = sent({ properties: { $ip, $geoip_disable: undefined } });
      expect(properties).toHaveProperty('$geoip_disable', true);
    }
  });

  test('the groups of the call come before those among the properties', () => {
    const { properties } = sent({ groups: { company: 'acme' }, properties: { $groups: { company: 'b' } } });
    expect(properties).toHaveProperty('$groups', { company: 'acme' });
  });

  test('the person’s place is never the server’s: it comes from the person’s address, or is absent', () => {
    const addresses = fc.option(fc.ipV4(), { nil: undefined });
    const types = fc.constantFrom('track', 'identify', 'group', 'alias');
    fc.assert(
      fc.property(types, addresses, (type, ip) => {
        const { properties } = sent({
          type,
          groupId: 'acme',
          groupType: 'company',
          previousId: BROWSER,
          ...(ip !== undefined && { context: { ip } }),
        });
        expect(properties['$geoip_disable'] === true).toBe(properties['$ip'] === undefined);
        expect(properties['$ip']).toBe(type === 'track' ? ip : undefined);
      }),
    );
  });
});

describe('an event of a visitor', () => {
  test('makes no person profile', () => {
    expect(sent(visitor)).toMatchObject({
      distinct_id: BROWSER,
      properties: { $process_person_profile: false },
    });
  });

  test('has a profile if PostHog would otherwise drop its groups or traits', () => {
    for (const members of [
      { groups: { company: 'acme' } },
      { properties: { $set: { a: 1 } } },
      { properties: { $set_once: { a: 1 } } },
    ]) {
      expect(sent({ ...visitor, ...members }).properties).not.toHaveProperty('$process_person_profile');
    }
  });

  test('has the profile that the application asks for, as has an event of a user', () => {
    const asked = { properties: { $process_person_profile: true } };
    expect(sent({ ...visitor, ...asked }).properties).toMatchObject(asked.properties);
    expect(sent({}).properties).not.toHaveProperty('$process_person_profile');
    const declined = { properties: { $process_person_profile: false } };
    expect(sent(declined).properties).toMatchObject(declined.properties);
  });

  test('its traits are set without an $identify, which would make a later merge impossible', () => {
    expect(sent({ ...visitor, type: 'identify', properties: { plan: 'pro' } })).toMatchObject({
      event: '$set',
      distinct_id: BROWSER,
      properties: { ...OURS, $set: { plan: 'pro' } },
    });
  });

  test('no operation that PostHog drops without a profile is sent without one', () => {
    for (const type of ['identify', 'group'] as const) {
      const { properties } = sent({
        ...visitor,
        type,
        groupId: 'acme',
        groupType: 'company',
        properties: { a: 1 },
      });
      expect(properties).not.toHaveProperty('$process_person_profile');
    }
  });
});

describe('identify', () => {
  test('has the traits, and $set_once apart', () => {
    const properties = { plan: 'pro', $set: { seats: 3 }, $set_once: { source: 'ads' } };
    expect(sent({ type: 'identify', properties })).toMatchObject({
      event: '$identify',
      distinct_id: 'user-1001',
      properties: { ...OURS, $set: { plan: 'pro', seats: 3 }, $set_once: { source: 'ads' } },
    });
  });

  test('joins the visitor and the user', () => {
    const { properties } = sent({ type: 'identify', anonymousId: BROWSER });
    expect(properties).toHaveProperty('$anon_distinct_id', BROWSER);
  });

  test('never joins with `join: false`', () => {
    const types = fc.constantFrom('track', 'identify', 'group');
    fc.assert(
      fc.property(types, fc.option(fc.uuid(), { nil: undefined }), (type, userId) => {
        const members = { ...(userId === undefined ? nobody : { userId }), anonymousId: BROWSER, type };
        const event = sent({ ...members, groupId: 'acme', groupType: 'company' }, { join: false });
        expect(event.properties).not.toHaveProperty('$anon_distinct_id');
        expect(userId === undefined || !JSON.stringify(event).includes(BROWSER)).toBe(true);
      }),
    );
  });

  test('joins no id that PostHog refuses to merge', () => {
    for (const anonymousId of ['user-1001', 'guest', 'a'.repeat(201), 'half \ud800']) {
      expect(sent({ type: 'identify', anonymousId }).properties).not.toHaveProperty('$anon_distinct_id');
    }
  });
});

describe('group', () => {
  const group = { type: 'group', groupId: 'acme', properties: { plan: 'pro' } } as const;

  test('has its type, its key and its traits', () => {
    expect(sent({ ...group, groupType: 'company' })).toMatchObject({
      event: '$groupidentify',
      distinct_id: 'user-1001',
      properties: { ...OURS, $group_type: 'company', $group_key: 'acme', $group_set: { plan: 'pro' } },
    });
  });

  test('the option gives the type of a group without one', () => {
    const options = { groupType: 'team' };
    expect(sent(group, options).properties).toHaveProperty('$group_type', 'team');
    expect(sent({ ...group, groupType: 'company' }, options).properties).toHaveProperty(
      '$group_type',
      'company',
    );
    expect(declined(group, options)).toBeUndefined();
  });

  test('no type is assumed', () => {
    expect(declined(group)).toEqual({ declined: 'unsupported' });
  });

  test('without an id for PostHog, the group itself has the event', () => {
    expect(sent({ ...group, ...nobody, groupType: 'company' })).toHaveProperty(
      'distinct_id',
      '$company_acme',
    );
  });
});

test('alias keeps the user', () => {
  expect(sent({ type: 'alias', previousId: BROWSER })).toMatchObject({
    event: '$create_alias',
    distinct_id: 'user-1001',
    properties: { ...OURS, distinct_id: 'user-1001', alias: BROWSER },
  });
});

describe('declined events', () => {
  const LONG = 'a'.repeat(201);
  const cases: readonly (readonly [string, string, Partial<TrackingEvent>])[] = [
    ['a name that PostHog cuts', 'invalid_name', { name: LONG }],
    ['an operation under the name of an event', 'invalid_name', { name: '$merge_dangerously' }],
    ['an event of nobody', 'no_identity', nobody],
    ['an id that PostHog cuts', 'invalid_id', { userId: LONG }],
    ['an id with half of a character', 'invalid_id', { userId: 'a\udc00' }],
    ['an id with the character that PostHog replaces', 'invalid_id', { userId: 'a\0b' }],
    ['an id of spaces, which v1 removes', 'invalid_id', { userId: '  ' }],
    [
      'a key of a group with half of a character',
      'invalid_id',
      { type: 'group', groupType: 'company', groupId: 'a\ud800' },
    ],
    [
      'a group of nobody whose type and key are longer than an id',
      'invalid_id',
      { ...nobody, type: 'group', groupType: 'company', groupId: 'a'.repeat(192) },
    ],
    ['traits of a word', 'invalid_id', { type: 'identify', userId: 'guest' }],
    ['traits of a visitor without traits', 'unsupported', { ...visitor, type: 'identify' }],
    [
      'a key of a group that PostHog drops',
      'invalid_id',
      { type: 'group', groupType: 'company', groupId: 'a'.repeat(401) },
    ],
    ['an alias of a word', 'invalid_id', { type: 'alias', previousId: 'Anonymous' }],
    ['an alias to a word', 'invalid_id', { type: 'alias', previousId: BROWSER, userId: 'system' }],
    ['an alias of itself', 'invalid_id', { type: 'alias', previousId: 'user-1001' }],
    ['a time that PostHog replaces', 'invalid_timestamp', { timestamp: NEW_YEAR + 23 * 3_600_000 + 251 }],
  ];
  test.each(cases)('%s: %s', (_, reason, members) => {
    expect(declined(members)).toEqual({ declined: reason });
  });

  test('names and ids of 200 characters, keys of 400, and 23 hours ahead are accepted', () => {
    const most = 'a'.repeat(200);
    const timestamp = NEW_YEAR + 23 * 3_600_000 + 250;
    expect(declined({ name: most, userId: most, timestamp })).toBeUndefined();
    expect(declined({ type: 'group', groupType: 'company', groupId: most + most })).toBeUndefined();
    const key = 'a'.repeat(191);
    expect(declined({ ...nobody, type: 'group', groupType: 'company', groupId: key })).toBeUndefined();
  });
});

describe('the request', () => {
  test('half of a surrogate pair is replaced, and counted', () => {
    const notices = new Notices();
    const destination = make();
    destination.open!(notices);
    const texts = fc.array(fc.string({ unit: fc.constantFrom('a', '\\', '\\ud8', '\ud83d', '\ude00', '"') }));
    fc.assert(
      fc.property(texts, (list) => {
        const { body } = destination.encode([{ event: anEvent({ properties: { list } }) }], ATTEMPT);
        const { batch } = JSON.parse(body as string) as { batch: Sent[] };
        expect(batch[0]!.properties['list']).toEqual(
          list.map((text) => (text as unknown as { toWellFormed(): string }).toWellFormed()),
        );
      }),
    );
    expect(notices.of('normalised')[0]).toMatch(/half of a surrogate pair/);
  });

  test('a body that is too large is cut by the lane', () => {
    const event = anEvent({ properties: { text: 'ü'.repeat(350_000) } });
    const batch = Array.from({ length: 30 }, () => ({ event }));
    expect(() => make().encode(batch, ATTEMPT)).toThrow(RangeError);
    expect(() => make({ capture: 'v1' }).encode(batch.slice(0, 15), ATTEMPT)).toThrow(RangeError);
    expect(make().encode(batch.slice(0, 15), ATTEMPT).url).toBe('https://us.i.posthog.com/batch/');
  });

  test('a property with the name of the token is sent like any other', () => {
    const { body } = make().encode([{ event: anEvent({ properties: { api_key: 'mine' } }) }], ATTEMPT);
    expect(JSON.parse(body as string)).toMatchObject({
      api_key: apiKey,
      batch: [{ properties: { api_key: 'mine' } }],
    });
  });

  test('goes to a self-hosted PostHog, with a path, without gzip on request', () => {
    const { url, compress } = posthog({ apiKey, host: 'https://ph.example.com/ingest/', gzip: false }).encode(
      [{ event: anEvent() }],
      ATTEMPT,
    );
    expect([url, compress]).toEqual(['https://ph.example.com/ingest/batch/', undefined]);
  });
});

describe('v1', () => {
  const v1 = (members: Partial<TrackingEvent>, browser?: BrowserIds) => {
    const event = anEvent(members);
    return JSON.parse(make({ capture: 'v1' }).encode([{ event, browser }], ATTEMPT).body as string) as {
      batch: Sent[];
    };
  };

  test('has the session and the profile as members of the event', () => {
    const { batch } = v1({ ...visitor, properties: { $window_id: 'w', a: 1 } }, { sessionId: 's' });
    expect(batch[0]).toMatchObject({
      session_id: 's',
      window_id: 'w',
      options: { process_person_profile: false },
      properties: { a: 1, $geoip_disable: true },
    });
    expect(Object.keys(batch[0]!.properties)).toEqual(['$is_server', '$geoip_disable', 'a']);
  });

  test('has no option of another type', () => {
    const properties = { $process_person_profile: 'no', $ignore_sent_at: true, $product_tour_id: 7 };
    expect(v1({ properties }).batch[0]).toMatchObject({
      options: { disable_skew_correction: true },
      properties: { $geoip_disable: true },
    });
  });

  test('a repeated request has the same id and body, another number and another time', () => {
    const destination = make({ capture: 'v1' });
    const batch = [{ event: anEvent() }, { event: anEvent() }];
    const [one, two] = [1, 2].map((number) => destination.encode(batch, { now: NEW_YEAR + number, number }));
    expect(two!.body).toBe(one!.body);
    expect(two!.headers).toEqual({
      ...one!.headers,
      'posthog-attempt': '2',
      'posthog-request-timestamp': '2026-01-01T00:00:00.002Z',
    });
    const other = destination.encode(batch.slice(1), ATTEMPT).headers!['posthog-request-id'];
    expect(other).not.toBe(one!.headers!['posthog-request-id']);
  });

  test('the token is in the header only', () => {
    const { body, headers, url } = make({ capture: 'v1' }).encode([{ event: anEvent() }], ATTEMPT);
    expect(`${body as string}${url}`).not.toContain(apiKey);
    expect(headers).toHaveProperty('authorization', `Bearer ${apiKey}`);
  });
});

describe('the options', () => {
  test.each([
    [{}, /`destinations\[0\]\.region`/],
    [{ region: 'eu', host: 'https://ph.example.com' }, /no value, because `host` is set: exactly one/],
    [{ region: 'de' }, /'us' or 'eu'/],
    [{ region: 'us', capture: 'v1', headers: { authorization: 'Basic YTpi' } }, /authorization/],
    [{ region: 'us', groupType: '' }, /groupType/],
  ])('%j fails at start', (options, message) => {
    const destination = posthog({ apiKey, ...options } as PosthogOptions);
    expect(configError(destination).message).toMatch(message);
  });

  test('with /batch/, the application may set an Authorization header for a proxy', () => {
    const headers = { authorization: 'Basic YTpi' };
    const destination = make({ headers });
    destination.check!('destinations[0]', true);
    expect(destination.encode([{ event: anEvent() }], ATTEMPT).headers).toMatchObject(headers);
  });

  test('with tracking disabled, the environment may have neither region nor host', () => {
    const destination = posthog({ apiKey: undefined, host: undefined });
    expect(() => destination.check!('destinations[0]', false)).not.toThrow();
  });
});
