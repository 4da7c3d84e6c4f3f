import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isoTime } from '../../../lib/event/iso-time.js';
import type { EventJson } from '../../../lib/event/event-json.js';
import { webhook } from '../../../lib/destinations/webhook/webhook.js';
import type { TrackingEvent } from '../../../lib/event/tracking-event.js';
import { anEvent, inLane, NEW_YEAR } from '../an-event.js';
import { configError } from '../config-error.js';

const URL_ = 'https://receiver.example.com/hooks/analytics';
const SECRET = 'whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=';
const FIRST = { now: NEW_YEAR + 5_700, number: 1 };

const bodyOf = (...events: TrackingEvent[]): EventJson[] => {
  const { body } = webhook({ url: URL_ }).encode(events.map((event) => inLane(event)), FIRST); // prettier-ignore
  return JSON.parse(body as string) as EventJson[];
};

describe('its declarations', () => {
  test('batches of 500 events, half a megabyte or a second, four in parallel, repeats recognised by id', () => {
    const destination = webhook({ url: URL_ });
    expect(destination).toMatchObject({
      name: 'webhook',
      kind: 'webhook',
      batch: { maxEvents: 500, maxBytes: 512_000, maxDelayMs: 1_000 },
      concurrency: 4,
      acknowledgement: 'accepted',
      deduplication: { fields: ['id'] },
    });
    expect(destination.pipelining).toBeUndefined();
    expect(destination).not.toHaveProperty('decode'); // every answer is as its status says
  });

  test('the URL is its account, and credentials are no part of it', () => {
    const told = (options: object) => {
      const { account, credentials } = webhook({ url: URL_, ...options });
      return { account, credentials };
    };
    expect(told({ url: `${URL_}?tenant=2` }).account).not.toEqual(told({}).account);
    for (const options of [{ secret: SECRET }, { headers: { Authorization: 'Bearer 1' } }]) {
      expect(told(options).account).toEqual(told({}).account);
      expect(told(options).credentials).not.toEqual(told({}).credentials);
    }
    expect(told({ headers: { 'x-trace': '1' } })).toEqual(told({}));
  });

  test('every secret is declared', () => {
    const { secrets } = webhook({
      url: `${URL_}?token=abc%20def`,
      secret: [SECRET],
      headers: { Authorization: 'Bearer top-secret', 'X-Version': '2' },
    });
    expect(secrets).toEqual([SECRET, SECRET.slice(6), 'top-secret', 'token=abc%20def', 'abc%20def']);
    expect(webhook({ url: URL_ }).secrets).toEqual([]);
  });
});

describe('its options', () => {
  test.each([
    [{ url: undefined }, 'url', 'http'],
    [{ url: '' }, 'url', 'http'],
    [{ url: '/hooks' }, 'url', 'http'],
    [{ url: 'localhost:3000/hook?token=hush' }, 'url', 'http'],
    [{ url: 'htp://example.com/?token=hush' }, 'url', 'http'],
    [{ url: 'https://me:hush@example.com/' }, 'url', 'authorization'],
    [{ secret: '' }, 'secret', 'whsec_'],
    [{ secret: 'hush-hush-hush' }, 'secret', 'whsec_'],
    [{ secret: [] }, 'secret', 'whsec_'],
    [{ secret: [SECRET, 'hush-hush-hush'] }, 'secret[1]', 'whsec_'],
    [{ secret: [SECRET, undefined] }, 'secret[1]', 'undefined'],
    [{ gzip: 1 }, 'gzip', 'true or false'],
    [{ headers: 'authorization: hush' }, 'headers', 'header names'],
    [{ headers: { 'two words': 'x' } }, "headers['two words']", 'HTTP allows'],
    [{ headers: { authorization: undefined } }, 'headers.authorization', 'undefined'],
    [{ headers: { authorization: '' } }, 'headers.authorization', 'an empty string'],
    [{ headers: { authorization: 'hush\r\nx: y' } }, 'headers.authorization', 'one line'],
    [{ headers: { Authorization: 'x', authorization: 'y' } }, 'headers.authorization', 'once'],
    [{ headers: { 'Content-Type': 'text/plain' } }, 'headers.Content-Type', 'the library sets'],
    [{ headers: { 'Webhook-Signature': 'x' } }, 'headers.Webhook-Signature', 'the library sets'],
    [{ headers: { host: 'x' } }, 'headers.host', 'the library sets'],
    [{ batch: { maxEvents: 10_001 } }, 'batch.maxEvents', 'from 1 to 10000'],
    [{ sign: SECRET }, 'sign', 'secret'],
  ])('%o is refused at start, and no secret shown', (options, option, wants) => {
    const error = configError(webhook({ url: URL_, ...options } as never));
    expect(error.option).toBe(`destinations[0].${option}`);
    expect(error.message).toContain(wants);
    expect(error.message).not.toContain('hush');
  });

  test('credentials may be missing while tracking is disabled', () => {
    const off = { url: undefined, secret: ['', SECRET], headers: { authorization: undefined as never } };
    expect(() => webhook(off).check!('destinations[0]', false)).not.toThrow();
    expect(configError(webhook({ url: URL_, secret: 'short' }), false).option).toBe('destinations[0].secret');
  });
});

describe('a request', () => {
  test('posts a JSON array of events, as documented', () => {
    const event = anEvent({
      timestamp: NEW_YEAR + 7,
      anonymousId: 'anon',
      properties: { orderId: 'O-77', revenue: 49.95, items: [{ sku: 'a' }], none: null },
      context: { page: { path: '/checkout' } },
      source: 'OrdersController.create',
    });
    const request = webhook({ url: URL_ }).encode([inLane(event)], FIRST);
    expect(request).toMatchObject({
      method: 'POST',
      url: URL_,
      headers: { 'content-type': 'application/json' },
    });
    expect(JSON.parse(request.body as string)).toEqual([
      {
        id: event.id,
        type: 'track',
        name: 'Signed Up',
        timestamp: '2026-01-01T00:00:00.007Z',
        acceptedAt: '2026-01-01T00:00:00.250Z',
        userId: 'user-1001',
        anonymousId: 'anon',
        properties: { orderId: 'O-77', revenue: 49.95, items: [{ sku: 'a' }], none: null },
        context: { page: { path: '/checkout' } },
        source: 'OrdersController.create',
      },
    ]);
  });

  test.each([
    ['https://example.com', 'https://example.com/'],
    ['https://example.com?token=1#part', 'https://example.com/?token=1'],
    ['https://Example.com:443/ä b', 'https://example.com/%C3%A4%20b'],
  ])('to %s goes to %s, whole and escaped', (url, expected) => {
    expect(webhook({ url }).encode([inLane(anEvent())], FIRST).url).toBe(expected);
  });

  test('has members for a group and an alias', () => {
    const [group, alias] = bodyOf(
      anEvent({ type: 'group', groupId: 'acme', properties: { plan: 'pro' } }),
      anEvent({ type: 'alias', previousId: 'anon' }),
    );
    expect(group).toMatchObject({ type: 'group', groupId: 'acme', properties: { plan: 'pro' } });
    expect(alias).toMatchObject({ type: 'alias', previousId: 'anon', userId: 'user-1001' });
  });

  test('has an id and a time without a secret too, but no signature', () => {
    const event = anEvent();
    const { headers, body } = webhook({ url: URL_ }).encode([inLane(event)], FIRST);
    expect(headers).toEqual({
      'content-type': 'application/json',
      'webhook-id': event.id,
      'webhook-timestamp': '1767225605',
    });
    expect(typeof body).toBe('string');
  });

  test('carries the headers of the application beside its own', () => {
    const headers = { Authorization: 'Bearer 1', 'X-Tenant': 'eu' };
    const request = webhook({ url: URL_, headers }).encode([inLane(anEvent())], FIRST);
    expect(request.headers).toMatchObject({ authorization: 'Bearer 1', 'x-tenant': 'eu' });
  });

  test('is compressed only on request', () => {
    const encode = (gzip?: boolean) =>
      webhook({ url: URL_, ...(gzip !== undefined && { gzip }) }).encode([inLane(anEvent())], FIRST);
    expect(encode(true).compress).toBe('gzip');
    expect(encode(false).compress).toBeUndefined();
    expect(encode().compress).toBeUndefined();
    // A receiver need not recognise a repeated POST, so none is pipelined.
    expect(encode().idempotent).toBeUndefined();
  });

  test('holds every event once, in order, unchanged', () => {
    const events = fc.array(
      fc.record({
        timestamp: fc.integer({ min: 0, max: 4e12 }),
        acceptedAt: fc.integer({ min: 0, max: 4e12 }),
        name: fc.string({ unit: 'binary' }),
        properties: fc.dictionary(fc.string(), fc.jsonValue()) as fc.Arbitrary<TrackingEvent['properties']>,
      }),
      { minLength: 1, maxLength: 20 },
    );
    fc.assert(
      fc.property(events, (members) => {
        const given = members.map((each) => anEvent(each));
        const received = bodyOf(...given);
        expect(received.map(({ id }) => id)).toEqual(given.map(({ id }) => id));
        received.forEach(({ name, properties, timestamp, acceptedAt }, i) => {
          expect({ name, properties }).toEqual({
            name: given[i]!.name,
            properties: JSON.parse(JSON.stringify(given[i]!.properties)) as unknown,
          });
          expect([Date.parse(timestamp), Date.parse(acceptedAt)]).toEqual([
            given[i]!.timestamp,
            given[i]!.acceptedAt,
          ]);
        });
      }),
    );
  });
});

test('a time has the form of Date.toJSON(), in any order of times', () => {
  const times = fc.array(
    fc.oneof(fc.integer({ min: -8.64e15, max: 8.64e15 }), fc.integer({ min: 0, max: 5_000 })),
  );
  fc.assert(
    fc.property(times, (list) => {
      for (const ms of list) expect(isoTime(ms)).toBe(new Date(ms).toISOString());
    }),
  );
  expect(() => isoTime(Number.NaN)).toThrow(RangeError);
  expect(() => isoTime(9e15)).toThrow(RangeError);
});
