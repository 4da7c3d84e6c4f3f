import { describe, expect, test } from '@jest/globals';
import { webhook } from '../../../lib/collector/platforms/webhook/webhook.js';
import { ARRIVAL, HOSTILE_BODIES, judgements, NEW_YEAR, readingOf } from './a-request.js';

const ID = '0198c2a0-1111-7a11-8111-000000000001';
const read = (headers: Record<string, string>, body: unknown, path = '/hooks/analytics?a=b') =>
  readingOf(webhook, path, { headers, body });
const STRUCTURED = { 'content-type': 'application/cloudevents+json; charset=UTF-8' };
const BATCH = { 'content-type': 'application/cloudevents-batch+json' };
const JSON_TYPE = { 'content-type': 'application/json' };
const cloudEvent = (members: object = {}) => ({
  specversion: '1.0',
  id: ID,
  source: 'https://shop.example.com/api',
  type: 'com.example.order.completed',
  time: '2026-01-01T00:00:00.000Z',
  subject: 'user-1001',
  datacontenttype: 'application/json',
  data: { revenue: 49.95 },
  ...members,
});

describe('a CloudEvent', () => {
  const expected = {
    kind: 'track',
    name: 'com.example.order.completed',
    id: ID,
    userId: 'user-1001',
    anonymousId: null,
    time: NEW_YEAR,
    properties: { revenue: 49.95 },
    outcome: 'delivered',
    problems: [],
    repetition: `https://shop.example.com/api ${ID}`,
  };

  test('in structured form, alone and in a list', () => {
    expect(read(STRUCTURED, cloudEvent())).toMatchObject({
      events: [expected],
      answer: { status: 200 },
      problems: [],
    });
    expect(read(BATCH, [cloudEvent(), cloudEvent({ id: 'other' })])).toMatchObject({
      events: [expected, { id: 'other' }],
      answer: { status: 204 },
    });
    expect(read(BATCH, []).events).toEqual([]);
  });

  test('in binary form', () => {
    const { data, datacontenttype, ...attributes } = cloudEvent();
    const headers = Object.entries(attributes).map(([name, value]) => [`ce-${name}`, value]);
    expect(read({ 'content-type': datacontenttype, ...Object.fromEntries(headers) }, data).events).toEqual([
      expected,
    ]);
    const text = { 'content-type': 'text/plain', ...Object.fromEntries(headers), 'ce-type': 'caf%C3%A9' };
    expect(read(text, 'words').events).toMatchObject([
      { name: 'café', properties: { data: 'words' }, problems: [] },
    ]);
  });

  test('with the ids and the whole event that webhook() adds', () => {
    const data = { id: ID, type: 'group', properties: { plan: 'pro' } };
    const given = cloudEvent({ kind: 'group', userid: 'u', anonymousid: 'a', groupid: 'g', data });
    expect(read(STRUCTURED, given).events).toMatchObject([
      { kind: 'group', name: 'g', userId: 'u', anonymousId: 'a', properties: { plan: 'pro' } },
    ]);
    const anonymous = cloudEvent({ subject: 'a', anonymousid: 'a' });
    expect(read(STRUCTURED, anonymous).events).toMatchObject([{ userId: null, anonymousId: 'a' }]);
  });

  test.each([
    [{ specversion: '0.3' }, 'Its specversion is not 1.0.'],
    [{ id: '' }, 'It has no id.'],
    [{ source: undefined }, 'It has no source.'],
    [{ type: 1 }, 'It has no type.'],
    [{ time: 'soon' }, 'Its time is not an RFC 3339 time.'],
    [{ data_base64: 'AA==' }, 'It has both data and data_base64.'],
    [{ userId: 'u' }, 'The name of an attribute has characters other than lower-case letters and digits.'],
  ])('with %j', (members, problem) => {
    expect(judgements(read(STRUCTURED, cloudEvent(members)))).toEqual([['delivered', problem]]);
  });
});

describe('the JSON of webhook()', () => {
  const own = (members: object = {}) => ({
    id: ID,
    type: 'track',
    name: 'Order Completed',
    timestamp: '2026-01-01T00:00:00.000Z',
    acceptedAt: '2026-01-01T00:00:00.000Z',
    userId: 'user-1001',
    anonymousId: 'anonymous-1',
    properties: { revenue: 49.95 },
    ...members,
  });

  test('a list of events', () => {
    expect(
      read(JSON_TYPE, [own(), own({ id: 'other', type: 'alias', previousId: 'p' })]).events,
    ).toMatchObject([
      {
        kind: 'track',
        name: 'Order Completed',
        id: ID,
        userId: 'user-1001',
        anonymousId: 'anonymous-1',
        time: NEW_YEAR,
        properties: { revenue: 49.95 },
        problems: [],
        repetition: ID,
      },
      { kind: 'alias', name: 'p' },
    ]);
  });

  test('a body of the application shows what can be read; `webhook-id` is its repetition', () => {
    const headers = { ...JSON_TYPE, 'webhook-id': 'msg-1' };
    expect(read(headers, { event: 'Order', total: 5 }).events).toMatchObject([
      {
        kind: 'track',
        name: 'Order',
        id: null,
        properties: { total: 5 },
        problems: [],
        repetition: 'msg-1 0',
      },
    ]);
    expect(read({}, { total: 5 }).events[0]!.repetition).toBeUndefined();
  });

  test('at any path, by POST or PUT', () => {
    expect(readingOf(webhook, '/', { method: 'PUT', body: [own()] }).events).toHaveLength(1);
    expect(readingOf(webhook, '/', { method: 'GET' })).toMatchObject({
      events: [],
      problems: ['Its method is neither POST nor PUT.'],
    });
  });
});

describe('the headers of Standard Webhooks', () => {
  const signed = (members: Record<string, string> = {}) =>
    read(
      {
        ...JSON_TYPE,
        'webhook-id': 'msg-1',
        'webhook-timestamp': String(ARRIVAL / 1_000),
        'webhook-signature': 'v1,ikRfDL9OXvoevoID7XcidF2zHFhs9yOYjGfsPdGH5W0=',
        ...members,
      },
      [],
    ).problems;

  test('break no rule', () => {
    expect(signed()).toEqual([]);
    expect(signed({ 'webhook-timestamp': String(ARRIVAL / 1_000 - 300) })).toEqual([]);
    expect(read(JSON_TYPE, []).problems).toEqual([]);
  });

  test.each([
    [{ 'webhook-id': 'msg.1' }, 'contains a dot'],
    [{ 'webhook-id': '' }, 'without a webhook-id'],
    [{ 'webhook-timestamp': '2026-01-01' }, 'not a whole number'],
    [{ 'webhook-timestamp': String(ARRIVAL / 1_000 - 301) }, '5 minutes'],
    [{ 'webhook-signature': 'sha256=abc' }, 'v1,<base64>'],
  ])('%j', (headers, problem) => {
    expect(signed(headers)).toEqual([expect.stringContaining(problem)]);
  });
});

test('a body that is not JSON is one event with a problem', () => {
  const { events, answer } = read({ 'webhook-id': 'msg-1' }, 'a=b');
  expect(answer.status).toBe(200);
  expect(events).toMatchObject([
    {
      outcome: 'delivered',
      properties: { body: 'a=b' },
      problems: ['Its body is not JSON.'],
      repetition: 'msg-1',
    },
  ]);
});

test.each(HOSTILE_BODIES.map((body) => [body]))('a hostile body is answered: %.40s', (body) => {
  const kinds: Record<string, string>[] = [STRUCTURED, BATCH, JSON_TYPE, { 'ce-specversion': '1.0' }, {}];
  for (const headers of kinds) {
    const { answer, events } = read(headers, body);
    expect([200, 204]).toContain(answer.status);
    JSON.stringify(events);
  }
});
