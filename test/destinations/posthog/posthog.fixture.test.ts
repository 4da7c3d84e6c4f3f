import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { posthog } from '../../../lib/destinations/posthog/posthog.js';
import { PACKAGE_VERSION } from '../../../lib/host/package-version.js';
import { anEvent, inLane, NEW_YEAR } from '../an-event.js';
import { outcomesOf } from '../outcomes-of.js';

interface Body {
  batch: { properties: Record<string, unknown> }[];
}

interface Fixture {
  exchanges: {
    name: string;
    records: number;
    request: { method: string; url: string; headers: Record<string, string>; body: Body };
    responses: {
      case: string;
      status: number;
      headers: Record<string, string>;
      body?: unknown;
      body_text?: string;
      expect: { outcomes?: string[]; request?: string; config_error?: boolean; retry_after_s?: number };
    }[];
  }[];
}

const { exchanges } = JSON.parse(
  readFileSync(new URL('./posthog.fixture.json', import.meta.url), 'utf8'),
) as Fixture;
const exchange = (name: string) => exchanges.find((each) => each.name === name)!;

const apiKey = 'phc_exampleProjectToken';
const id = (n: number): string => `0198c2a0-1111-7a11-8111-00000000000${n}`;
const SENT = NEW_YEAR + 5_000;
const EVENTS = [
  anEvent({ id: id(1), name: 'order completed', properties: { order_id: 'O-77', revenue: 49.95 } }),
  anEvent({
    id: id(2),
    type: 'identify',
    timestamp: NEW_YEAR + 1_000,
    anonymousId: '5f0c8e52-6a3b-4c1d-9e7f-2b1a0c9d8e7f',
    properties: { plan: 'pro' },
  }),
  anEvent({
    id: id(3),
    name: 'order refunded',
    userId: 'user-1002',
    timestamp: NEW_YEAR + 1_000,
    acceptedAt: SENT,
    properties: { order_id: 'O-78' },
  }),
].map((event) => inLane(event));

/** The example with this library's name, and without the place and the system of the server. */
function asOurs(body: Body): Body {
  const text = JSON.stringify(body).replaceAll('"$lib":"example"', '"$lib":"nestjs-tracking"');
  const ours = JSON.parse(text.replaceAll('0.0.0', PACKAGE_VERSION)) as Body;
  for (const { properties } of ours.batch) {
    properties['$geoip_disable'] = true;
    properties['$is_server'] = true;
  }
  return ours;
}

describe('the documented exchanges', () => {
  test('v0-batch is the request of two events', () => {
    const { method, url, body } = exchange('v0-batch').request;
    const sent = posthog({ apiKey, region: 'us' }).encode(EVENTS.slice(0, 2), { now: SENT, number: 1 });
    expect({ ...sent, body: JSON.parse(sent.body as string) as unknown }).toEqual({
      method,
      url,
      headers: { 'content-type': 'application/json' },
      body: asOurs(body),
      compress: 'gzip',
    });
  });

  test('the EU has its own host', () => {
    const { url } = posthog({ apiKey, region: 'eu' }).encode(EVENTS.slice(0, 1), { now: SENT, number: 1 });
    expect(url).toBe(exchange('v0-batch-poison-record').request.url);
  });

  test('v1-batch is the request of three events', () => {
    const { method, url, headers, body } = exchange('v1-batch').request;
    const destination = posthog({ apiKey, region: 'us', capture: 'v1' });
    const sent = destination.encode(EVENTS, { now: SENT, number: 1 });
    expect({ ...sent, body: JSON.parse(sent.body as string) as unknown }).toMatchObject({
      method,
      url,
      body: asOurs(body),
    });
    const documented = Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      value.replace('example/0.0.0', `nestjs-tracking/${PACKAGE_VERSION}`),
    ]);
    expect(sent.headers).toEqual({
      ...Object.fromEntries(documented.filter(([name]) => name !== 'user-agent')),
      // Of the events' ids, in place of a random one.
      'posthog-request-id': sent.headers!['posthog-request-id'],
    });
  });
});

/** Outcomes in the delivery, by the words of the examples. */
const WORDS: Record<string, string> = { too_large: 'refuse', rejected: 'refuse' };
/** Answers after which the vendor's SDK drops events, and this package does not: a pause, an unpaid bill, an unreadable page. */
const DELIBERATE: Record<string, string> = {
  throttled_final: 'retry',
  over_quota: 'park',
  success_unreadable: 'delivered',
};

describe('the documented answers', () => {
  const answers = exchanges.flatMap(({ name, records, responses }) =>
    responses.map((response) => [name, response.case, records, response] as const),
  );
  test.each(answers)(
    '%s: %s',
    (name, word, records, { status, headers, body, body_text, expect: wanted }) => {
      const destination = posthog({ apiKey, region: 'us', capture: name.startsWith('v1') ? 'v1' : 'batch' });
      const lower = Object.entries(headers).map(([header, value]) => [header.toLowerCase(), value]);
      const answer = {
        status,
        headers: Object.fromEntries(lower) as Record<string, string>,
        body: body_text ?? (body === undefined ? '' : JSON.stringify(body)),
      };
      const whole =
        DELIBERATE[word] ??
        (wanted.config_error === true ? 'park' : (WORDS[wanted.request ?? ''] ?? undefined));
      expect(outcomesOf(destination, answer, EVENTS.slice(0, records))).toEqual(
        whole === undefined ? wanted.outcomes : Array.from({ length: records }, () => whole),
      );
    },
  );
});
