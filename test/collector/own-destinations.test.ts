import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Test } from '@nestjs/testing';
import { createHash } from 'node:crypto';
import type {
  EventsResponse,
  InvalidResponse,
  ReceivedEvent,
  StatsResponse,
} from '../../lib/collector/api/responses.js';
import { PROBLEMS } from '../../lib/collector/platforms/mixpanel/mixpanel.messages.js';
import { PLATFORMS } from '../../lib/collector/platforms/platforms.js';
import {
  amplitude,
  customerio,
  googleAnalytics,
  jitsu,
  kissmetrics,
  meta,
  mixpanel,
  posthog,
  rudderstack,
  segment,
  snowplow,
  TrackingModule,
  TrackingService,
  webhook,
  type Destination,
} from '../../lib/index.js';
import { RecordedLog } from '../support/recorded-log.js';
import { ACollector } from './a-collector.js';

const KEY = '0123456789abcdef0123456789abcdef';
const USER = 'user-1001';
/** Meta gets hashed ids only. */
const HASHED_USER = createHash('sha256').update(USER).digest('hex');
const VISITOR = '5f0c8e52-6a3b-4c1d-9e7f-2b1a0c9d8e7f';
const CLIENT = '1234567890.1767225600';
/** Whole seconds, because KISSmetrics has no others. */
const TIME = Math.floor(Date.now() / 60_000) * 60_000 - 60_000;
const ORDER = { order_id: 'O-77', revenue: 49.95, city: 'Köln & Bonn', gift: true };
const TRAITS = { plan: 'pro', seats: 3 };
const SCHEMA = 'iglu:com.example/order_completed/jsonschema/1-0-0';

type Seen = Partial<Omit<ReceivedEvent, 'number' | 'request' | 'platform' | 'receivedAt'>>;

/** A destination that sends to the collector, and the event that the collector reads for each call; `null`: it is declined. */
interface Case {
  readonly platform: string;
  readonly make: (url: string) => Destination;
  readonly track: Seen | null;
  readonly identify: Seen | null;
  readonly group: Seen | null;
  readonly alias: Seen | null;
  /** Changes that the platform makes to an event; the destination reports them to the application, too. */
  readonly changes?: string;
}

const BOTH = { userId: USER, anonymousId: VISITOR };
const PROTOCOL = {
  track: { kind: 'track', name: 'order_completed', ...BOTH, time: TIME, properties: ORDER },
  identify: { kind: 'identify', name: '', ...BOTH, time: TIME, properties: TRAITS },
  group: { kind: 'group', name: 'acme', ...BOTH, time: TIME, properties: TRAITS },
  alias: { kind: 'alias', name: VISITOR, userId: USER, time: TIME },
} as const;

/** Of the two ids, only identify has both. */
const POSTHOG = {
  ...PROTOCOL,
  track: { ...PROTOCOL.track, anonymousId: null },
  group: { ...PROTOCOL.group, anonymousId: null, properties: { $group_type: 'company', ...TRAITS } },
} as const;

const CASES: Readonly<Record<string, Case>> = {
  kissmetrics: {
    platform: 'kissmetrics',
    make: (endpoint) => kissmetrics({ apiKey: KEY + KEY.slice(0, 8), endpoint }),
    track: {
      kind: 'track',
      name: 'order_completed',
      id: null,
      userId: USER,
      time: TIME,
      properties: { order_id: 'O-77', revenue: '49.95', city: 'Köln & Bonn', gift: 'true' },
    },
    identify: {
      kind: 'identify',
      id: null,
      userId: USER,
      time: TIME,
      properties: { plan: 'pro', seats: '3' },
    },
    group: {
      kind: 'identify',
      id: null,
      userId: USER,
      time: TIME,
      properties: { 'Group - id': 'acme', 'Group - plan': 'pro', 'Group - seats': '3' },
    },
    alias: { kind: 'alias', name: VISITOR, id: null, userId: USER },
  },
  segment: {
    platform: 'segment',
    make: (endpoint) => segment({ writeKey: KEY, region: 'us', endpoint }),
    ...PROTOCOL,
  },
  rudderstack: {
    platform: 'rudderstack',
    make: (dataPlaneUrl) => rudderstack({ writeKey: KEY, dataPlaneUrl }),
    ...PROTOCOL,
  },
  jitsu: { platform: 'jitsu', make: (host) => jitsu({ writeKey: `${KEY}:${KEY}`, host }), ...PROTOCOL },
  customerio: {
    platform: 'customerio',
    make: (endpoint) => customerio({ writeKey: KEY, region: 'us', objectTypes: { company: '1' }, endpoint }),
    ...PROTOCOL,
  },
  posthog: {
    platform: 'posthog',
    make: (host) => posthog({ apiKey: 'phc_key', groupType: 'company', host }),
    ...POSTHOG,
  },
  'posthog, v1': {
    platform: 'posthog',
    make: (host) => posthog({ apiKey: 'phc_key', groupType: 'company', host, capture: 'v1' }),
    ...POSTHOG,
  },
  mixpanel: {
    platform: 'mixpanel',
    make: (endpoint) => mixpanel({ token: KEY, region: 'us', groupKey: 'company', endpoint }),
    track: PROTOCOL.track,
    // Profiles have neither an id of the call nor a time.
    identify: { kind: 'identify', id: null, userId: USER, time: null, properties: TRAITS },
    changes: PROBLEMS.longText,
    group: { kind: 'group', name: 'acme', id: null, properties: { $group_key: 'company', ...TRAITS } },
    alias: null,
  },
  amplitude: {
    platform: 'amplitude',
    make: (endpoint) => amplitude({ apiKey: KEY, groupType: 'company', endpoint }),
    ...PROTOCOL,
    group: { ...PROTOCOL.group, properties: { groups: { company: 'acme' }, ...TRAITS } },
    alias: null,
  },
  googleAnalytics: {
    platform: 'googleAnalytics',
    make: (endpoint) =>
      googleAnalytics({
        measurementId: 'G-EXAMPLE123',
        apiSecret: 'secret',
        endpoint,
        clientId: () => CLIENT,
      }),
    track: { ...PROTOCOL.track, id: null, properties: { ...ORDER, gift: 'true' } },
    identify: null,
    group: null,
    alias: null,
  },
  snowplow: {
    platform: 'snowplow',
    make: (collector) =>
      snowplow({ collector, appId: 'shop', namespace: 'api', schemas: { order_completed: SCHEMA } }),
    ...PROTOCOL,
    identify: null,
    group: null,
    alias: null,
  },
  meta: {
    platform: 'meta',
    make: (endpoint) => meta({ datasetId: '1234567890123456', accessToken: 'EAAexample', endpoint }),
    track: { ...PROTOCOL.track, userId: HASHED_USER, anonymousId: null },
    identify: null,
    group: null,
    alias: null,
  },
  webhook: {
    platform: 'webhook',
    make: (url) => webhook({ url: `${url}/hooks`, allowPrivateHosts: true, secret: `whsec_${btoa(KEY)}` }),
    ...PROTOCOL,
  },
  'webhook, CloudEvents': {
    platform: 'webhook',
    make: (url) =>
      webhook({
        url,
        allowPrivateHosts: true,
        cloudEvents: { source: 'https://shop.example', batched: true },
      }),
    ...PROTOCOL,
  },
};

const long = (length: number, text = 'x'): string => text.repeat(length);
const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`property_${i}`, i]));
const nested = (levels: number): Record<string, unknown> =>
  levels === 0 ? { end: true } : { level: nested(levels - 1) };
const NAMES = [
  long(100),
  long(200),
  long(500),
  long(60, '🛒'),
  'Größe geändert',
  'Order: Completed, now',
  'a--b;c=d/*e',
  ' spaced ',
  '$pageview',
  '_private',
  '__proto__',
  'constructor',
  'a\u0000b\u202E',
  'half \uD83D',
];
/** No word that many people share: the collector names those. */
const IDS = ['ada@example.com', 'tenant:1,user:2', 'Zoë 🦊', long(255), long(1_000), 'half \uD83D', ' '];
const PROPERTIES: readonly Record<string, unknown>[] = [
  { empty: '', nothing: null, nan: Number.NaN, infinite: Infinity, huge: 1e300, tiny: -5e-324, zero: -0 },
  { emoji: '🦊🛒', half: '\uD83D', control: '\u0000\u001F', rtl: '\u202E', crlf: 'a\r\nb', html: '<script>' },
  many(300),
  nested(12),
  { text: long(10_000), wide: long(5_000, '€') },
  { [long(300)]: 'long name', [long(100, '🛒')]: 'emoji name', 'a,b:c': 1, ' a ': 1, '': 'nameless' },
  {
    list: [1, 'two', { three: 3 }, [4]],
    lists: Array.from({ length: 300 }, (_, i) => i),
    date: new Date(TIME),
  },
  { __proto__x: 1, ['__proto__']: 2, constructor: 3, toString: 4, toJSON: 5 },
  { userId: 'x', anonymousId: 'x', messageId: 'x', event: 'x', type: 'x', timestamp: 'x', context: 'x' },
  {
    distinct_id: 'x',
    $insert_id: 'x',
    time: 'x',
    token: 'x',
    $groups: 'x',
    uuid: 'x',
    api_key: 'x',
    groups: 'x',
  },
  {
    _k: 'x',
    _p: 'x',
    _n: 'x',
    _t: 'x',
    _d: 'x',
    name: 'x',
    Name: 'y',
    firebase_x: 'x',
    user_id: 'x',
    session_id: 'x',
  },
  { value: '12,50', currency: 'euro', price: 'free', quantity: 'many', revenue: 'x' },
];

let collector: ACollector;
beforeAll(async () => {
  collector = await ACollector.start();
});
afterAll(() => collector.close());
beforeEach(async () => {
  await collector.call('reset', 'POST');
});

/**
 * An application that tracks. Its accounting must equal the collector's: a real host would store the delivered events, and
 * rejected the dead ones.
 */
async function deliver(
  { platform, make, changes }: Case,
  calls: (tracking: TrackingService) => void,
): Promise<readonly ReceivedEvent[]> {
  const module = await Test.createTestingModule({
    imports: [TrackingModule.forRoot({ destinations: [make(`${collector.url}/${platform}`)] })],
  })
    .setLogger(new RecordedLog())
    .compile();
  await module.init();
  const tracking = module.get(TrackingService);
  calls(tracking);
  await tracking.flush();
  const [lane] = Object.values(tracking.stats().lanes);
  await module.close();

  const { platforms } = await collector.get<StatsResponse>('stats');
  expect(platforms.find((each) => each.platform === platform)).toMatchObject({
    delivered: lane!.delivered,
    rejected: lane!.dead,
    duplicate: 0,
    dropped: 0,
    failedRequests: 0,
  });
  const { events } = await collector.get<EventsResponse>('events?limit=1000');
  const delivered = events.filter(({ outcome }) => outcome === 'delivered');
  expect(new Set(delivered.flatMap(({ problems }) => problems.filter((each) => each !== changes)))).toEqual(
    new Set(),
  );
  const { requests } = await collector.get<InvalidResponse>('invalid');
  expect(requests.filter(({ status }) => status! < 400)).toEqual([]);
  return delivered;
}

test('each platform of the collector has a destination of the package here', () => {
  const here = new Set(Object.values(CASES).map(({ platform }) => platform));
  expect(PLATFORMS.map(({ name }) => name).filter((name) => !here.has(name))).toEqual([]);
});

describe.each(Object.entries(CASES))('%s delivers to the collector', (_, each) => {
  const options = { userId: USER, anonymousId: VISITOR, timestamp: TIME };
  const CALLS = {
    track: (tracking: TrackingService) => tracking.track('order_completed', ORDER, options),
    identify: (tracking: TrackingService) => tracking.identify(TRAITS, options),
    group: (tracking: TrackingService) => tracking.group('acme', TRAITS, options),
    alias: (tracking: TrackingService) => tracking.alias(VISITOR, USER, { timestamp: TIME }),
  } as const;

  test.each(Object.keys(CALLS) as (keyof typeof CALLS)[])('%s', async (call) => {
    let id: string | undefined;
    const events = await deliver(each, (tracking) => {
      id = CALLS[call](tracking);
    });
    const seen = each[call];
    expect(events).toMatchObject(seen === null ? [] : [{ id, ...seen }]);
  });

  test('hostile content that it accepts', async () => {
    const events = await deliver(each, (tracking) => {
      NAMES.forEach((name, i) => tracking.track(name, ORDER, { userId: `user-${i}` }));
      PROPERTIES.forEach((properties, i) => {
        tracking.track('order_completed', properties, { userId: `buyer-${i}` });
        tracking.identify(properties, { userId: `person-${i}` });
      });
      IDS.forEach((userId) => tracking.track('order_completed', ORDER, { userId }));
    });
    expect(events.length).toBeGreaterThan(PROPERTIES.length);
  });
});
