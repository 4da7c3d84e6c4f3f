import { describe, expect, test } from '@jest/globals';
import { jitsu } from '../../../lib/collector/platforms/jitsu/jitsu.js';
import type { Answer } from '../../../lib/collector/platform.js';
import { aMessage, aRequest, HOSTILE_BODIES, judgements, readingOf } from './a-request.js';

const batch = (...messages: unknown[]) => readingOf(jitsu, '/api/s/s2s/batch', { body: { batch: messages } });
const bodyOf = ({ body }: Answer): unknown => JSON.parse(String(body));

describe('a batch', () => {
  test('of valid messages', () => {
    expect(bodyOf(batch(aMessage(), aMessage({ event: '€'.repeat(42) })).answer)).toEqual({
      ok: true,
      receivedEvents: 2,
      okEvents: 2,
    });
  });

  test.each([
    [{ event: '' }, "'event' property is required for 'track' event"],
    [{ type: undefined }, 'type property of event is required'],
    [{ type: 'sale' }, 'Unknown event type: sale'],
    [
      { event: '€'.repeat(43) },
      `Invalid track event name '${'€'.repeat(43)}'. Max length is 128 characters.`,
    ],
    [{ properties: { text: 'x'.repeat(1_000_000) } }, 'message size exceeds the limit of 1000000 bytes'],
  ])('names %.60j, and accepts the others', (members, text) => {
    const reading = batch(aMessage(), aMessage({ messageId: 'id-2', ...members }));
    expect(reading.answer.status).toBe(200);
    expect(bodyOf(reading.answer)).toEqual({
      ok: false,
      receivedEvents: 2,
      okEvents: 1,
      errors: [`Message ID: id-2: event error: ${text}`],
    });
    expect(judgements(reading)).toEqual([['delivered'], ['rejected', expect.any(String)]]);
  });

  test('names a message by its id as Jitsu changes it', () => {
    const messageId = `a b/${'x'.repeat(100)}`;
    const reading = batch(aMessage({ messageId, event: '' }));
    expect(bodyOf(reading.answer)).toMatchObject({
      errors: [expect.stringContaining(`Message ID: a_b_${'x'.repeat(60)}: `)],
    });
    expect(reading.events[0]).toMatchObject({ id: messageId, repetition: `a_b_${'x'.repeat(60)}` });
    expect(reading.events[0]!.problems).toContainEqual(expect.stringContaining('messageId is changed'));
  });

  test.each(['/v1/batch', '/v1/b', '/batch', '/b'])('in the form of Segment: %s', (path) => {
    expect(readingOf(jitsu, path, { body: { batch: [aMessage()] } }).events).toHaveLength(1);
  });

  test.each([
    ['/v1/batch', { authorization: 'Basic V1JJVEVfS0VZOg==' }],
    ['/v1/batch', { 'x-write-key': 'KEY_ID:KEY_SECRET' }],
    ['/v1/batch?writekey=KEY', {}],
  ])('%s with the key in %j', (path, headers) => {
    const request = { body: { batch: [] }, headers: { 'content-type': 'application/json', ...headers } };
    expect(readingOf(jitsu, path, request).answer.status).toBe(200);
  });

  test('without a key', () => {
    const request = { body: { batch: [aMessage()] }, headers: { 'content-type': 'application/json' } };
    expect(readingOf(jitsu, '/v1/batch', request)).toMatchObject({
      answer: { status: 401, body: expect.stringContaining('stream not found: for: [slug: ]') },
      events: [{ outcome: 'rejected' }],
    });
    const withKey = { ...request, body: { batch: [], writeKey: 'KEY' } };
    expect(readingOf(jitsu, '/v1/batch', withKey).answer.status).toBe(200);
  });

  test.each([
    [{ body: '{' }, 'error parsing message'],
    [{ body: '{"batch":[1]}' }, 'error parsing message'],
    [
      { headers: { 'content-type': 'text/csv' } },
      'invalid content type: text/csv. Expected: application/json',
    ],
  ])('%j is answered with 400: %s', (request, error) => {
    const { answer } = readingOf(jitsu, '/v1/batch', request);
    expect([answer.status, bodyOf(answer)]).toEqual([400, { error }]);
  });
});

describe('one message', () => {
  test.each([
    ['/api/s/s2s/track', 'track'],
    ['/api/s/page', 'page'],
  ])('%s', (path, kind) => {
    const { events, answer } = readingOf(jitsu, path, { body: aMessage({ type: undefined }) });
    expect(events).toMatchObject([{ kind, outcome: 'delivered', problems: [] }]);
    expect(bodyOf(answer)).toEqual({ ok: true });
  });

  test('of a browser needs no key; one of a server does', () => {
    const request = { body: aMessage(), headers: { 'content-type': 'text/plain' } };
    expect(readingOf(jitsu, '/api/s/track', request).answer.status).toBe(200);
    expect(readingOf(jitsu, '/api/s/s2s/track', request).answer.status).toBe(401);
  });

  test('that is not accepted', () => {
    const { answer, events } = readingOf(jitsu, '/api/s/track', { body: aMessage({ event: '' }) });
    expect(bodyOf(answer)).toEqual({ error: "event error: 'event' property is required for 'track' event" });
    expect(events).toMatchObject([{ outcome: 'rejected' }]);
  });
});

test('a scripted answer that rejects events names all of them', () => {
  const reading = batch(aMessage(), aMessage({ messageId: 'id-2' }));
  for (const kind of ['events-rejected', 'throttled'] as const) {
    const answer = jitsu.answer(kind, reading)!;
    expect(answer.status).toBe(200);
    expect(bodyOf(answer)).toMatchObject({
      ok: false,
      okEvents: 0,
      errors: [expect.stringMatching(/^Message ID: id-1: /), expect.stringMatching(/^Message ID: id-2: /)],
    });
  }
});

test.each(HOSTILE_BODIES.map((body) => [body]))('a hostile body is answered: %.40s', (body) => {
  for (const path of ['/v1/batch', '/api/s/s2s/identify', '/api/s/group']) {
    const { answer, events } = readingOf(jitsu, path, { body });
    expect([200, 400]).toContain(answer.status);
    JSON.stringify(events);
  }
});

test('no other path belongs to the platform', () => {
  for (const path of ['/', '/api/s', '/api/s/sale', '/e']) expect(jitsu.read(aRequest(path))).toBeUndefined();
});
