import { describe, expect, test } from '@jest/globals';
import { mixpanel } from '../../../lib/collector/platforms/mixpanel/mixpanel.js';
import { aRequest, ARRIVAL, bodyOf, read, seen, verdict } from './a-request.js';

const INSERT_ID = '0198c2a0-1111-7a11-8111-000000000001';
const BROWSER = '5f0c8e52-6a3b-4c1d-9e7f-2b1a0c9d8e7f';
const ALL_ZERO = '00000000-0000-0000-0000-000000000000';
const TIME = ARRIVAL - 5_000;
const HOUR = 3_600_000;
const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
const headers = basic('TOKEN:');

const aRecord = (properties: object = {}, name: unknown = 'Order Completed') => ({
  event: name,
  properties: { time: TIME, distinct_id: 'user-1001', $insert_id: INSERT_ID, ...properties },
});
const strict = (...records: unknown[]) => aRequest('/import?strict=1', records, { headers });
const one = (properties: object, name?: string) =>
  read(mixpanel, strict(aRecord(properties, name))).events[0]!;
const nested = (levels: number): unknown => (levels === 0 ? 1 : { level: nested(levels - 1) });

describe('/import?strict=1', () => {
  test('a record is read back with its name, ids, time and properties', () => {
    const ids = { $user_id: 'user-1001', $device_id: BROWSER };
    const reading = read(mixpanel, strict(aRecord({ ...ids, orderId: 'O-77' })));
    expect(reading.events).toEqual([
      {
        kind: 'track',
        name: 'Order Completed',
        id: INSERT_ID,
        userId: 'user-1001',
        anonymousId: BROWSER,
        time: TIME,
        properties: { orderId: 'O-77' },
        outcome: 'delivered',
        problems: [],
        repetition: `Order Completed ${TIME} ${INSERT_ID} user-1001`,
      },
    ]);
    expect(reading.answer.status).toBe(200);
    expect(bodyOf(reading.answer)).toEqual({ code: 200, num_records_imported: 1, status: 'OK' });
  });

  test('a 400 names the invalid records by index, id, field and message; the others are stored', () => {
    const bad = aRecord({ time: 'yesterday', $insert_id: 'bad' });
    const reading = read(mixpanel, strict(aRecord(), bad, aRecord({ $insert_id: 'good' })));
    expect(verdict(reading)).toMatchObject({ status: 400, outcomes: ['delivered', 'rejected', 'delivered'] });
    expect(bodyOf(reading.answer)).toMatchObject({
      code: 400,
      status: 'Bad Request',
      num_records_imported: 2,
      failed_records: [
        { index: 1, insert_id: 'bad', field: 'properties.time', message: expect.stringMatching(/integer/) },
      ],
    });
  });

  test.each<[string, object]>([
    ['properties.time', aRecord({ time: undefined })],
    ['properties.time', aRecord({ time: '1767225600' })],
    ['properties.time', aRecord({ time: 1_767_225_600.5 })],
    ['properties.time', aRecord({ time: 31_535_999 })],
    ['properties.time', aRecord({ time: ARRIVAL + HOUR + 1 })],
    ['properties.distinct_id', aRecord({ distinct_id: undefined })],
    ['properties.distinct_id', aRecord({ distinct_id: 'Anonymous' })],
    ['properties.distinct_id', aRecord({ distinct_id: ALL_ZERO })],
    ['properties.$insert_id', aRecord({ $insert_id: undefined })],
    ['properties.$insert_id', aRecord({ $insert_id: 'a_b' })],
    ['properties.$insert_id', aRecord({ $insert_id: 'x'.repeat(37) })],
    ['properties.$insert_id', aRecord({ $insert_id: 'null' })],
    ['properties', aRecord(Object.fromEntries(Array.from({ length: 252 }, (_, i) => [`p${i}`, i])))],
    ['properties', aRecord({ list: Array.from({ length: 255 }, () => 0) })],
    ['properties', aRecord({ object: nested(4) })],
    ['properties.$distinct_ids', aRecord({ $distinct_ids: ['one'] }, '$merge')],
    ['event', aRecord({}, '')],
    ['', aRecord({ text: 'x'.repeat(1_000_000) })],
  ])('names %s as invalid (%#)', (field, record) => {
    const { answer, events } = read(mixpanel, strict(record));
    expect(bodyOf(answer)).toMatchObject({ num_records_imported: 0, failed_records: [{ index: 0, field }] });
    expect(events).toMatchObject([{ outcome: 'rejected', problems: [expect.any(String)] }]);
  });

  test.each<[string, object]>([
    ['seconds', { time: 1_767_225_600 }],
    ['an empty distinct_id', { distinct_id: '' }],
    ['251 other properties', Object.fromEntries(Array.from({ length: 251 }, (_, i) => [`p${i}`, i]))],
    ['254 items', { list: Array.from({ length: 254 }, () => 0) }],
    ['three levels', { object: nested(3) }],
    ['36 characters', { $insert_id: 'x'.repeat(36) }],
  ])('accepts %s', (_name, properties) => {
    expect(one(properties)).toMatchObject({ time: TIME, outcome: 'delivered', problems: [] });
  });

  test('a time that is ahead by at most an hour becomes the time of arrival, and is no repetition', () => {
    expect(one({ time: ARRIVAL + HOUR })).toMatchObject({
      time: ARRIVAL,
      outcome: 'delivered',
      repetition: undefined,
      problems: [expect.stringMatching(/^Its time is ahead/)],
    });
  });

  test('a long text is cut to 255 characters', () => {
    const event = one({ text: 'x'.repeat(256) });
    expect(event).toMatchObject({ outcome: 'delivered', problems: [expect.stringMatching(/truncates/)] });
    expect(event.properties).toEqual({ text: 'x'.repeat(255) });
  });

  test.each([
    ['no credentials', aRequest('/import?strict=1', [aRecord()], { headers: {} }), 401],
    [
      'a service account without its project',
      aRequest('/import?strict=1', [aRecord()], { headers: basic('a:b') }),
      401,
    ],
    ['no array', aRequest('/import?strict=1', { event: 'x' }, { headers }), 400],
    ['not JSON', aRequest('/import?strict=1', '[{', { headers }), 400],
    ['no records', strict(), 400],
    ['2,001 records', strict(...Array.from({ length: 2_001 }, () => aRecord())), 413],
    ['more than 10 MB', strict(aRecord({ text: 'x'.repeat(10_000_000) })), 413],
  ])('%s: the whole request is rejected', (_name, request, status) => {
    const { answer, events, problems } = read(mixpanel, request);
    expect([answer.status, bodyOf(answer)]).toMatchObject([status, { code: status }]);
    expect(events.every(({ outcome }) => outcome === 'rejected')).toBe(true);
    expect(problems).toHaveLength(1);
  });

  test('a service account with its project, and lines of JSON', () => {
    const body = `${JSON.stringify(aRecord())}\n\n${JSON.stringify(aRecord())}\n`;
    const given = { ...basic('a:b'), 'content-type': 'application/x-ndjson' };
    const { events, answer } = read(
      mixpanel,
      aRequest('/import?strict=1&project_id=1', body, { headers: given }),
    );
    expect([answer.status, events.length]).toEqual([200, 2]);
  });
});

test('without strict, /import answers 200 and drops what is invalid', () => {
  const reading = read(mixpanel, aRequest('/import', [aRecord(), aRecord({ time: 'x' })], { headers }));
  expect(verdict(reading)).toMatchObject({ status: 200, outcomes: ['delivered', 'dropped'], problems: [] });
  const withoutIds = aRecord({ distinct_id: undefined, $insert_id: undefined });
  expect(read(mixpanel, aRequest('/import', [withoutIds], { headers })).events[0]).toMatchObject({
    outcome: 'delivered',
    repetition: undefined,
  });
});

describe('identity', () => {
  test.each<[object, string | null, string | null]>([
    [{ distinct_id: 'user-1001' }, 'user-1001', null],
    [{ distinct_id: `$device:${BROWSER}` }, null, BROWSER],
    [{ distinct_id: `$device:${BROWSER}`, $device_id: BROWSER }, null, BROWSER],
    [{ distinct_id: BROWSER, $device_id: BROWSER }, null, BROWSER],
    [{ $user_id: 'user-1001', $device_id: BROWSER }, 'user-1001', BROWSER],
  ])('%j', (properties, userId, anonymousId) => {
    expect(one(properties)).toMatchObject({ userId, anonymousId });
  });

  test.each<[string, object]>([
    ['$identify', { $identified_id: 'user-1001', $anon_id: BROWSER }],
    ['$identify', { distinct_id: 'user-1001', $anon_distinct_id: `$device:${BROWSER}` }],
    ['$create_alias', { distinct_id: 'user-1001', alias: BROWSER }],
    ['$merge', { distinct_id: 'user-1001', $distinct_ids: [BROWSER, 'user-1001'] }],
    ['$merge', { distinct_id: 'user-1001', $distinct_ids: ['user-1001', BROWSER] }],
  ])('%s %j joins two ids', (name, properties) => {
    const event = one(properties, name);
    expect(seen(event)).toEqual({ kind: 'alias', name: BROWSER, userId: 'user-1001', anonymousId: null });
    expect(event.outcome).toBe('delivered');
  });
});

describe('/engage and /groups', () => {
  const profile = { $token: 'TOKEN', $distinct_id: 'user-1001', $set: { plan: 'pro' }, $add: { visits: 1 } };
  const group = { $token: 'TOKEN', $group_key: 'company', $group_id: 'acme', $set: { plan: 'pro' } };

  test('a profile and a group are read back', () => {
    const { events, answer } = read(mixpanel, aRequest('/engage?ip=0', [profile]));
    expect(seen(events[0]!)).toEqual({ kind: 'identify', name: '', userId: 'user-1001', anonymousId: null });
    expect(events[0]!.properties).toEqual({ plan: 'pro', $add: { visits: 1 } });
    expect([answer.status, answer.body]).toEqual([200, '1']);
    const [event] = read(mixpanel, aRequest('/groups?ip=0', [group])).events;
    expect(seen(event!)).toEqual({ kind: 'group', name: 'acme', userId: null, anonymousId: null });
    expect(event!.properties).toEqual({ $group_key: 'company', plan: 'pro' });
  });

  test.each<[string, object]>([
    ['/engage', { ...profile, $token: undefined }],
    ['/engage', { ...profile, $distinct_id: undefined }],
    ['/engage', { ...profile, $distinct_id: 'null' }],
    ['/engage', { $token: 'TOKEN', $distinct_id: 'user-1001' }],
    ['/groups', { ...group, $group_key: undefined }],
    ['/groups', { ...group, $group_id: '' }],
  ])('%s rejects an invalid record with status 200 (%#)', (path, record) => {
    const { events, answer } = read(mixpanel, aRequest(path, [record]));
    expect([answer.status, answer.body, events[0]!.outcome]).toEqual([200, '0', 'rejected']);
    expect(bodyOf(read(mixpanel, aRequest(`${path}?verbose=1`, [record])).answer)).toMatchObject({
      status: 0,
    });
    const named = read(mixpanel, aRequest(`${path}?strict=1`, [record])).answer;
    expect([named.status, bodyOf(named)]).toMatchObject([400, { failed_records: [{ index: 0 }] }]);
  });
});

describe('mixpanel-browser', () => {
  const record = {
    event: '$mp_web_page_view',
    properties: {
      token: 'TOKEN',
      time: TIME / 1_000 + 0.5,
      distinct_id: `$device:${BROWSER}`,
      $device_id: BROWSER,
      $insert_id: 'b1a0c9d8e7f',
    },
  };
  const text = JSON.stringify([record]);
  const base64 = Buffer.from(text).toString('base64');

  test.each([
    ['a form', aRequest('/track/?verbose=1&ip=1', `data=${encodeURIComponent(text)}`)],
    ['a form in base64', aRequest('/track/?verbose=1', `data=${encodeURIComponent(base64)}`)],
    ['a GET', aRequest(`/track/?verbose=1&data=${encodeURIComponent(base64)}`, '', { method: 'GET' })],
    ['JSON', aRequest('/track?verbose=1', record)],
  ])('/track/ reads %s', (_name, request) => {
    const { events, answer } = read(mixpanel, request);
    expect(bodyOf(answer)).toEqual({ status: 1, error: null });
    expect(events.map(seen)).toEqual([
      { kind: 'page', name: '$mp_web_page_view', userId: null, anonymousId: BROWSER },
    ]);
    expect(events[0]).toMatchObject({ time: TIME + 500, outcome: 'delivered', problems: [], properties: {} });
  });

  test.each<[object]>([[{ token: undefined }], [{ time: (TIME - 6 * 24 * HOUR) / 1_000 }]])(
    '/track/ rejects %j',
    (properties) => {
      const { events, answer } = read(
        mixpanel,
        aRequest('/track/', [{ ...record, properties: { ...record.properties, ...properties } }]),
      );
      expect([answer.body, events[0]!.outcome]).toEqual(['0', 'rejected']);
    },
  );

  test.each(['/flags/', '/settings/?sdk_config=1', '/decide/', '/record/'])('%s is answered', (path) => {
    expect(read(mixpanel, aRequest(path))).toMatchObject({
      events: [],
      problems: [],
      answer: { status: 200 },
    });
  });
});

test('scripted answers have the form of the path, and name each record', () => {
  const imported = read(mixpanel, strict(aRecord()));
  expect(bodyOf(mixpanel.answer('events-rejected', imported)!)).toMatchObject({
    num_records_imported: 0,
    failed_records: [{ index: 0, insert_id: INSERT_ID }],
  });
  expect(mixpanel.answer('throttled', imported)).toMatchObject({ status: 429 });
  const profile = read(mixpanel, aRequest('/engage', [{}]));
  expect(mixpanel.answer('rejected', profile)).toMatchObject({ status: 200, body: '0' });
});

test('no other path belongs to Mixpanel', () => {
  expect(mixpanel.read(aRequest('/v1/batch', {}))).toBeUndefined();
});

test('a repetition is known within the project', () => {
  expect(read(mixpanel, strict(aRecord())).account).toBe('TOKEN');
  const account = { headers: basic('user:secret') };
  expect(read(mixpanel, aRequest('/import?strict=1&project_id=7', [aRecord()], account)).account).toBe('7');
  expect(read(mixpanel, aRequest('/track', [aRecord({ token: 'OTHER' })], { headers: {} })).account).toBe(
    'OTHER',
  );
});
