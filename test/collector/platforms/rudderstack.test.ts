import { describe, expect, test } from '@jest/globals';
import { rudderstack } from '../../../lib/collector/platforms/rudderstack/rudderstack.js';
import { aMessage, HOSTILE_BODIES, judgements, NEW_YEAR, readingOf } from './a-request.js';

const batch = (...messages: unknown[]) => readingOf(rudderstack, '/v1/batch', { body: { batch: messages } });

describe('a request', () => {
  test('is answered with the text ok', () => {
    const { answer, events } = batch(aMessage(), aMessage({ messageId: 'id-2' }));
    expect(answer).toEqual({ status: 200, body: 'ok' });
    expect(events.map(({ outcome, repetition }) => [outcome, repetition])).toEqual([
      ['delivered', 'id-1'],
      ['delivered', 'id-2'],
    ]);
  });

  test('with one event without ids is rejected as a whole', () => {
    const reading = batch(aMessage(), aMessage({ userId: ' ' }));
    expect(reading.answer).toMatchObject({
      status: 400,
      body: 'request neither has anonymousId nor userId\n',
      headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
    });
    expect(judgements(reading)).toEqual([
      ['rejected'],
      ['rejected', 'It has neither a userId nor an anonymousId.'],
    ]);
  });

  test.each([
    [{ body: '{' }, 400, 'invalid json\n'],
    [{ body: '{}' }, 400, 'empty batch payload\n'],
    [{ body: '{"batch":[]}' }, 400, 'empty batch payload\n'],
    [{ body: '{"batch":[1]}' }, 400, 'event is not a valid rudder event\n'],
    [{ body: '{"batch":[]}', headers: {} }, 401, 'failed to read writekey from header\n'],
    [
      { body: { batch: [aMessage({ properties: { text: 'x'.repeat(4_096_000) } })] } },
      413,
      'request size exceeds max limit\n',
    ],
  ])('%.60j is answered with %i %j', (request, status, body) => {
    const { answer, problems } = readingOf(rudderstack, '/v1/batch', request);
    expect(answer).toMatchObject({ status, body });
    expect(problems).toHaveLength(1);
  });

  test('a message of 1 MB in one of 4,000 KB is allowed', () => {
    expect(judgements(batch(aMessage({ properties: { text: 'x'.repeat(1_000_000) } })))).toEqual([
      ['delivered'],
    ]);
  });

  test.each(HOSTILE_BODIES.map((body) => [body]))('a hostile body is answered: %.40s', (body) => {
    for (const path of ['/v1/batch', '/v1/page', '/rsaMetrics', '/sourceConfig/']) {
      const { answer, events } = readingOf(rudderstack, path, { body });
      expect([200, 400]).toContain(answer.status);
      JSON.stringify(events);
    }
  });
});

describe('the browser SDK', () => {
  test('gets a source without destinations', () => {
    const { answer } = readingOf(rudderstack, '/sourceConfig/?writeKey=WRITE_KEY&v=3', { method: 'GET' });
    expect(JSON.parse(String(answer.body))).toMatchObject({
      source: { id: expect.any(String), enabled: true, writeKey: 'WRITE_KEY', config: {}, destinations: [] },
    });
  });

  test('sends one message at a time, with traits in the context and a time under another name', () => {
    const { timestamp, ...message } = aMessage({
      userId: '',
      anonymousId: 'anonymous-1',
      originalTimestamp: '2026-01-01T00:00:00.000Z',
      context: { traits: { plan: 'pro' } },
    });
    expect(timestamp).toBeDefined();
    expect(readingOf(rudderstack, '/v1/identify', { body: message }).events).toMatchObject([
      {
        kind: 'identify',
        userId: null,
        anonymousId: 'anonymous-1',
        time: NEW_YEAR,
        properties: { plan: 'pro' },
      },
    ]);
  });

  test('sends a beacon with the key in the query when the page is left', () => {
    const request = { body: { batch: [aMessage()] }, headers: {} };
    expect(readingOf(rudderstack, '/beacon/v1/batch?writeKey=WRITE_KEY', request).answer.status).toBe(200);
    expect(readingOf(rudderstack, '/beacon/v1/batch', request).answer.status).toBe(401);
  });
});
