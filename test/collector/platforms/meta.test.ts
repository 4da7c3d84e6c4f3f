import { describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { meta } from '../../../lib/collector/platforms/meta/meta.js';
import { aRequest, ARRIVAL, bodyOf, read, verdict } from './a-request.js';

const PATH = '/v24.0/1234567890123456/events';
const SECONDS = ARRIVAL / 1_000 - 5;
const FBP = 'fb.1.1767225600000.1098115397';
const HASH = createHash('sha256').update('user-1001').digest('hex');

const anEvent = (given: object = {}, user: object = {}) => ({
  event_name: 'Purchase',
  event_time: SECONDS,
  event_id: 'id-1',
  action_source: 'website',
  event_source_url: 'https://shop.example/thanks',
  user_data: { external_id: [HASH], client_user_agent: 'Mozilla/5.0', fbp: FBP, ...user },
  custom_data: { value: 49.95, currency: 'EUR' },
  ...given,
});
const request = (data: unknown, given: object = {}) =>
  aRequest(PATH, { data, access_token: 'EAA', ...given });

test('an event is read back with its name, ids, time and data', () => {
  const { events, answer } = read(meta, request([anEvent()]));
  expect(events).toEqual([
    {
      kind: 'track',
      name: 'Purchase',
      id: 'id-1',
      userId: HASH,
      anonymousId: FBP,
      time: SECONDS * 1_000,
      properties: {
        value: 49.95,
        currency: 'EUR',
        action_source: 'website',
        event_source_url: 'https://shop.example/thanks',
      },
      outcome: 'delivered',
      problems: [],
      repetition: 'id-1 Purchase',
    },
  ]);
  expect([answer.status, bodyOf(answer)]).toMatchObject([200, { events_received: 1, messages: [] }]);
});

test('a browser id with the part that newer libraries add is one', () => {
  const fbp = `${FBP}.AQYBAQIA`;
  const { events } = read(meta, request([anEvent({}, { fbp })]));
  expect(events[0]).toMatchObject({ anonymousId: fbp, outcome: 'delivered', problems: [] });
});

describe('one invalid event fails the request', () => {
  test.each<[string, unknown]>([
    ['no name', anEvent({ event_name: '' })],
    ['no time', anEvent({ event_time: undefined })],
    ['a time in milliseconds', anEvent({ event_time: ARRIVAL })],
    ['a fraction of a second', anEvent({ event_time: SECONDS + 0.5 })],
    ['an event of more than 7 days ago', anEvent({ event_time: SECONDS - 7 * 86_400 })],
    ['another action_source', anEvent({ action_source: 'web' })],
    ['a website without a URL', anEvent({ event_source_url: undefined })],
    ['a website without a user agent', anEvent({}, { client_user_agent: undefined })],
    ['no person', anEvent({ action_source: 'other', user_data: {} })],
    ['an email address that is not hashed', anEvent({}, { em: ['ada@shop.example'] })],
    ['a hash in upper case', anEvent({}, { ph: HASH.toUpperCase() })],
    ['another fbp', anEvent({}, { fbp: HASH })],
    ['another fbc', anEvent({}, { fbc: 'IwAR2F4' })],
    ['a list of addresses', anEvent({}, { client_ip_address: '203.0.113.7, 10.0.0.1' })],
    ['custom_data that are no object', anEvent({ custom_data: [] })],
    ['no object', 7],
  ])('%s', (_name, event) => {
    const reading = read(meta, request([anEvent(), event]));
    expect(verdict(reading)).toMatchObject({
      status: 400,
      outcomes: ['rejected', 'rejected'],
      eventProblems: [[], [expect.any(String)]],
      problems: [expect.stringMatching(/whole request/)],
    });
    expect(bodyOf(reading.answer)).toMatchObject({ error: { code: 100 } });
  });
});

test.each<[string, object]>([
  ['a hash as a text', { em: HASH }],
  ['an fbc of the pixel', { fbc: 'fb.1.1767225600000.IwAR2F4-dbP0l7' }],
  ['an IPv6 address', { client_ip_address: '2001:db8::1' }],
])('%s is valid', (_name, user) => {
  expect(read(meta, request([anEvent({}, user)])).events[0]).toMatchObject({
    outcome: 'delivered',
    problems: [],
  });
});

test('an event without an id is delivered, and never recognised as a repetition', () => {
  const [event] = read(meta, request([anEvent({ event_id: undefined })])).events;
  expect(event).toMatchObject({
    outcome: 'delivered',
    repetition: undefined,
    problems: [expect.any(String)],
  });
});

test.each([
  ['no token', request([anEvent()], { access_token: undefined }), 190],
  ['no events', request([]), 100],
  ['1,001 events', request(Array.from({ length: 1_001 }, () => anEvent())), 100],
])('%s: the request is rejected', (_name, given, code) => {
  const reading = read(meta, given);
  expect(bodyOf(reading.answer)).toMatchObject({ error: { code } });
  expect(reading.problems).toHaveLength(1);
});

test('the token may be in a header; in the URL it is a problem', () => {
  const body = { data: [anEvent()] };
  expect(read(meta, aRequest(PATH, body, { headers: { authorization: 'Bearer EAA' } }))).toMatchObject({
    answer: { status: 200 },
    problems: [],
  });
  expect(read(meta, aRequest(`${PATH}?access_token=EAA`, body))).toMatchObject({
    answer: { status: 200 },
    problems: [expect.stringMatching(/URL/)],
  });
});

test('scripted answers have the codes of the Graph API; single events are never named', () => {
  const reading = read(meta, request([anEvent()]));
  expect(bodyOf(meta.answer('throttled', reading)!)).toMatchObject({ error: { code: 4 } });
  expect(bodyOf(meta.answer('error', reading)!)).toMatchObject({ error: { code: 2 } });
  expect(meta.answer('events-rejected', reading)).toBeUndefined();
  expect(meta.read(aRequest('/v24.0/events'))).toBeUndefined();
});

test('a repetition is known within the dataset', () => {
  expect(read(meta, request([anEvent()])).account).toBe('1234567890123456');
});
