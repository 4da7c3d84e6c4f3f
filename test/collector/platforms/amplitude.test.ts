import { describe, expect, test } from '@jest/globals';
import { amplitude } from '../../../lib/collector/platforms/amplitude/amplitude.js';
import { aRequest, ARRIVAL, bodyOf, read, seen, verdict } from './a-request.js';

const KEY = '0123456789abcdef0123456789abcdef';
const INSERT_ID = '0198c2a0-1111-7a11-8111-000000000001';
const BROWSER = '5f0c8e52-6a3b-4c1d-9e7f-2b1a0c9d8e7f';
const TIME = ARRIVAL - 5_000;

const anEvent = (given: object = {}) => ({
  user_id: 'user-1001',
  device_id: BROWSER,
  event_type: 'Order Completed',
  time: TIME,
  insert_id: INSERT_ID,
  event_properties: { orderId: 'O-77' },
  ...given,
});
const upload = (events: unknown[], given: object = {}) =>
  aRequest('/2/httpapi', { api_key: KEY, events, ...given });
const one = (given: object) => read(amplitude, upload([anEvent(given)])).events[0]!;
const nested = (levels: number): unknown => (levels === 0 ? 1 : { level: nested(levels - 1) });

test.each(['/2/httpapi', '/batch'])(
  '%s: an event is read back with its name, ids, time and properties',
  (path) => {
    const request = aRequest(path, { api_key: KEY, events: [anEvent({ revenue: 49.95 })] });
    const reading = read(amplitude, request);
    expect(reading.events).toEqual([
      {
        kind: 'track',
        name: 'Order Completed',
        id: INSERT_ID,
        userId: 'user-1001',
        anonymousId: BROWSER,
        time: TIME,
        properties: { orderId: 'O-77', revenue: 49.95 },
        outcome: 'delivered',
        problems: [],
        repetition: `${INSERT_ID} ${BROWSER}`,
      },
    ]);
    expect(bodyOf(reading.answer)).toEqual({
      code: 200,
      events_ingested: 1,
      payload_size_bytes: request.body.length,
      server_upload_time: ARRIVAL,
    });
  },
);

describe('a 400', () => {
  test('names the invalid events by field and index, and nothing is stored', () => {
    const reading = read(
      amplitude,
      upload([
        anEvent(),
        anEvent({ time: '2026-01-01T00:00:00Z' }),
        anEvent({ event_type: '' }),
        anEvent({ time: 1.5 }),
      ]),
    );
    expect(verdict(reading)).toMatchObject({
      status: 400,
      outcomes: ['rejected', 'rejected', 'rejected', 'rejected'],
      eventProblems: [[], [expect.any(String)], [expect.any(String)], [expect.any(String)]],
      problems: ['Some of its events are invalid. Amplitude stores nothing of the request.'],
    });
    expect(bodyOf(reading.answer)).toMatchObject({
      code: 400,
      events_with_invalid_fields: { time: [1, 3] },
      events_with_missing_fields: { event_type: [2] },
    });
  });

  test.each<[object, object]>([
    [{ user_id: undefined, device_id: undefined }, { events_with_missing_fields: { user_id: [0] } }],
    [{ user_id: 'abcd', device_id: '' }, { events_with_invalid_id_lengths: { user_id: [0] } }],
    [{ user_id: 'Anonymous' }, { events_with_invalid_fields: { user_id: [0] } }],
    [{ device_id: 'undefined' }, { events_with_invalid_fields: { device_id: [0] } }],
    [{ event_properties: [] }, { events_with_invalid_fields: { event_properties: [0] } }],
    [{ session_id: 'x' }, { events_with_invalid_fields: { session_id: [0] } }],
    [{ insert_id: 7 }, { events_with_invalid_fields: { insert_id: [0] } }],
  ])('%j', (given, lists) => {
    const { answer, events } = read(amplitude, upload([anEvent(given)]));
    expect([answer.status, bodyOf(answer)]).toMatchObject([400, lists]);
    expect(events[0]!.outcome).toBe('rejected');
  });

  test.each([
    ['an array', aRequest('/2/httpapi', []), 400, { error: 'Invalid JSON request body' }],
    ['no api_key', upload([anEvent()], { api_key: undefined }), 400, { missing_field: 'api_key' }],
    ['no events', upload([]), 400, { missing_field: 'events' }],
    ['2,001 events', upload(Array.from({ length: 2_001 }, () => ({}))), 413, { error: 'Payload too large' }],
    [
      'more than 1 MB',
      upload([anEvent({ event_properties: { text: 'x'.repeat(1_000_000) } })]),
      413,
      { code: 413 },
    ],
  ])('%s: the whole request is rejected', (_name, request, status, content) => {
    const { answer, problems, events } = read(amplitude, request);
    expect([answer.status, bodyOf(answer)]).toMatchObject([status, content]);
    expect(problems).toHaveLength(1);
    expect(events.every(({ outcome }) => outcome === 'rejected')).toBe(true);
  });
});

describe('ids', () => {
  test('an id that is too short is removed if there is another', () => {
    expect(one({ user_id: 'abcd' })).toMatchObject({
      userId: null,
      anonymousId: BROWSER,
      outcome: 'delivered',
      problems: [expect.stringMatching(/min_id_length/)],
    });
  });

  test('min_id_length in the options allows shorter ones', () => {
    const { events } = read(
      amplitude,
      upload([anEvent({ user_id: 'a' })], { options: { min_id_length: 1 } }),
    );
    expect(events[0]).toMatchObject({ userId: 'a', problems: [] });
  });

  test('a repetition has the same insert_id and device; without a device, the same user', () => {
    expect(one({ event_type: 'other', time: TIME + 1 }).repetition).toBe(one({}).repetition);
    expect(one({ device_id: 'other-device' }).repetition).not.toBe(one({}).repetition);
    expect(one({ device_id: undefined }).repetition).toBe(`${INSERT_ID} user user-1001`);
    expect(one({ insert_id: undefined }).repetition).toBeUndefined();
  });
});

test.each<[object]>([
  [{ event_properties: { text: 'x'.repeat(1_025) } }],
  [{ event_properties: { object: nested(40) } }],
  [{ groups: { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 } }],
  [{ groups: { a: Array.from({ length: 11 }, String) } }],
  [{ event_type: '$identify', user_properties: { $set: { plan: 'pro' }, plan: 'pro' } }],
  [{ event_type: '$groupidentify', group_properties: { plan: 'pro' } }],
])('a limit with an unconfirmed effect is a problem of a delivered event (%#)', (given) => {
  expect(one(given)).toMatchObject({ outcome: 'delivered', problems: [expect.any(String)] });
});

describe('profiles and groups', () => {
  test('$identify and $groupidentify', () => {
    const identify = one({
      event_type: '$identify',
      user_properties: { $set: { plan: 'pro' }, $add: { n: 1 } },
    });
    expect(seen(identify)).toMatchObject({ kind: 'identify', name: '', userId: 'user-1001' });
    expect(identify.properties).toEqual({ plan: 'pro', $add: { n: 1 } });
    const group = one({
      event_type: '$groupidentify',
      groups: { company: 'acme' },
      group_properties: { $set: { plan: 'pro' } },
    });
    expect(seen(group)).toMatchObject({ kind: 'group', name: 'acme' });
    expect(group.properties).toEqual({ groups: { company: 'acme' }, plan: 'pro' });
  });

  test('/identify is a form', () => {
    const form = (identification: unknown, key = KEY) =>
      aRequest(
        '/identify',
        String(new URLSearchParams({ api_key: key, identification: JSON.stringify(identification) })),
      );
    const { events, answer } = read(
      amplitude,
      form([{ user_id: 'user-1001', user_properties: { plan: 'pro' } }]),
    );
    expect(events[0]).toMatchObject({ kind: 'identify', userId: 'user-1001', properties: { plan: 'pro' } });
    expect([answer.status, answer.body]).toEqual([200, 'success']);
    for (const request of [form([{}]), form(7), form({ user_id: 'user-1001' }, '')]) {
      expect(read(amplitude, request)).toMatchObject({
        answer: { status: 400 },
        problems: [expect.any(String)],
      });
    }
  });
});

test('a page view of the browser SDK is one, and its settings are answered', () => {
  expect(one({ event_type: '[Amplitude] Page Viewed' })).toMatchObject({ kind: 'page' });
  expect(read(amplitude, aRequest(`/config/${KEY}?config_group=browser`))).toMatchObject({
    events: [],
    answer: { status: 200 },
  });
});

test('scripted answers name the events and the ids of the request', () => {
  const reading = read(amplitude, upload([anEvent(), anEvent({ user_id: 'user-1002' })]));
  expect(bodyOf(amplitude.answer('throttled', reading)!)).toMatchObject({
    code: 429,
    throttled_users: { 'user-1002': 32 },
    throttled_events: [1],
  });
  expect(bodyOf(amplitude.answer('events-rejected', reading)!)).toMatchObject({
    events_with_invalid_fields: { time: [0, 1] },
  });
  expect(bodyOf(amplitude.answer('unauthorized', reading)!)).toEqual({ code: 400, error: 'Invalid API key' });
});

test('no other path belongs to Amplitude', () => {
  expect(amplitude.read(aRequest('/v1/batch', {}))).toBeUndefined();
});

test('a repetition is known within the project of the key', () => {
  expect(read(amplitude, upload([anEvent()])).account).toBe(KEY);
  expect(read(amplitude, upload([anEvent()], { api_key: 'other' })).account).toBe('other');
});
