import { describe, expect, test } from '@jest/globals';
import { googleAnalytics } from '../../../lib/collector/platforms/google-analytics/google-analytics.js';
import { aRequest, ARRIVAL, bodyOf, read, seen, verdict } from './a-request.js';

const CREDENTIALS = 'measurement_id=G-EXAMPLE123&api_secret=API_SECRET';
const CLIENT = '1234567890.1767225600';
const TIME = ARRIVAL - 5_000;
const HOUR = 3_600_000;

const anEvent = (given: object = {}) => ({ name: 'purchase', params: { value: 49.95 }, ...given });
const aBody = (given: object = {}) => ({
  client_id: CLIENT,
  user_id: 'user-1001',
  timestamp_micros: TIME * 1_000,
  events: [anEvent()],
  ...given,
});
const collect = (given: object = {}, path = '/mp/collect') =>
  aRequest(`${path}?${CREDENTIALS}`, aBody(given));
const one = (event: object, given: object = {}) =>
  read(googleAnalytics, collect({ events: [anEvent(event)], ...given })).events[0]!;
const params = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`p${i}`, i]));

test('an event is read back with its name, ids, time and parameters', () => {
  const { events, answer, problems } = read(googleAnalytics, collect());
  expect(events).toEqual([
    {
      kind: 'track',
      name: 'purchase',
      id: null,
      userId: 'user-1001',
      anonymousId: CLIENT,
      time: TIME,
      properties: { value: 49.95 },
      outcome: 'delivered',
      problems: [],
      repetition: undefined,
    },
  ]);
  expect([answer, problems]).toEqual([{ status: 204 }, []]);
});

test('an event may have its own time; the user properties are those of the request', () => {
  const event = one(
    { name: 'page_view', timestamp_micros: (TIME - 1) * 1_000 },
    { user_properties: { plan: { value: 'pro' } } },
  );
  expect(event).toMatchObject({
    kind: 'page',
    time: TIME - 1,
    properties: { value: 49.95, user_properties: { plan: { value: 'pro' } } },
  });
});

describe('after a 204', () => {
  test.each<[string, unknown]>([
    ['a name with a space', anEvent({ name: '_bad name' })],
    ['a name of 41 characters', anEvent({ name: 'x'.repeat(41) })],
    ['no name', anEvent({ name: undefined })],
    ['a reserved name', anEvent({ name: 'session_start' })],
    ['a reserved prefix', anEvent({ name: 'ga_purchase' })],
    ['26 parameters', anEvent({ params: params(26) })],
    ['parameters that are no object', anEvent({ params: [] })],
    ['a time that is no number', anEvent({ timestamp_micros: '2026-01-01' })],
    ['no object', 7],
  ])('%s drops the event alone', (_name, event) => {
    expect(verdict(read(googleAnalytics, collect({ events: [anEvent(), event] })))).toEqual({
      status: 204,
      outcomes: ['delivered', 'dropped'],
      eventProblems: [[], [expect.any(String)]],
      problems: [],
    });
  });

  test('events after the first 25 are dropped', () => {
    const { outcomes } = verdict(
      read(googleAnalytics, collect({ events: Array.from({ length: 26 }, () => anEvent()) })),
    );
    expect(outcomes.map((each) => each === 'dropped')).toEqual([
      ...Array.from({ length: 25 }, () => false),
      true,
    ]);
  });

  test.each([
    ['no client', collect({ client_id: undefined })],
    ['a client that is no text', collect({ client_id: 7 })],
    ['no secret', aRequest('/mp/collect?measurement_id=G-EXAMPLE123', aBody())],
    ['no stream', aRequest('/mp/collect?api_secret=API_SECRET', aBody())],
  ])('%s drops the request', (_name, request) => {
    expect(verdict(read(googleAnalytics, request))).toMatchObject({
      status: 204,
      outcomes: ['dropped'],
      problems: [expect.any(String)],
    });
  });

  test.each([
    ['not JSON', aRequest(`/mp/collect?${CREDENTIALS}`, '{')],
    ['no events', collect({ events: [] })],
  ])('%s has no events', (_name, request) => {
    expect(read(googleAnalytics, request)).toMatchObject({ events: [], problems: [expect.any(String)] });
  });

  test('an old event is dropped if the recommendations are enforced', () => {
    const timestamp_micros = (ARRIVAL - 73 * HOUR) * 1_000;
    expect(one({}, { timestamp_micros })).toMatchObject({
      outcome: 'delivered',
      problems: [expect.any(String)],
    });
    const enforced = { timestamp_micros, validation_behavior: 'ENFORCE_RECOMMENDATIONS' };
    expect(one({}, enforced)).toMatchObject({ outcome: 'dropped', problems: [expect.any(String)] });
  });
});

test.each<[string, object]>([
  ['the name of a parameter', { params: { 'a b': 1 } }],
  ['a reserved parameter', { params: { ga_x: 1 } }],
  ['a long value', { params: { text: 'x'.repeat(101) } }],
  ['a long title', { params: { page_title: 'x'.repeat(301) } }],
])('%s is a problem of a delivered event', (_name, event) => {
  expect(one(event)).toMatchObject({ outcome: 'delivered', problems: [expect.any(String)] });
});

test.each<[object]>([
  [{ params: params(25) }],
  [{ params: { text: 'x'.repeat(100) } }],
  [{ params: { page_title: 'x'.repeat(300), page_location: `https://shop.example/${'x'.repeat(900)}` } }],
])('a limit is not exceeded (%#)', (event) => {
  expect(one(event)).toMatchObject({ outcome: 'delivered', problems: [] });
});

test.each<[object]>([
  [{ user_id: 'x'.repeat(257) }],
  [{ consent: { ad_user_data: 'YES' } }],
  [{ user_properties: { user_id: { value: 1 } } }],
  [{ user_properties: { plan: 'pro' } }],
  [{ user_properties: { plan: { value: 'x'.repeat(37) } } }],
  [
    {
      user_properties: Object.fromEntries(
        Object.entries(params(26)).map(([name, value]) => [name, { value }]),
      ),
    },
  ],
  [{ events: [anEvent({ params: { items: [{ text: 'x'.repeat(130_000) }] } })] }],
])('is a problem of the request, whose events are delivered (%#)', (given) => {
  expect(verdict(read(googleAnalytics, collect(given)))).toMatchObject({
    outcomes: ['delivered'],
    problems: [expect.any(String)],
  });
});

describe('/debug/mp/collect', () => {
  const messages = (given: object = {}) => {
    const reading = read(googleAnalytics, collect(given, '/debug/mp/collect'));
    expect(reading).toMatchObject({ events: [], problems: [], answer: { status: 200 } });
    return bodyOf(reading.answer);
  };

  test('stores nothing, and reports the problems', () => {
    expect(messages()).toEqual({ validationMessages: [] });
    expect(messages({ timestamp_micros: 1 })).toEqual({ validationMessages: [] });
    expect(
      messages({
        client_id: undefined,
        events: [anEvent({ name: '_bad name' }), anEvent({ name: 'error' })],
      }),
    ).toEqual({
      validationMessages: [
        { fieldPath: 'client_id', description: expect.any(String), validationCode: 'VALUE_REQUIRED' },
        { fieldPath: 'events', description: expect.any(String), validationCode: 'NAME_INVALID' },
        { fieldPath: 'events', description: expect.any(String), validationCode: 'NAME_RESERVED' },
      ],
    });
  });
});

test('/g/collect reads the events of gtag.js: one in the query, or one in each line', () => {
  const query = `v=2&tid=G-EXAMPLE123&cid=${CLIENT}&dl=https%3A%2F%2Fshop.example%2F`;
  const { events } = read(googleAnalytics, aRequest(`/g/collect?${query}&en=page_view`));
  expect(events.map(seen)).toEqual([{ kind: 'page', name: 'page_view', userId: null, anonymousId: CLIENT }]);
  const lines = read(
    googleAnalytics,
    aRequest(`/g/collect?${query}`, 'en=a&ep.plan=pro\r\nen=b&epn.value=2'),
  );
  expect(lines.events).toMatchObject([
    { name: 'a', properties: { plan: 'pro', page_location: 'https://shop.example/' } },
    { name: 'b', properties: { value: 2 } },
  ]);
});

test('there is no other answer', () => {
  expect(googleAnalytics.answer('throttled', read(googleAnalytics, collect()))).toBeUndefined();
  expect(googleAnalytics.read(aRequest('/v1/batch'))).toBeUndefined();
});
