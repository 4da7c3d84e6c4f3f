import { describe, expect, test } from '@jest/globals';
import { posthog } from '../../../lib/collector/platforms/posthog/posthog.js';
import { aRequest, ARRIVAL, bodyOf, read, seen, verdict } from './a-request.js';

const TOKEN = 'phc_exampleProjectToken';
const UUID = '0198c2a0-1111-7a11-8111-000000000001';
const OTHER_UUID = '0198c2a0-1111-7a11-8111-000000000002';
const BROWSER = '5f0c8e52-6a3b-4c1d-9e7f-2b1a0c9d8e7f';
const ALL_ZERO = '00000000-0000-0000-0000-000000000000';
const TIME = '2026-01-01T00:00:00.000Z';

const anEvent = (given: object = {}) => ({
  event: 'order completed',
  distinct_id: 'user-1001',
  uuid: UUID,
  timestamp: TIME,
  properties: { order_id: 'O-77' },
  ...given,
});
const batch = (...events: unknown[]) => aRequest('/batch/', { api_key: TOKEN, batch: events, sent_at: TIME });
const one = (given: object) => read(posthog, batch(anEvent(given))).events[0]!;

describe('/batch/', () => {
  test('an event is read back with its name, ids, time and properties', () => {
    const { events, answer, problems } = read(posthog, batch(anEvent()));
    expect(events).toEqual([
      {
        kind: 'track',
        name: 'order completed',
        id: UUID,
        userId: 'user-1001',
        anonymousId: null,
        time: Date.parse(TIME),
        properties: { order_id: 'O-77' },
        outcome: 'delivered',
        problems: [],
        repetition: `20454 ${UUID} order completed user-1001`,
      },
    ]);
    expect([answer.status, bodyOf(answer)]).toEqual([200, { status: 'Ok' }]);
    expect(problems).toEqual([]);
  });

  test.each([
    [{ distinct_id: '' }, 'event submitted without a distinct_id', 'It has no distinct_id.'],
    [{ distinct_id: undefined }, 'event submitted without a distinct_id', 'It has no distinct_id.'],
    [{ event: undefined }, 'event submitted with an empty event name', 'It has no event name.'],
  ])('one poison event %j fails the whole request', (given, text, problem) => {
    const reading = read(posthog, batch(anEvent(), anEvent(given)));
    expect(verdict(reading)).toEqual({
      status: 400,
      outcomes: ['rejected', 'rejected'],
      eventProblems: [[], [problem]],
      problems: ['One event without a name or a distinct_id fails the whole request.'],
    });
    expect(bodyOf(reading.answer)).toBe(text);
  });

  test.each([
    ['not JSON', aRequest('/batch/', '{"batch":['), 400, []],
    ['no events', batch(), 400, []],
    ['an item that is not an object', batch(anEvent(), 7), 400, ['rejected', 'rejected']],
    ['no token', aRequest('/batch/', { batch: [anEvent()] }), 401, ['rejected']],
    ['a personal key', aRequest('/batch/', { api_key: 'phx_1', batch: [anEvent()] }), 401, ['rejected']],
    [
      'two tokens',
      aRequest('/batch/', [anEvent({ properties: { token: 'a' } }), anEvent({ properties: { token: 'b' } })]),
      401,
      ['rejected', 'rejected'],
    ],
    ['20 MB', batch(anEvent({ properties: { text: 'x'.repeat(20_000_000) } })), 413, ['rejected']],
  ])('%s is rejected', (_name, request, status, outcomes) => {
    expect(verdict(read(posthog, request))).toMatchObject({
      status,
      outcomes,
      problems: [expect.any(String)],
    });
  });

  test('an event above 1 MB, or with an invalid uuid, is dropped after the 200', () => {
    const large = anEvent({ properties: { text: 'x'.repeat(1_000_000) } });
    const reading = read(posthog, batch(large, anEvent({ uuid: '1001' })));
    expect(verdict(reading)).toMatchObject({ status: 200, outcomes: ['dropped', 'dropped'] });
  });

  test('a time more than 23 hours after sent_at becomes the time of arrival', () => {
    const hours = (ahead: number) => new Date(Date.parse(TIME) + ahead * 3_600_000).toISOString();
    expect(one({ timestamp: hours(22) })).toMatchObject({ time: Date.parse(hours(22)), problems: [] });
    expect(one({ timestamp: hours(24) })).toMatchObject({ time: ARRIVAL, outcome: 'delivered' });
    expect(one({ timestamp: hours(24) }).problems).toHaveLength(1);
  });

  test('a repetition has the same uuid, name, id and day', () => {
    const { repetition } = one({});
    expect(one({ timestamp: '2026-01-01T23:00:00.000Z' }).repetition).toBe(repetition);
    for (const given of [
      { uuid: OTHER_UUID },
      { event: 'x' },
      { distinct_id: 'x' },
      { timestamp: '2025-12-31T00:00:00Z' },
    ]) {
      expect(one(given).repetition).not.toBe(repetition);
    }
    expect(one({ uuid: undefined }).repetition).toBeUndefined();
  });
});

describe('identity', () => {
  test.each([
    [{ properties: { $device_id: 'user-1001' } }, null, 'user-1001'],
    [{ properties: { $process_person_profile: false } }, null, 'user-1001'],
    [{ properties: { $device_id: BROWSER, $is_identified: true } }, 'user-1001', null],
    [{ distinct_id: 1001 }, '1001', null],
  ])('%j', (given, userId, anonymousId) => {
    expect(one(given)).toMatchObject({ userId, anonymousId });
  });

  test('$identify joins the id of the browser', () => {
    const properties = { $anon_distinct_id: BROWSER, $set: { plan: 'pro' }, $set_once: {} };
    const event = one({ event: '$identify', properties });
    expect(seen(event)).toEqual({ kind: 'identify', name: '', userId: 'user-1001', anonymousId: BROWSER });
    expect(event.properties).toEqual({ plan: 'pro' });
  });

  test.each(['anonymous', ' NULL ', ALL_ZERO])(
    'an id that many people share (%s) joins no person',
    (shared) => {
      const identify = one({ event: '$identify', properties: { $anon_distinct_id: shared } });
      expect(identify).toMatchObject({
        anonymousId: null,
        outcome: 'delivered',
        problems: [expect.any(String)],
      });
      const alias = one({ event: '$create_alias', properties: { alias: shared } });
      expect(alias).toMatchObject({ outcome: 'dropped', problems: [expect.any(String)] });
    },
  );

  test('$create_alias names the other id', () => {
    const event = one({ event: '$create_alias', properties: { alias: BROWSER, distinct_id: 'user-1001' } });
    expect(seen(event)).toEqual({ kind: 'alias', name: BROWSER, userId: 'user-1001', anonymousId: null });
  });

  test('$groupidentify names the group, and its stand-in id is no person', () => {
    const properties = { $group_type: 'company', $group_key: 'acme', $group_set: { plan: 'pro' } };
    const event = one({ event: '$groupidentify', distinct_id: '$company_acme', properties });
    expect(seen(event)).toEqual({ kind: 'group', name: 'acme', userId: null, anonymousId: null });
    expect(event.properties).toEqual({ $group_type: 'company', plan: 'pro' });
  });
});

describe('posthog-js', () => {
  const content = {
    uuid: UUID,
    event: '$pageview',
    properties: { token: TOKEN, distinct_id: BROWSER, $device_id: BROWSER, $is_identified: false },
    $set_once: { $initial_referrer: '$direct' },
    timestamp: TIME,
  };
  const expected = { kind: 'page', name: '$pageview', userId: null, anonymousId: BROWSER };
  const base64 = Buffer.from(JSON.stringify([content])).toString('base64');

  test.each([
    ['a batch', aRequest('/e/?ip=0', { api_key: TOKEN, batch: [content], sent_at: TIME })],
    ['an array', aRequest('/e/', [content])],
    ['a single event', aRequest('/capture/', content)],
    ['a form', aRequest('/e/?compression=base64', `data=${encodeURIComponent(base64)}`)],
    ['a pixel', aRequest(`/i/v0/e/?data=${encodeURIComponent(base64)}`, '', { method: 'GET' })],
  ])('%s', (_name, request) => {
    const { events, answer } = read(posthog, request);
    expect(answer.status).toBe(200);
    expect(events.map(seen)).toEqual([expected]);
    expect(events[0]!.properties).not.toHaveProperty('token');
    expect(events[0]).toMatchObject({ id: UUID, time: Date.parse(TIME), outcome: 'delivered', problems: [] });
  });

  test.each([
    ['/flags/?v=2', { flags: {}, errorsWhileComputingFlags: false }],
    ['/decide/?v=3', { featureFlags: {}, sessionRecording: false }],
    [`/array/${TOKEN}/config`, { hasFeatureFlags: false, supportedCompression: ['gzip', 'gzip-js'] }],
    ['/s/', { status: 'Ok' }],
    ['/api/surveys/?token=1', { surveys: [] }],
  ])('%s is answered so that it continues', (path, content) => {
    const reading = read(posthog, aRequest(path));
    expect(reading).toMatchObject({ events: [], problems: [], answer: { status: 200 } });
    expect(bodyOf(reading.answer)).toMatchObject(content);
  });

  test('the settings as a script define the variable that the library reads', () => {
    const { answer } = read(posthog, aRequest(`/array/${TOKEN}/config.js`));
    const window: Record<string, unknown> = {};
    // oxlint-disable-next-line no-new-func, typescript/no-implied-eval
    new Function('window', String(answer.body))(window);
    expect(window['_POSTHOG_REMOTE_CONFIG']).toMatchObject({ [TOKEN]: { config: {}, siteApps: [] } });
  });
});

describe('/i/v1/analytics/events', () => {
  const headers = {
    authorization: `Bearer ${TOKEN}`,
    'posthog-sdk-info': 'example/0.0.0',
    'posthog-attempt': '1',
    'posthog-request-id': UUID,
    'posthog-request-timestamp': TIME,
  };
  const v1 = (events: unknown[], given: Record<string, string | undefined> = {}) =>
    aRequest(
      '/i/v1/analytics/events',
      { created_at: TIME, batch: events },
      { headers: { ...headers, ...given } },
    );

  test('the answer has a result for each uuid', () => {
    const reading = read(
      posthog,
      v1([
        anEvent(),
        anEvent({ uuid: OTHER_UUID, timestamp: 'yesterday' }),
        anEvent({ uuid: BROWSER, distinct_id: 'anonymous' }),
      ]),
    );
    expect(verdict(reading)).toMatchObject({ status: 200, outcomes: ['delivered', 'rejected', 'delivered'] });
    expect(bodyOf(reading.answer)).toEqual({
      results: {
        [UUID]: { result: 'ok' },
        [OTHER_UUID]: { result: 'drop', details: 'invalid_event_timestamp' },
        [BROWSER]: { result: 'warning', details: 'person_processing_disabled' },
      },
    });
  });

  test.each([
    [{ event: '' }, 'missing_event_name'],
    [{ event: 'x'.repeat(201) }, 'event_name_too_long'],
    [{ distinct_id: ' ' }, 'missing_distinct_id'],
    [{ distinct_id: 'x'.repeat(201) }, 'distinct_id_too_large'],
    [{ properties: [] }, 'malformed_event_properties'],
    [{ options: 'none' }, 'invalid_options'],
  ])('one event is dropped (%#)', (given, details) => {
    const { answer, events } = read(posthog, v1([anEvent(given)]));
    expect(bodyOf(answer)).toEqual({ results: { [UUID]: { result: 'drop', details } } });
    expect(events[0]!.outcome).toBe('rejected');
  });

  test.each([
    ['no token', v1([anEvent()], { authorization: undefined }), 401, 'invalid_api_token'],
    ['a header less', v1([anEvent()], { 'posthog-attempt': undefined }), 400, 'missing_required_headers'],
    [
      'more than 10 MB on the wire',
      v1([anEvent()], { 'content-length': '10000001' }),
      413,
      'payload_too_large',
    ],
    ['no events', v1([]), 400, 'empty_batch'],
    ['no uuid', v1([anEvent({ uuid: undefined })]), 400, 'missing_event_uuid'],
    ['another id', v1([anEvent({ uuid: 'id-1' })]), 400, 'invalid_event_uuid'],
    ['a uuid twice', v1([anEvent(), anEvent()]), 400, 'duplicate_event_uuid'],
    ['a number as id', v1([anEvent({ distinct_id: 7 })]), 400, 'request_parsing_error'],
  ])('%s fails the whole request', (_name, request, status, error) => {
    const { answer, events, problems } = read(posthog, request);
    expect([answer.status, bodyOf(answer)]).toMatchObject([status, { error }]);
    expect(events.every(({ outcome }) => outcome === 'rejected')).toBe(true);
    expect(problems).toHaveLength(1);
  });

  test('scripted answers have its form, with the ids of the request', () => {
    const reading = read(posthog, v1([anEvent()]));
    expect(posthog.answer('throttled', reading)).toMatchObject({
      status: 429,
      headers: { 'retry-after': '60' },
    });
    expect(bodyOf(posthog.answer('events-rejected', reading)!)).toMatchObject({
      results: { [UUID]: { result: 'drop' } },
    });
    expect(posthog.answer('throttled', read(posthog, batch(anEvent())))).toMatchObject({
      body: 'rate limited',
    });
    expect(posthog.answer('events-rejected', read(posthog, batch(anEvent())))).toBeUndefined();
  });
});

test('no other path belongs to PostHog', () => {
  expect(posthog.read(aRequest('/v1/batch', {}))).toBeUndefined();
});

test('a repetition is known within the project of the token', () => {
  expect(read(posthog, batch(anEvent())).account).toBe(TOKEN);
  expect(read(posthog, aRequest('/e/', anEvent({ properties: { token: 'phc_other' } }))).account).toBe(
    'phc_other',
  );
  const headers = {
    authorization: 'Bearer phc_other',
    'posthog-sdk-info': 'example/0.0.0',
    'posthog-attempt': '1',
    'posthog-request-id': UUID,
    'posthog-request-timestamp': TIME,
  };
  const v1 = aRequest('/i/v1/analytics/events', { created_at: TIME, batch: [anEvent()] }, { headers });
  expect(read(posthog, v1).account).toBe('phc_other');
});
