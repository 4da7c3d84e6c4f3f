import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { RequestsResponse } from '../../lib/collector/api/responses.js';
import { hideCredentials, hideInText } from '../../lib/collector/credentials/hide-credentials.js';
import { PLATFORMS } from '../../lib/collector/platforms/platforms.js';
import { systemClock } from '../../lib/host/clock.js';
import * as lib from '../../lib/index.js';
import { resolveOptions } from '../../lib/options/resolve-options.js';
import { TrackingRuntime } from '../../lib/runtime/tracking.runtime.js';
import { TrackingService } from '../../lib/tracking.service.js';
import { aLog } from '../support/spoken-log.js';
import { ACollector } from './a-collector.js';

const KEY = 'MARKED0KEY0MARKED0KEY0MARKED0KEY';
const SIGNING = `whsec_${Buffer.from(KEY).toString('base64')}`;
const schema = 'iglu:com.example/signed_up/jsonschema/1-0-0';

/** Only the option that the command prints is set: the others are alternative addresses. */
type At = Readonly<Record<'endpoint' | 'host' | 'dataPlaneUrl' | 'collector' | 'url', string>>;

/** The package's destinations, with the marked key as every credential. */
const OURS: Readonly<Record<string, (at: At) => lib.Destination>> = {
  kissmetrics: (at) => lib.kissmetrics({ ...at, apiKey: KEY }),
  segment: (at) => lib.segment({ ...at, writeKey: KEY, region: 'us' }),
  rudderstack: (at) => lib.rudderstack({ ...at, writeKey: KEY }),
  jitsu: (at) => lib.jitsu({ ...at, writeKey: `${KEY}:${KEY}` }),
  customerio: (at) => lib.customerio({ ...at, writeKey: KEY, region: 'us' }),
  posthog: (at) => lib.posthog({ ...at, apiKey: KEY }),
  mixpanel: (at) => lib.mixpanel({ ...at, token: KEY, region: 'us' }),
  amplitude: (at) => lib.amplitude({ ...at, apiKey: KEY }),
  googleAnalytics: (at) =>
    lib.googleAnalytics({ ...at, measurementId: 'G-ABCDEF1234', apiSecret: KEY, region: 'global' }),
  snowplow: (at) =>
    lib.snowplow({
      ...at,
      appId: 'shop',
      namespace: 'server',
      schemas: { 'Signed Up': schema },
      headers: { authorization: KEY, 'x-api-key': KEY },
    }),
  meta: (at) => lib.meta({ ...at, datasetId: '1234567890', accessToken: KEY, apiVersion: 'v23.0' }),
  webhook: ({ url }) =>
    lib.webhook({ url: `${url}?token=${KEY}`, secret: SIGNING, headers: { cookie: `a=${KEY}` } }),
};

let collector: ACollector;
beforeEach(async () => {
  collector = await ACollector.start();
});
afterEach(() => collector.close());

/** The whole output of the API. */
async function shown(): Promise<string> {
  const { requests } = await collector.get<RequestsResponse>('requests');
  const paths = ['stats', 'events', 'people', 'requests', 'invalid', 'answers'];
  const all = [...paths, ...requests.map(({ number }) => `requests/${number}`)];
  return (await Promise.all(all.map(async (path) => (await collector.call(path)).text()))).join('\n');
}

/** The key as sent, and in base64. */
function expectHidden(text: string): void {
  expect(text).not.toContain(KEY);
  for (const start of ['', ':', 'a']) {
    const inner = Buffer.from(`${start}${KEY}`).toString('base64').slice(4, 28);
    expect(text).not.toContain(inner);
  }
}

test.each<[string, string]>([
  ['base64 that ends within an escape', `data=${encodeURIComponent(btoa(`[{"token":"${KEY}"},{}]`))}%3`],
  [
    'base64 with an invalid escape before it',
    `data=%zz&data=${encodeURIComponent(btoa(`{"token":"${KEY}"}`))}%`,
  ],
  ['JSON that ends within an escape', `data=${encodeURIComponent(`[{"token":"${KEY}","city":"Köln`)}%C`],
  ['JSON that ends within a letter', `data=${encodeURIComponent(`[{"token":"${KEY}","city":"`)}%C3`],
])('the key in a form is hidden: %s', (_, form) => {
  const hidden = hideInText(form);
  expectHidden(decodeURIComponent(hidden.replace(/%(?![\da-f]{2}).*$/i, '')));
  expect(hidden).not.toBe(form);
});

test.each([
  [`{"api_key":["${KEY}",{"b":["]}",1]}],"a":1}`, '{"api_key":"[hidden]","a":1}'],
  [`{"a":{"token":{"value":"${KEY}"}},"b":2}`, '{"a":{"token":"[hidden]"},"b":2}'],
  [`{"token":["${KEY}"`, '{"token":"[hidden]"'],
  [
    JSON.stringify({ a: JSON.stringify({ b: [JSON.stringify({ token: KEY })] }), c: 1 }),
    JSON.stringify({ a: JSON.stringify({ b: [JSON.stringify({ token: '[hidden]' })] }), c: 1 }),
  ],
])('the key in a value of JSON that is no plain text is hidden: %j', (json, expected) => {
  expect(hideInText(json)).toBe(expected);
});

test('the key in a header of a webhook is hidden', () => {
  const headers = JSON.stringify({ 'x-auth': KEY, 'x-shop-auth': KEY, 'content-type': 'text/plain' });
  expectHidden(hideCredentials({ url: '/', body: '', answer: '', headers }).headers);
});

test.each(PLATFORMS.map(({ name }) => name))(
  'the key of our own %s() is in no answer of the API',
  async (name) => {
    const { option, url } = collector.platforms.find((each) => each.name === name)!;
    const destination = OURS[name]!({ [option]: url } as At);
    const { log } = aLog(() => 0);
    const runtime = new TrackingRuntime(resolveOptions({ destinations: [destination] }), systemClock, log);
    const service = new TrackingService(runtime);
    service.track('Signed Up', { plan: 'pro' }, { userId: 'ada', anonymousId: '1234567890.1234567890' });
    service.identify({ plan: 'pro' }, { userId: 'ada' });
    await service.flush({ timeoutMs: 10_000 });
    await runtime.close();
    const text = await shown();
    expect((await collector.get<RequestsResponse>('requests')).requests).not.toEqual([]);
    expectHidden(text);
    expect(text).toContain('[hidden]');
  },
);

test.each<[string, string, Record<string, string>, string]>([
  [
    'POST',
    '/posthog/e/',
    { 'content-type': 'text/plain' },
    `data=${encodeURIComponent(btoa(`{"api_key":"${KEY}","event":"e","properties":{"token":"${KEY}","distinct_id":"a"}}`))}`,
  ],
  ['GET', `/posthog/array/${KEY}/config.js`, {}, ''],
  [
    'GET',
    `/posthog/flags/?token=${KEY}`,
    { referer: `http://${KEY}:${KEY}@shop.example/?access_token=${KEY}` },
    '',
  ],
  [
    'POST',
    '/mixpanel/track/?verbose=1',
    { 'content-type': 'application/x-www-form-urlencoded' },
    `data=${encodeURIComponent(`[{"event":"e","properties":{"token":"${KEY}","distinct_id":"a"}}]`)}`,
  ],
  ['GET', `/segment/v1/projects/${KEY}/settings`, {}, ''],
  ['POST', '/segment/v1/t', {}, `{"event":"e","type":"track","userId":"a","writeKey":"${KEY}"`],
  [
    'POST',
    '/webhook',
    { 'x-hub-signature-256': KEY, 'x-shop-token': KEY, cookie: KEY },
    `api_key=${KEY}&a=1`,
  ],
])(
  'the key of a browser or of a broken request is in no answer of the API: %s %s',
  async (method, path, headers, body) => {
    await fetch(collector.url + path, { method, headers, ...(body !== '' && { body }) });
    const text = await shown();
    expect(text).toMatch(/\[hidden\]|%5Bhidden%5D|data=eyJ/);
    expectHidden(text);
  },
);

describe('a text without its credentials', () => {
  const member = fc.constantFrom(
    'api_key',
    'apiKey',
    'writeKey',
    '$token',
    'token',
    'access_token',
    'API-SECRET',
    'password',
  );
  const free = fc.string().filter((text) => !text.includes(KEY));

  test('keeps all other values of any JSON, whatever its spaces', () => {
    const json = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constant(null),
        fc.double({ noNaN: true }),
        free,
        tie('list'),
        tie('object'),
      ),
      list: fc.array(tie('value'), { maxLength: 3 }),
      object: fc
        .array(
          fc.oneof(
            fc.tuple(member, fc.constant(`${KEY}"\\`)),
            fc.tuple(
              fc.string().map((name) => `x_${name}`),
              tie('value'),
            ),
          ),
          { maxLength: 4 },
        )
        .map((entries) => Object.fromEntries(entries as [string, unknown][])),
    })).object;
    fc.assert(
      fc.property(json, fc.constantFrom(0, 1, 2), (value, indent) => {
        const hidden = hideInText(JSON.stringify(value, undefined, indent));
        const expected = JSON.stringify(value, (_, each: unknown) =>
          each === `${KEY}"\\` ? '[hidden]' : each,
        );
        expect(JSON.parse(hidden)).toEqual(JSON.parse(expected));
      }),
    );
  });

  test.each([
    ['{"a":1, "b":"token"}'],
    ['a=1&b=%zz&c'],
    ['plain text with key=values? no'],
    ['{"broken":'],
    ['AAAAAAAAAAAAAAAAAAAAAAAA'],
    [''],
  ])('is the same text where it has none: %j', (text) => {
    expect(hideInText(text)).toBe(text);
  });

  test.each([
    ['a body of escapes', `{"a":"${'\\"'.repeat(2_000_000)}`],
    ['a body of quotes', `{${'"'.repeat(2_000_000)}`],
    ['a body of names', '{"token":'.repeat(100_000)],
    ['a form of keys', 'token=x&'.repeat(100_000)],
    ['base64', 'A'.repeat(4_000_000)],
  ])('is made in linear time and without a deep stack: %s', (_, body) => {
    const { url, headers } = hideCredentials({
      url: `/x?${body}`,
      headers: '{"x-key":"k"}',
      body,
      answer: '',
    });
    expect(headers).toBe('{"x-key":"[hidden]"}');
    expect(url.startsWith('/x?')).toBe(true);
  });
});
