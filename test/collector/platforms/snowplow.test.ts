import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { KEYS, REQUIRED } from '../../../lib/collector/platforms/snowplow/record.js';
import { snowplow } from '../../../lib/collector/platforms/snowplow/snowplow.js';
import { aRequest, ARRIVAL, read, seen, verdict } from './a-request.js';

const SCHEMA = 'iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4';
const EVENT_ID = '0b9f6c1e-2d3a-4b5c-8d7e-9f0a1b2c3d4e';
const BROWSER = '5f0c8e52-6a3b-4c1d-9e7f-2b1a0c9d8e7f';
const TIME = ARRIVAL - 5_000;
const ORDER = { schema: 'iglu:com.example/order_completed/jsonschema/1-0-0', data: { orderId: 'O-77' } };
const COMPANY = { schema: 'iglu:com.example/company/jsonschema/1-0-0', data: { id: 'acme' } };
const unstruct = (data: unknown) =>
  JSON.stringify({ schema: 'iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0', data });
const contexts = (data: unknown) =>
  JSON.stringify({ schema: 'iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0', data });
const base64 = (text: string) => Buffer.from(text).toString('base64url');

const aRecord = (given: object = {}) => ({
  tv: 'node-0.0.0',
  p: 'srv',
  e: 'ue',
  eid: EVENT_ID,
  uid: 'user-1001',
  duid: BROWSER,
  dtm: String(TIME),
  ue_px: base64(unstruct(ORDER)),
  ...given,
});
const tp2 = (data: unknown, schema: unknown = SCHEMA) =>
  aRequest('/com.snowplowanalytics.snowplow/tp2', { schema, data });
const one = (given: object) => read(snowplow, tp2([aRecord(given)])).events[0]!;

test('a transaction with its tax, as the browser tracker sends it, is delivered', () => {
  const { events } = read(
    snowplow,
    tp2([{ tv: 'js', p: 'web', e: 'tr', tr_id: 'O-77', tr_tt: '49.95', tr_tx: '7.98' }]),
  );
  expect(events[0]).toMatchObject({ outcome: 'delivered', problems: [], name: 'transaction' });
});

test('an eid is known within one application: an event of another has other content, and is stored', () => {
  const [shop, again, other, server] = [{}, {}, { aid: 'other' }, { tna: 'server' }].map(
    (given) => one({ aid: 'shop', tna: 'web', ...given }).repetition,
  );
  expect(again).toBe(shop);
  expect(new Set([shop, other, server]).size).toBe(3);
});

test('the table of keys is that of the schema', () => {
  const file = new URL('../../destinations/snowplow/payload-data-1-0-4.schema.json', import.meta.url);
  const { items } = JSON.parse(readFileSync(file, 'utf8')) as {
    items: { required: string[]; additionalProperties: boolean; properties: Record<string, unknown> };
  };
  expect([...KEYS].toSorted()).toEqual(Object.keys(items.properties).toSorted());
  expect(REQUIRED).toEqual(items.required);
  const forms = new Set(Object.values(items.properties).map((each) => JSON.stringify(each)));
  expect([[...forms], items.additionalProperties]).toEqual([['{"type":"string"}'], false]);
});

describe('a self-describing event', () => {
  test.each<[string, object]>([
    ['ue_px', {}],
    ['ue_pr', { ue_px: undefined, ue_pr: unstruct(ORDER) }],
  ])('in %s is read back with its name, ids, time and data', (_name, given) => {
    const { events, answer, problems } = read(snowplow, tp2([aRecord(given)]));
    expect(events).toEqual([
      {
        kind: 'track',
        name: 'order_completed',
        id: EVENT_ID,
        userId: 'user-1001',
        anonymousId: BROWSER,
        time: TIME,
        properties: { orderId: 'O-77' },
        outcome: 'delivered',
        problems: [],
        repetition: `undefined undefined ${EVENT_ID}`,
      },
    ]);
    expect([answer.status, answer.body, problems]).toEqual([200, 'ok', []]);
  });

  test.each<[object]>([[{ cx: base64(contexts([COMPANY])) }], [{ co: contexts([COMPANY]) }]])(
    'has entities (%#)',
    (given) => {
      expect(one(given)).toMatchObject({
        problems: [],
        properties: { orderId: 'O-77', contexts: [COMPANY] },
      });
    },
  );
});

test.each<[string, object, object]>([
  ['page_view', { e: 'pv', url: 'https://shop.example/', page: 'Shop' }, { kind: 'page' }],
  [
    'sign-up',
    { e: 'se', se_ca: 'shop', se_ac: 'sign-up', se_va: '1' },
    { properties: { se_ca: 'shop', se_ac: 'sign-up', se_va: '1' } },
  ],
  ['page_ping', { e: 'pp', pp_mix: '0' }, { properties: { pp_mix: '0' } }],
  ['transaction', { e: 'tr', tr_id: 'O-77' }, { properties: { tr_id: 'O-77' } }],
])('%s', (name, given, expected) => {
  expect(one({ ue_px: undefined, ...given })).toMatchObject({
    name,
    outcome: 'delivered',
    problems: [],
    ...expected,
  });
});

describe('after a 200', () => {
  test.each<[string, unknown]>([
    ['a value that is no text', aRecord({ vid: 4 })],
    ['null', aRecord({ vid: null })],
    ['another key', aRecord({ user_id: 'user-1001' })],
    ['a key that every object has', JSON.parse(`{"__proto__":"x",${JSON.stringify(aRecord()).slice(1)}`)],
    ['no tv', aRecord({ tv: undefined })],
    ['no p', aRecord({ p: undefined })],
    ['no e', aRecord({ e: undefined })],
    ['an unknown type', aRecord({ e: 'track' })],
    ['no self-describing JSON', aRecord({ ue_px: undefined })],
    ['an event that is not self-describing', aRecord({ ue_px: base64(JSON.stringify(ORDER)) })],
    ['an event without a schema', aRecord({ ue_px: base64(unstruct({ data: {} })) })],
    [
      'a schema without a version',
      aRecord({ ue_px: base64(unstruct({ ...ORDER, schema: 'iglu:com.example/x/jsonschema' })) }),
    ],
    ['an entity without a schema', aRecord({ cx: base64(contexts([{ data: {} }])) })],
    ['an entity that is not in an array', aRecord({ co: contexts(COMPANY) })],
    ['a time with letters', aRecord({ dtm: '2026-01-01' })],
    ['a session that is no UUID', aRecord({ sid: 'session-1' })],
    ['a record that is no object', 'x'],
  ])('%s drops the event', (_name, record) => {
    expect(verdict(read(snowplow, tp2([record])))).toMatchObject({
      status: 200,
      outcomes: ['dropped'],
      eventProblems: [[expect.any(String)]],
    });
  });

  test('the other events of a request may become a bad row with it', () => {
    const reading = read(snowplow, tp2([aRecord(), aRecord({ vid: 4 })]));
    expect(verdict(reading)).toMatchObject({
      outcomes: ['delivered', 'dropped'],
      problems: [expect.stringMatching(/unconfirmed/)],
    });
  });

  test.each([
    ['not JSON', aRequest('/com.snowplowanalytics.snowplow/tp2', '{'), []],
    ['another schema', tp2([aRecord()], 'iglu:com.example/x/jsonschema/1-0-0'), ['dropped']],
    ['no events', tp2([]), []],
    ['another content type', { ...tp2([aRecord()]), headers: { 'content-type': 'text/plain' } }, ['dropped']],
    ['more than 1 MB', tp2([aRecord({ ue_pr: 'x'.repeat(1_000_000) })]), ['dropped']],
  ])('%s drops the request', (_name, request, outcomes) => {
    const { status, ...rest } = verdict(read(snowplow, request));
    expect([status, rest]).toMatchObject([200, { outcomes, problems: [expect.any(String)] }]);
  });
});

test('more than 2 MB is a 413', () => {
  const reading = read(snowplow, tp2([aRecord({ ue_pr: 'x'.repeat(2_000_000) })]));
  expect(verdict(reading)).toMatchObject({ status: 413, outcomes: ['rejected'] });
});

test.each<[object]>([[{ eid: 'id-1' }], [{ duid: 'x'.repeat(129) }]])(
  'a rule that is unconfirmed is a problem of a delivered event (%#)',
  (given) => {
    expect(one(given)).toMatchObject({
      outcome: 'delivered',
      problems: [expect.stringMatching(/unconfirmed/)],
    });
  },
);

test('the pixel reads a page view from its query', () => {
  const query = new URLSearchParams({
    e: 'pv',
    tv: 'js-4.0.0',
    p: 'web',
    duid: BROWSER,
    url: 'https://shop.example/',
  });
  const { events, answer } = read(
    snowplow,
    aRequest(`/i?stm=${TIME}&${String(query)}`, '', { method: 'GET' }),
  );
  expect(seen(events[0]!)).toEqual({ kind: 'page', name: 'page_view', userId: null, anonymousId: BROWSER });
  expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'image/gif' } });
});

test('it has no answer for credentials or for single events', () => {
  const reading = read(snowplow, tp2([aRecord()]));
  expect(snowplow.answer('unauthorized', reading)).toBeUndefined();
  expect(snowplow.answer('events-rejected', reading)).toBeUndefined();
  expect(snowplow.answer('too-large', reading)).toEqual({ status: 413 });
  expect(snowplow.read(aRequest('/v1/batch'))).toBeUndefined();
});
