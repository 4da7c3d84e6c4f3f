import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { amplitude } from '../../../lib/destinations/amplitude/amplitude.js';
import type { AmplitudeOptions } from '../../../lib/destinations/amplitude/amplitude-options.js';
import type { Answer } from '../../../lib/destinations/destination.js';
import { readAttempt } from '../../../lib/delivery/reading.js';
import type { LaneEvent } from '../../../lib/event/lane-event.js';
import type { JsonObject, TrackingEvent } from '../../../lib/event/tracking-event.js';
import { anEvent, inLane, NEW_YEAR } from '../an-event.js';
import { configError } from '../config-error.js';
import { Notices } from '../notices.js';
import { outcomesOf } from '../outcomes-of.js';

const KEY = '0123456789abcdef0123456789abcdef';
const VISITOR = '5f0c8e52-6a3b-4c1d-9e7f-2b1a0c9d8e7f';

const make = (options: Partial<AmplitudeOptions> = {}) => amplitude({ apiKey: KEY, ...options });

function sent(held: LaneEvent, options: Partial<AmplitudeOptions> = {}): JsonObject {
  const { body } = make(options).encode([held], { now: NEW_YEAR, number: 1 });
  return (JSON.parse(body as string) as { events: JsonObject[] }).events[0]!;
}

const sentEvent = (members: Partial<TrackingEvent>, options: Partial<AmplitudeOptions> = {}): JsonObject =>
  sent(inLane(anEvent(members)), options);

/** Without the user that a plain event has. */
const visitor = (members: Partial<TrackingEvent> = {}): TrackingEvent => {
  const { userId: _, ...event } = anEvent({ anonymousId: VISITOR, ...members });
  return event;
};

describe('a request of amplitude()', () => {
  test.each([
    [{}, 'https://api2.amplitude.com/2/httpapi'],
    [{ api: 'batch' }, 'https://api2.amplitude.com/batch'],
    [{ region: 'eu' }, 'https://api.eu.amplitude.com/2/httpapi'],
    [{ endpoint: 'https://proxy.example.com/a/', api: 'batch' }, 'https://proxy.example.com/a/batch'],
  ] as const)('with %j goes to %s', (options, url) => {
    expect(make(options).encode([inLane(anEvent())], { now: NEW_YEAR, number: 1 })).toMatchObject({
      method: 'POST',
      url,
    });
  });

  test('is compressed only if the option is set', () => {
    const request = (gzip?: boolean) =>
      make({ gzip }).encode([inLane(anEvent())], { now: NEW_YEAR, number: 1 });
    expect(request().compress).toBeUndefined();
    expect(request(true).compress).toBe('gzip');
  });

  test('has the time of its attempt', () => {
    const body = (now: number) => make().encode([inLane(anEvent())], { now, number: 1 }).body as string;
    expect(JSON.parse(body(NEW_YEAR + 61_000))).toMatchObject({
      client_upload_time: '2026-01-01T00:01:01.000Z',
    });
  });

  test('holds as much as the API accepts', () => {
    expect(make().limits).toMatchObject({ maxEvents: 2_000, maxBytes: 1_000_000 });
    expect(make({ api: 'batch' }).limits).toMatchObject({ maxEvents: 2_000, maxBytes: 20_000_000 });
    expect(configError(make({ batch: { maxBytes: 1_000_001 } })).message).toContain('batch.maxBytes');
  });

  test('belongs to a project in a region, whatever the API', () => {
    expect(make().account).toEqual(['api2.amplitude.com', KEY]);
    expect(make({ api: 'batch', region: 'eu' }).account).toEqual(['api.eu.amplitude.com', KEY]);
    expect(make().secrets).toEqual([KEY]);
  });
});

describe('the form of events', () => {
  test('a track has its name, properties, ids and times', () => {
    const event = anEvent({ name: 'Order Completed', anonymousId: VISITOR, properties: { revenue: 49.95 } });
    expect(sent(inLane(event))).toEqual({
      event_type: 'Order Completed',
      user_id: 'user-1001',
      device_id: VISITOR,
      time: NEW_YEAR,
      insert_id: event.id,
      event_properties: { revenue: 49.95 },
      library: expect.stringMatching(/^nestjs-tracking\/\d/) as unknown,
    });
  });

  test('context and groups go into the fields that Amplitude has', () => {
    const context = { ip: '203.0.113.7', userAgent: 'Mozilla/5.0', locale: 'de-AT', route: '/orders' };
    expect(sentEvent({ context, groups: { company: 'acme', team: 'blue' } })).toMatchObject({
      ip: '203.0.113.7',
      user_agent: 'Mozilla/5.0',
      language: 'de-AT',
      groups: { company: 'acme', team: 'blue' },
    });
    expect(sentEvent({ context: { ip: 7, locale: '' } })).not.toHaveProperty('ip');
  });

  test.each([
    [1_767_225_600_000, 1_767_225_600_000],
    ['1767225600000', 1_767_225_600_000],
    ['session-1', undefined],
    [undefined, undefined],
  ])('the session %j of the browser is %j', (sessionId, session_id) => {
    expect(sent({ event: anEvent(), browser: { sessionId } })['session_id']).toBe(session_id);
  });

  test('traits are set, and those with the name of an operation are that operation', () => {
    expect(sentEvent({ type: 'identify', properties: { plan: 'pro' } })).toMatchObject({
      event_type: '$identify',
      user_properties: { $set: { plan: 'pro' } },
    });
    const properties = { plan: 'pro', $setOnce: { first: 1 }, $set: { seats: 5 }, $add: 'text' };
    const { user_properties } = sentEvent({ type: 'identify', properties });
    expect(user_properties).toEqual({
      $setOnce: { first: 1 },
      $set: { plan: 'pro', $add: 'text', seats: 5 },
    });
  });

  test('a group has its properties, under its own type or that of the option', () => {
    const group = { type: 'group', groupId: 'acme', properties: { seats: 5 } } as const;
    expect(sentEvent(group)).toMatchObject({
      event_type: '$groupidentify',
      user_id: 'user-1001',
      groups: { company: 'acme' },
      group_properties: { $set: { seats: 5 } },
    });
    expect(sentEvent(group, { groupType: 'team' })['groups']).toEqual({ team: 'acme' });
    expect(sentEvent({ ...group, groupType: 'org' }, { groupType: 'team' })['groups']).toEqual({
      org: 'acme',
    });
  });
});

describe('ids', () => {
  test('are both on an event, unless `join` is false', () => {
    const both = { anonymousId: VISITOR };
    expect(sentEvent(both)).toMatchObject({ user_id: 'user-1001', device_id: VISITOR });
    expect(sentEvent(both, { join: false })).not.toHaveProperty('device_id');
    expect(sent(inLane(visitor()), { join: false })).toMatchObject({ device_id: VISITOR });
    expect(sent(inLane(visitor()))).not.toHaveProperty('user_id');
  });

  test.each(['anonymous', 'NULL', 'n/a', '0', '-1', '{}', 'lmy47d', '00000000-0000-0000-0000-000000000000'])(
    'that Amplitude refuses (%s) are not sent',
    (id) => {
      const accept = (event: TrackingEvent) => make().accept!(event);
      expect(accept(anEvent({ userId: id, anonymousId: VISITOR }))).toEqual({ declined: 'invalid_id' });
      expect(accept(visitor({ anonymousId: id }))).toEqual({ declined: 'invalid_id' });
      expect(accept(anEvent({ anonymousId: id }))).toBeUndefined();
      expect(sentEvent({ anonymousId: id })).not.toHaveProperty('device_id');
    },
  );

  test('of one to 1,024 characters are sent', () => {
    const accept = (event: TrackingEvent) => make().accept!(event);
    expect(accept(anEvent({ userId: '7' }))).toBeUndefined();
    expect(accept(anEvent({ userId: 'x'.repeat(1_024) }))).toBeUndefined();
    expect(accept(anEvent({ userId: 'x'.repeat(1_025) }))).toEqual({ declined: 'invalid_id' });
    expect(accept(anEvent({ userId: 'half \ud800' }))).toEqual({ declined: 'invalid_id' });
    expect(accept(anEvent({ userId: '  ' }))).toEqual({ declined: 'invalid_id' });
  });
});

test.each([
  [{ userId: 'guest', anonymousId: VISITOR }, { user_id: 'guest' }],
  [{ userId: 'user-1001', anonymousId: 'guest' }, { user_id: 'user-1001' }],
])('%j: an id that many people share is never joined with another one', (given, ids) => {
  const { user_id, device_id } = sentEvent(given);
  expect({ user_id, device_id }).toEqual(ids);
});

test('half of a surrogate pair in a text is sent as U+FFFD', () => {
  const { body } = make().encode([inLane(anEvent({ properties: { 'a\udc00': 'b\ud83d' } }))], {
    now: NEW_YEAR,
    number: 1,
  });
  expect(body).toContain('"a\ufffd":"b\ufffd"');
});

describe('amplitude() declines', () => {
  const { userId: _, ...nobody } = anEvent();
  test.each([
    ['an alias', anEvent({ type: 'alias', previousId: VISITOR }), 'unsupported'],
    ['an event of nobody', nobody, 'no_identity'],
    ['a group without an id', anEvent({ type: 'group' }), 'invalid_id'],
    ['a group with half of a character', anEvent({ type: 'group', groupId: 'a\ud800' }), 'invalid_id'],
    ['a group of spaces', anEvent({ type: 'group', groupId: ' ' }), 'invalid_id'],
    ['a name of an operation', anEvent({ name: '$identify' }), 'invalid_name'],
    ['a reserved name', anEvent({ name: '[Amplitude] Revenue' }), 'invalid_name'],
  ] as const)('%s', (_, event, declined) => {
    expect(make().accept!(event)).toEqual({ declined });
  });
});

describe('changes of amplitude()', () => {
  const long = `${'x'.repeat(1_023)}😀`;

  test('a text over the limit is cut between characters, everywhere, and reported on the first attempt only', () => {
    const notices = new Notices();
    const destination = make();
    destination.open!(notices);
    const held = inLane(anEvent({ properties: { note: long, list: [{ deep: long }], short: 'y' } }));
    for (const number of [1, 2]) {
      const { body } = destination.encode([held], { now: NEW_YEAR, number });
      expect((JSON.parse(body as string) as { events: JsonObject[] }).events[0]).toMatchObject({
        event_properties: { note: 'x'.repeat(1_023), list: [{ deep: 'x'.repeat(1_023) }], short: 'y' },
      });
    }
    expect(notices.all.map(({ notice, about }) => [notice, about])).toEqual([
      ['normalised', 'Signed Up.note'],
      ['normalised', 'Signed Up.list'],
    ]);
    expect(notices.of('normalised').join()).not.toContain('xxx');
  });

  test('no text is longer than the limit, and all others are unchanged', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.integer({ min: 0, max: 1_200 }), (value, length) => {
        const properties = { value, text: 'é'.repeat(length) } as JsonObject;
        const { event_properties } = sentEvent({ properties }) as { event_properties: JsonObject };
        expect(event_properties).toEqual({
          ...(JSON.parse(JSON.stringify({ value })) as JsonObject),
          text: 'é'.repeat(Math.min(length, 1_024)),
        });
      }),
      { numRuns: 100 },
    );
  });

  test('more types of groups than Amplitude tracks are reported', () => {
    const notices = new Notices();
    const destination = make();
    destination.open!(notices);
    const groups = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((type) => [type, '1']));
    const { f: _, ...five } = groups;
    destination.encode([inLane(anEvent({ groups: five }))], { now: NEW_YEAR, number: 1 });
    expect(notices.all).toEqual([]);
    destination.encode([inLane(anEvent({ groups }))], { now: NEW_YEAR, number: 1 });
    expect(notices.of('normalised')).toEqual([expect.stringContaining('more than 5 types')]);
  });
});

describe('answers', () => {
  const batch = [
    inLane(anEvent()),
    inLane(anEvent({ userId: 'user-1002' })),
    inLane(visitor()),
    inLane(anEvent({ userId: 'user-1003', anonymousId: 'device-3' })),
  ];
  const answer = (status: number, body: object): Answer => ({
    status,
    headers: {},
    body: JSON.stringify(body),
    complete: true,
  });
  const read = (status: number, body: object, options = {}) =>
    outcomesOf(make(options), answer(status, body), batch);

  test('a 400 rejects each event that it names in any list, and everything else is sent again', () => {
    const body = {
      code: 400,
      error: 'Invalid field values on some events',
      events_with_missing_fields: { event_type: [0] },
      events_with_invalid_id_lengths: { user_id: [1] },
      silenced_events: [2, 9, -1, '3', null],
    };
    expect(read(400, body)).toEqual(['rejected', 'rejected', 'rejected', 'retry']);
    const { events } = readAttempt({ answer: answer(400, body) }, make(), batch);
    expect(events!.get(batch[1]!.event.id)).toEqual({
      kind: 'rejected',
      detail: {
        code: 'events_with_invalid_id_lengths',
        field: 'user_id',
        message: 'Invalid field values on some events',
      },
    });
    expect(events!.get(batch[3]!.event.id)).toEqual({ kind: 'retry' });
  });

  test.each([
    [400, { code: 400, error: 'Invalid API key' }, 'park'],
    [400, { code: 400, error: 'Invalid request path' }, 'park'],
    [
      400,
      { code: 400, error: 'x', missing_field: 'api_key', events_with_invalid_fields: { time: [0] } },
      'park',
    ],
    [400, { code: 400, error: 'Invalid event JSON' }, 'refuse'],
    [400, {}, 'refuse'],
    [200, { code: 413 }, 'refuse'],
    [200, { code: 500 }, 'retry'],
    [200, { code: 408 }, 'retry'],
    [200, { code: 429 }, 'retry'],
    [200, { code: 0 }, 'delivered'],
    [200, {}, 'delivered'],
    [502, { code: 200 }, 'retry'],
    [429, { code: 429, throttled_events: [] }, 'retry'],
    [401, { code: 401 }, 'park'],
  ])('%i with %j is %s for the whole request', (status, body, kind) => {
    expect(read(status, body)).toEqual(batch.map(() => kind));
  });

  test('a 429 pauses throttled events, rejects those over the daily quota, and retries the others after the usual pause', () => {
    const body = {
      code: 429,
      throttled_events: [0],
      exceeded_daily_quota_users: { 'user-1002': 500_200 },
      exceeded_daily_quota_devices: { [VISITOR]: 500_001, constructor: 1 },
    };
    const { events, request } = readAttempt({ answer: answer(429, body) }, make(), batch);
    expect(batch.map(({ event }) => events!.get(event.id))).toMatchObject([
      { kind: 'retry', afterMs: 30_000 },
      { kind: 'rejected', detail: { code: 'exceeded_daily_quota_users' } },
      { kind: 'rejected', detail: { code: 'exceeded_daily_quota_devices' } },
      undefined,
    ]);
    expect(request).toEqual({ kind: 'retry' });
  });

  test('a device over its quota counts only if it was sent', () => {
    const body = { code: 429, exceeded_daily_quota_devices: { 'device-3': 500_001 } };
    expect(read(429, body)[3]).toBe('rejected');
    expect(read(429, body, { join: false })[3]).toBe('retry');
  });

  test.each([
    ['', false],
    ['ok', false],
    ['{}', false],
    [JSON.stringify({ code: 200, events_ingested: batch.length - 1 }), false],
    [JSON.stringify({ code: 200, events_ingested: batch.length }), true],
    [JSON.stringify({ code: 200 }), true],
  ])(
    'a 200 proves that all events were received only if Amplitude’s body confirms it: %s',
    (body, verified) => {
      const whole = { status: 200, headers: {}, body, complete: true };
      expect(readAttempt({ answer: whole }, make(), batch).request).toEqual({ kind: 'delivered', verified });
    },
  );

  test('an error is explained by its documented members', () => {
    const explain = (given: Answer) => make().explain!(given);
    expect(
      explain(answer(400, { code: 400, error: 'Request missing required field', missing_field: 'events' })),
    ).toEqual({
      code: 400,
      field: 'events',
      message: 'Request missing required field',
    });
    expect(explain(answer(502, {}))).toBeUndefined();
  });
});

describe('the options of amplitude()', () => {
  test.each([
    ['apiKey', { apiKey: undefined }],
    ['apiKey', { apiKey: 'two words' }],
    ['region', { region: 'in' }],
    ['api', { api: 'v2' }],
    ['join', { join: 'yes' }],
    ['groupType', { groupType: '' }],
    ['gzip', { gzip: 1 }],
    ['endpoint', { endpoint: 'https://proxy.example.com/?key=1' }],
  ])('a wrong %s fails at start, and its value is not shown', (option, wrong) => {
    const { message } = configError(make(wrong as never));
    expect(message).toContain(`destinations[0].${option}`);
    expect(message).not.toContain('two words');
  });
});
