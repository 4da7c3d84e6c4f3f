import { describe, expect, test } from '@jest/globals';
import { MockAgent } from 'undici';
import { kissmetrics } from '../../lib/destinations/kissmetrics/kissmetrics.js';
import { webhook } from '../../lib/destinations/webhook/webhook.js';
import { anEvent, inLane, NEW_YEAR } from './an-event.js';
import { configError } from './config-error.js';

const KEY = '0123456789abcdef0123456789abcdef01234567';
const URL = 'https://receiver.example.com/hooks';

const factories: [string, (options: object) => ReturnType<typeof kissmetrics>][] = [
  ['kissmetrics', (options) => kissmetrics({ apiKey: KEY, ...options })],
  ['webhook', (options) => webhook({ url: URL, ...options })],
];

describe.each(factories)('%s()', (kind, make) => {
  test('takes every option that all destinations share', () => {
    const dispatcher = new MockAgent();
    const destination = make({
      name: 'eu-1.main_2',
      batch: { maxEvents: 1, maxBytes: 10_000, maxDelayMs: 0 },
      concurrency: 2,
      timeoutMs: 5_000,
      dispatcher,
      headers: { 'User-Agent': 'shop/2', 'X-Tenant': 'acme-corp' },
      allowProperties: { 'Signed Up': ['plan'], '*': [] },
    });
    expect(() => destination.check!('destinations[0]', true)).not.toThrow();
    expect(destination).toMatchObject({
      name: 'eu-1.main_2',
      kind,
      batch: { maxEvents: 1, maxBytes: 10_000, maxDelayMs: 0 },
      concurrency: 2,
      timeoutMs: 5_000,
      allowProperties: { 'Signed Up': ['plan'], '*': [] },
    });
    expect(destination.dispatcher).toBe(dispatcher);
  });

  test.each(['POST', 'GET'])('sends the headers of the application, which are secret, with %s', (method) => {
    const headers = { 'User-Agent': 'shop/2.0', Authorization: 'Bearer hush-hush' };
    const destination = make({ headers, ...(kind === 'kissmetrics' && { method }) });
    const request = destination.encode([inLane(anEvent())], { now: NEW_YEAR, number: 1 });
    expect(request.headers).toMatchObject({ 'user-agent': 'shop/2.0', authorization: 'Bearer hush-hush' });
    expect(destination.secrets).toEqual(expect.arrayContaining(['shop/2.0', 'hush-hush']));
    expect(destination.account).toEqual(make({}).account);
    expect(destination.credentials).toEqual(['Bearer hush-hush']);
    expect(make({ headers: { 'x-trace': '1' } }).credentials).toEqual([]);
  });

  test('is named after its platform, and leaves the deadline to the lane', () => {
    const destination = make({
      name: undefined,
      batch: undefined,
      concurrency: undefined,
      timeoutMs: undefined,
    });
    expect(() => destination.check!('destinations[0]', true)).not.toThrow();
    expect(destination.name).toBe(kind);
    expect(destination).not.toHaveProperty('timeoutMs');
    expect(destination).not.toHaveProperty('dispatcher');
    expect(destination).not.toHaveProperty('allowProperties');
  });

  test.each([
    [{ name: '' }, 'destinations[0].name', 'an empty string'],
    [{ name: 'two words' }, 'destinations[0].name', 'a string of 9 characters'],
    [{ name: 7 }, 'destinations[0].name', 'a number'],
    [{ headers: 'hush' }, 'destinations[0].headers', 'header names'],
    [{ headers: { 'two words': 'x' } }, "destinations[0].headers['two words']", 'HTTP allows'],
    [{ headers: { a: 'b\r\nx: y' } }, 'destinations[0].headers.a', 'one line'],
    [{ headers: { 'X-A': '1', 'x-a': '2' } }, 'destinations[0].headers.x-a', 'once'],
    ...[
      'Transfer-Encoding',
      'EXPECT',
      'connection',
      'keep-alive',
      'upgrade',
      'content-length',
      'host',
      'content-type',
      'content-encoding',
      'proxy-authorization',
    ].map((name): [object, string, string] => [
      { headers: { [name]: 'x' } },
      `destinations[0].headers.${name}`,
      'because the library sets',
    ]),
    [{ batch: 5 }, 'destinations[0].batch', 'a number'],
    [{ batch: { maxEvents: 0 } }, 'destinations[0].batch.maxEvents', '0'],
    [{ batch: { maxBytes: -1 } }, 'destinations[0].batch.maxBytes', '-1'],
    [{ batch: { maxBytes: 1e9 } }, 'destinations[0].batch.maxBytes', '1000000000'],
    [{ batch: { maxDelayMs: 0.5 } }, 'destinations[0].batch.maxDelayMs', '0.5'],
    [{ batch: { size: 5 } }, 'destinations[0].batch.size', 'maxEvents, maxBytes, maxDelayMs'],
    [{ concurrency: 0 }, 'destinations[0].concurrency', '0'],
    [{ concurrency: '4' }, 'destinations[0].concurrency', "'4'"],
    [{ timeoutMs: 0 }, 'destinations[0].timeoutMs', '0'],
    [{ timeoutMs: Infinity }, 'destinations[0].timeoutMs', 'Infinity'],
    [{ allowProperties: 'plan' }, 'destinations[0].allowProperties', 'a string of 4'],
    [{ allowProperties: [5] }, 'destinations[0].allowProperties[0]', 'a number'],
    [{ allowProperties: ['plan', ''] }, 'destinations[0].allowProperties[1]', 'an empty string'],
    [
      { allowProperties: { 'Signed Up': 'plan' } },
      "destinations[0].allowProperties['Signed Up']",
      'a string of 4',
    ],
    [{ allowProperties: { a: ['b', null] } }, 'destinations[0].allowProperties.a[1]', 'null'],
    [{ flushAt: 20 }, 'destinations[0].flushAt', 'concurrency, timeoutMs'],
  ])('refuses %o at start, by name', (options, option, seen) => {
    const error = configError(make(options));
    expect(error.option).toBe(option);
    expect(error.message).toContain(`\`${option}\``);
    expect(error.message).toContain(seen);
  });
});

test.each([undefined, null, KEY, 42, [KEY]])(
  'a factory called with %p throws at start and never shows it',
  (given) => {
    for (const make of [kissmetrics, webhook] as unknown as ((
      options: unknown,
    ) => ReturnType<typeof kissmetrics>)[]) {
      const destination = make(given);
      expect(configError(destination).message).not.toContain(KEY);
      expect(configError(destination).option).toBe('destinations[0]');
    }
  },
);
