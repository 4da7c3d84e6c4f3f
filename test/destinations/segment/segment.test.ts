import { describe, expect, test } from '@jest/globals';
import { segmentOptions, type SegmentOptions } from '../../../lib/destinations/segment/segment-options.js';
import { segment } from '../../../lib/destinations/segment/segment.js';
import { anEvent, inLane, NEW_YEAR } from '../an-event.js';
import { configError } from '../config-error.js';
import { outcomesOf } from '../outcomes-of.js';
import { requestOf } from '../segment-protocol/exchanges.js';

const KEY = 'segment-write-key-0123456789';
const BASIC = Buffer.from(`${KEY}:`).toString('base64');
const make = (options: Partial<SegmentOptions> = {}) => segment({ writeKey: KEY, region: 'us', ...options });

describe('its declarations', () => {
  test('the region and the key select the account; every form of the key is a secret', () => {
    expect(make().account).toEqual(['api.segment.io', KEY]);
    expect(make({ region: 'eu' }).account).toEqual(['events.eu1.segmentapis.com', KEY]);
    expect(make().credentials).toEqual([]);
    expect(make().secrets).toEqual([KEY, BASIC]);
  });

  test('its batches stay below the documented limits', () => {
    expect(make().limits).toEqual({ maxEvents: 2_500, maxBytes: 450_000, maxEventBytes: 32_000 });
    expect(make().batch).toEqual({ maxEvents: 500, maxBytes: 450_000, maxDelayMs: 1_000 });
  });

  test('a 200 proves receipt; a repeat is recognised for a day', () => {
    expect(make()).toMatchObject({
      acknowledgement: 'received',
      deduplication: { fields: ['messageId'], windowMs: 86_400_000 },
    });
  });

  test('all its lanes read the same cookies', () => {
    const [one] = make().resolvers!;
    expect(make({ name: 'other' }).resolvers).toEqual([one]);
  });
});

describe('its options', () => {
  test.each([
    [{ writeKey: undefined }, 'writeKey', 'write key'],
    [{ writeKey: 'hush hush' }, 'writeKey', 'without spaces'],
    [{ region: undefined }, 'region', "'us' or 'eu'"],
    [{ region: 'de' }, 'region', "'us' or 'eu'"],
    [{ endpoint: 'https://me:hush@proxy.example' }, 'endpoint', 'writeKey'],
    [{ endpoint: 'https://proxy.example/?key=hush' }, 'endpoint', '/v1/batch'],
    [{ gzip: 1 }, 'gzip', 'true or false'],
    [{ headers: { Authorization: 'Bearer hush' } }, 'headers.Authorization', 'the library sets'],
  ])('%j is refused at start, and no secret shown', (options, option, wants) => {
    const error = configError(make(options as never));
    expect(error.option).toBe(`destinations[0].${option}`);
    expect(error.message).toContain(wants);
    expect(error.message).not.toContain('hush');
  });

  test('a missing region is an error of the type, too', () => {
    // @ts-expect-error -- required
    segmentOptions.read({ writeKey: KEY } satisfies SegmentOptions);
    expect(() => make().check!('destinations[0]', true)).not.toThrow();
  });
});

describe('a request', () => {
  test('goes to an endpoint with a path; headers of the application are beside its own', () => {
    const destination = make({
      endpoint: 'https://proxy.example/segment/',
      headers: { 'X-Route': 'a', 'user-agent': 'shop' },
    });
    const { url, headers } = requestOf(destination, [anEvent()]);
    expect(url).toBe('https://proxy.example/segment/v1/batch');
    expect(headers).toEqual({
      'x-route': 'a',
      'user-agent': 'shop',
      'content-type': 'application/json',
      authorization: `Basic ${BASIC}`,
    });
  });

  test('is compressed on request only, as the vendor’s SDK does', () => {
    expect(requestOf(make(), [anEvent()]).compress).toBeUndefined();
    expect(requestOf(make({ gzip: true }), [anEvent()]).compress).toBe('gzip');
  });

  test('has the time of this attempt: Segment would move the events by the age of an older `sentAt`', () => {
    const batch = [inLane(anEvent({ timestamp: NEW_YEAR - 86_400_000 }))];
    const bodyAt = (now: number, number: number) =>
      JSON.parse(make().encode(batch, { now, number }).body as string) as {
        sentAt: string;
        batch: { timestamp: string }[];
      };
    const first = bodyAt(NEW_YEAR, 1);
    const later = bodyAt(NEW_YEAR + 7_200_000, 9);
    expect(first.sentAt).toBe('2026-01-01T00:00:00.000Z');
    expect(later.sentAt).toBe('2026-01-01T02:00:00.000Z');
    expect(later.batch).toEqual(first.batch);
    expect(later.batch[0]!.timestamp).toBe('2025-12-31T00:00:00.000Z');
  });

  test('to a second source has other ids: Segment recognises repeats across sources', () => {
    const event = anEvent();
    const idIn = (name: string | undefined) =>
      (requestOf(make({ name }), [event]).body['batch'] as { messageId: string }[])[0]!.messageId;
    expect(idIn(undefined)).toBe(event.id);
    expect(idIn('segment')).toBe(event.id);
    expect(idIn('marketing')).not.toBe(event.id);
  });

  test('with a message over 32 KB is not built, also if only its copy of the group’s id is too much', () => {
    const groups = { company: 'x'.repeat(20_000) };
    expect(() => requestOf(make(), [anEvent({ groups })])).toThrow(RangeError);
    expect(() => requestOf(make(), [anEvent({ groups: { company: 'x'.repeat(15_000) } })])).not.toThrow();
  });

  test('over 500 KB is not built: the lane halves the batch', () => {
    const events = Array.from({ length: 20 }, () => anEvent({ properties: { text: '€'.repeat(9_000) } }));
    expect(() => requestOf(make(), events)).toThrow(RangeError);
    expect(() => requestOf(make(), events.slice(10))).not.toThrow();
  });
});

describe('an answer', () => {
  const read = (status: number, headers: Record<string, string> = {}) => {
    const batch = [inLane(anEvent())];
    return outcomesOf(make(), { status, headers }, batch)[0];
  };

  test.each([
    [200, 'delivered'],
    [301, 'park'],
    [307, 'park'],
    [400, 'refuse'],
    [401, 'park'],
    [408, 'retry'],
    [410, 'retry'],
    [413, 'refuse'],
    [460, 'retry'],
    [500, 'retry'],
    [501, 'park'],
    [505, 'park'],
    [511, 'park'],
    [503, 'retry'],
  ])('%i: %s', (status, outcome) => {
    expect(read(status)).toBe(outcome);
  });

  const decoded = (headers: Record<string, string>) =>
    make().decode!({ status: 429, headers, body: '', complete: true }, []);

  test('to a throttled request without `Retry-After` pauses until the limit is reset', () => {
    expect(decoded({ 'x-ratelimit-reset': '7' })).toEqual({ kind: 'retry', afterMs: 7_000 });
    expect(decoded({ 'x-ratelimit-reset': '7', 'retry-after': '2' })).toBeUndefined();
  });

  test.each(['', 'soon', '-1', '0', '1767225600'])('with %j seconds sets no pause', (reset) => {
    expect(decoded({ 'x-ratelimit-reset': reset })).toBeUndefined();
  });

  test('is explained by its code', () => {
    const body = '{"success":false,"message":"malformed JSON","code":"invalid_request"}';
    const explain = (text: string) =>
      make().explain!({ status: 400, headers: {}, body: text, complete: true });
    expect(explain(body)).toEqual({ code: 'invalid_request', message: 'malformed JSON' });
    expect(explain('<html>')).toEqual({});
  });
});
