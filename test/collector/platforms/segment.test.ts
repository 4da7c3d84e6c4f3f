import { describe, expect, test } from '@jest/globals';
import { segment } from '../../../lib/collector/platforms/segment/segment.js';
import { aMessage, aRequest, HOSTILE_BODIES, judgements, NEW_YEAR, readingOf } from './a-request.js';

const batch = (...messages: unknown[]) => readingOf(segment, '/v1/batch', { body: { batch: messages } });
const judged = (members: Record<string, unknown>) => judgements(batch(aMessage(members)))[0]!;

describe('a message', () => {
  test('as the platform reads it', () => {
    expect(batch(aMessage({ anonymousId: 'anonymous-1' })).events).toEqual([
      {
        kind: 'track',
        name: 'Order Completed',
        id: 'id-1',
        userId: 'user-1001',
        anonymousId: 'anonymous-1',
        time: NEW_YEAR,
        properties: { revenue: 49.95 },
        outcome: 'delivered',
        problems: [],
        repetition: 'id-1',
      },
    ]);
  });

  test.each([
    ['identify', { traits: { plan: 'pro' } }, '', { plan: 'pro' }],
    ['group', { groupId: 'g-1', traits: { plan: 'pro' } }, 'g-1', { plan: 'pro' }],
    ['alias', { previousId: 'anonymous-1' }, 'anonymous-1', { revenue: 49.95 }],
    ['page', { name: 'Home', properties: { path: '/' } }, 'Home', { path: '/' }],
    ['screen', {}, '', { revenue: 49.95 }],
  ])('%s', (type, members, name, properties) => {
    expect(batch(aMessage({ type, ...members })).events).toMatchObject([
      { kind: type, name, properties, problems: [] },
    ]);
  });

  test.each([
    [{ userId: null }, 'dropped', 'It has neither a userId nor an anonymousId.'],
    [{ userId: ' ', anonymousId: '' }, 'dropped', 'It has neither a userId nor an anonymousId.'],
    [{ type: 'sale' }, 'dropped', 'Its type is not track, identify, group, alias, page or screen.'],
    [{ type: null }, 'dropped', 'Its type is not track, identify, group, alias, page or screen.'],
    [{ event: undefined }, 'delivered', 'It is a track event without an event name.'],
    [{ type: 'group' }, 'delivered', 'It is a group without a groupId.'],
    [{ type: 'alias' }, 'delivered', 'It is an alias without a previousId.'],
    [
      { type: 'alias', previousId: 'a', userId: null, anonymousId: 'b' },
      'delivered',
      'It is an alias without a userId.',
    ],
    [{ timestamp: 1_767_225_600_000 }, 'delivered', 'Its timestamp is not an ISO 8601 time.'],
    [{ properties: [1] }, 'delivered', 'Its properties or traits are not a JSON object.'],
    [{ userId: 1001 }, 'delivered', 'Its userId, anonymousId or messageId is not text.'],
    [{ messageId: 'x'.repeat(100) }, 'delivered', 'Its messageId has 100 characters or more.'],
    [
      { properties: Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [i, 0])), context: {} },
      'rejected',
      'It is larger than 32 KB, the limit of an event.',
    ],
  ])('%.80j is %s: %s', (members, outcome, problem) => {
    expect(judged(members)).toEqual([outcome, problem]);
  });

  test('a messageId of 99 characters, null ids of a browser, and no messageId', () => {
    for (const members of [
      { messageId: 'x'.repeat(99) },
      { userId: null, anonymousId: 'a' },
      { messageId: undefined },
    ])
      expect(judged(members)).toEqual(['delivered']);
  });
});

describe('a request', () => {
  test.each(['t', 'track'])('for one message: /v1/%s', (path) => {
    const { events, answer } = readingOf(segment, `/v1/${path}`, { body: aMessage({ type: undefined }) });
    expect(events).toMatchObject([{ kind: 'track', outcome: 'delivered', problems: [] }]);
    expect(answer).toEqual({ status: 200 });
  });

  test.each([
    ['i', 'identify'],
    ['g', 'group'],
    ['a', 'alias'],
    ['p', 'page'],
    ['s', 'screen'],
  ])('of analytics.js: /v1/%s is %s', (path, kind) => {
    const body = aMessage({ groupId: 'g', previousId: 'p', writeKey: 'WRITE_KEY' });
    const { events } = readingOf(segment, `/v1/${path}`, { body, headers: { 'content-type': 'text/plain' } });
    expect(events).toMatchObject([{ kind, outcome: 'delivered', problems: [] }]);
  });

  test('without a write key, in the header or the body, is rejected', () => {
    const request = (body: unknown) => readingOf(segment, '/v1/batch', { body, headers: {} });
    expect(request({ batch: [aMessage()] })).toMatchObject({
      events: [{ outcome: 'rejected' }],
      answer: { status: 403 },
      problems: ['It has no write key.'],
    });
    expect(request({ batch: [aMessage()], writeKey: 'WRITE_KEY' }).answer.status).toBe(200);
  });

  test('with an event above 32 KB is rejected as a whole', () => {
    const reading = batch(aMessage(), aMessage({ properties: { text: 'x'.repeat(32_768) } }));
    expect(reading.answer.status).toBe(400);
    expect(judgements(reading)).toEqual([
      ['rejected'],
      ['rejected', 'It is larger than 32 KB, the limit of an event.'],
    ]);
  });

  test('above 500 KB is rejected as a whole', () => {
    const text = 'x'.repeat(30_000);
    const reading = batch(...Array.from({ length: 18 }, () => aMessage({ properties: { text } })));
    expect(reading.answer.status).toBe(400);
    expect(reading.problems).toEqual(['It is larger than 500 KB, the limit of a request.']);
    expect(new Set(judgements(reading).flat())).toEqual(new Set(['rejected']));
  });

  test('its surplus above 2,500 events is dropped with a 200', () => {
    const reading = batch(
      ...Array.from({ length: 2_501 }, () => ({ type: 'track', userId: 'u', event: 'e' })),
    );
    expect(reading.answer.status).toBe(200);
    expect(judgements(reading).slice(2_499)).toEqual([
      ['delivered'],
      ['dropped', expect.stringContaining('2,500')],
    ]);
  });

  test('with an old sentAt would move its events in time', () => {
    const problems = (body: unknown) => readingOf(segment, '/v1/batch', { body }).problems;
    expect(problems({ batch: [aMessage()], sentAt: '2025-12-31T23:59:06.000Z' })).toEqual([]);
    expect(problems({ batch: [aMessage()], sentAt: '2025-12-31T23:59:04.000Z' })).toEqual([
      expect.stringContaining('sentAt'),
    ]);
    expect(problems({ batch: [aMessage({ sentAt: '2025-12-31T00:00:00.000Z' })] })).toHaveLength(1);
  });

  test('by another method has no events', () => {
    expect(readingOf(segment, '/v1/batch', { method: 'GET' })).toMatchObject({
      events: [],
      problems: ['It is not a POST request.'],
    });
  });

  test.each(HOSTILE_BODIES.map((body) => [body]))('a hostile body is answered: %.40s', (body) => {
    for (const path of ['/v1/batch', '/v1/track', '/v1/m', '/v1/projects/x/settings']) {
      const { answer, events } = readingOf(segment, path, { body });
      expect([200, 400]).toContain(answer.status);
      JSON.stringify(events);
    }
  });

  test('for the settings of analytics.js sends its events to the collector', () => {
    const { answer, events } = readingOf(segment, '/v1/projects/WRITE_KEY/settings', {
      method: 'GET',
      headers: { host: '127.0.0.1:4100' },
    });
    expect(events).toEqual([]);
    expect(JSON.parse(String(answer.body))).toMatchObject({
      integrations: {
        'Segment.io': { apiKey: 'WRITE_KEY', apiHost: '127.0.0.1:4100/segment/v1', protocol: 'http' },
      },
    });
  });

  test('no other path belongs to the platform', () => {
    expect(['/', '/v1', '/e', '/v1/batch/x'].map((path) => segment.read(aRequest(path)))).toEqual(
      Array.from({ length: 4 }, () => undefined),
    );
  });
});
