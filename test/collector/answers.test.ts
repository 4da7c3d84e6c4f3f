import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { RequestResponse, RequestsResponse, StatsResponse } from '../../lib/collector/api/responses.js';
import { kindAnswer } from '../../lib/collector/answers/decision.js';
import { PLATFORMS } from '../../lib/collector/platforms/platforms.js';
import { ANSWER_KINDS } from '../../lib/collector/platform.js';
import { ManualClock } from '../support/manual-clock.js';
import { ACollector, aMessage } from './a-collector.js';
import { rawRequest, sendRaw } from './raw-request.js';

const clock = new ManualClock();
let collector: ACollector;
beforeEach(async () => {
  collector = await ACollector.start({ clock });
});
afterEach(() => collector.close());

async function script(...answers: object[]): Promise<void> {
  expect((await collector.call('answers', 'POST', answers)).status).toBe(200);
}

async function segment(): Promise<StatsResponse['platforms'][number]> {
  const { platforms } = await collector.get<StatsResponse>('stats');
  return platforms.find(({ platform }) => platform === 'segment')!;
}

/** Polls until the collector has the given number of requests. */
async function received(requests: number): Promise<void> {
  while ((await segment()).requests < requests);
}

const KEPT = { requests: 1, failedRequests: 0, delivered: 1 };
const FAILED = { requests: 1, failedRequests: 1, delivered: 0 };

describe('a scripted answer', () => {
  test.each([
    ['rejected', 400],
    ['unauthorized', 403],
    ['throttled', 429],
    ['error', 503],
  ])('%s is the documented answer, and nothing is kept', async (answer, status) => {
    await script({ answer, requests: 1 });
    const answered = await collector.send(aMessage());
    expect([answered.status, answered.headers.has('retry-after')]).toEqual([status, answer === 'throttled']);
    expect(await segment()).toMatchObject(FAILED);
    expect((await collector.send(aMessage())).status).toBe(200);
    expect(await segment()).toMatchObject({ requests: 2, failedRequests: 1, delivered: 1 });
  });

  test('of your own enters the events if it is a 2xx', async () => {
    await script({ answer: { status: 202, headers: { 'x-own': 'yes' }, body: 'own' }, requests: 1 });
    const answered = await collector.send(aMessage());
    expect([answered.status, answered.headers.get('x-own'), await answered.text()]).toEqual([
      202,
      'yes',
      'own',
    ]);
    expect(await segment()).toMatchObject(KEPT);
    await script({ answer: { status: 302 } });
    expect((await collector.send(aMessage())).status).toBe(302);
    expect(await segment()).toMatchObject({ requests: 2, failedRequests: 1, delivered: 1 });
    const { requests } = await collector.get<RequestsResponse>('requests');
    expect(requests.map(({ scripted }) => scripted)).toEqual(['own', 'own']);
  });

  test('down closes the connection before the body is read', async () => {
    await script({ answer: 'down' });
    const head = rawRequest('POST /segment/v1/batch', { 'content-length': '1000000' });
    expect(await sendRaw(collector.url, head)).toBe('');
    await expect(collector.send(aMessage())).rejects.toThrow();
    expect(await segment()).toMatchObject({ requests: 2, failedRequests: 2, delivered: 0 });
    const { request } = await collector.get<RequestResponse>('requests/2');
    expect(request).toMatchObject({ scripted: 'down', status: null, kept: false, body: '' });
  });

  test('hang keeps the connection open until it is cleared', async () => {
    await script({ answer: 'hang', platform: 'segment' });
    let ended = 0;
    const hanging = [1, 2].map(() =>
      expect(collector.send(aMessage()).finally(() => ended++)).rejects.toThrow(),
    );
    await received(2);
    await collector.call('answers?platform=posthog', 'DELETE');
    expect(ended).toBe(0);
    await collector.call('answers?platform=segment', 'DELETE');
    await Promise.all(hanging);
    expect(await segment()).toMatchObject({ requests: 2, failedRequests: 2, delivered: 0 });
    expect((await collector.send(aMessage())).status).toBe(200);
  });

  test('hang ends with a reset and when the collector closes', async () => {
    await script({ answer: 'hang' });
    const first = expect(collector.send(aMessage())).rejects.toThrow();
    await received(1);
    await collector.call('reset', 'POST');
    await first;
    await script({ answer: 'hang' });
    const second = expect(collector.send(aMessage())).rejects.toThrow();
    await received(1);
    await collector.close();
    await second;
    collector = await ACollector.start();
  });

  test('slow enters the events, and answers after its delay', async () => {
    await script({ answer: 'slow', delayMs: 5_000 });
    let status = 0;
    const sent = collector.send(aMessage()).then((answered) => (status = answered.status));
    await received(1);
    expect(await segment()).toMatchObject(KEPT);
    clock.advance(4_999);
    await segment();
    expect(status).toBe(0);
    clock.advance(1);
    expect(await sent).toBe(200);
  });

  test('slow leaves no timer behind when its sender gives up', async () => {
    await script({ answer: 'slow' });
    const giving = new AbortController();
    const url = `${collector.url}/segment/v1/batch`;
    const sent = fetch(url, { method: 'POST', body: '{}', signal: giving.signal });
    await received(1);
    giving.abort();
    await expect(sent).rejects.toThrow();
    while (clock.timers > 0) await segment();
    expect(clock.timers).toBe(0);
  });

  test('cut enters the events and closes the connection, so that the retry is a repetition', async () => {
    await script({ answer: 'cut', requests: 1 });
    const message = aMessage();
    await expect(collector.send(message)).rejects.toThrow();
    expect(await segment()).toMatchObject(KEPT);
    expect((await collector.send(message)).status).toBe(200);
    expect(await segment()).toMatchObject({ requests: 2, failedRequests: 0, delivered: 1, duplicate: 1 });
  });

  test('answers exactly the given number of simultaneous requests', async () => {
    await script({ answer: 'error', requests: 7 });
    const answered = await Promise.all(Array.from({ length: 20 }, () => collector.send(aMessage())));
    expect(answered.filter(({ status }) => status !== 200)).toHaveLength(7);
    expect(await segment()).toMatchObject({ requests: 20, failedRequests: 7, delivered: 13 });
  });

  test('does not answer the preflight of a browser', async () => {
    await script({ answer: 'error', requests: 1 });
    const headers = { origin: 'http://shop.example', 'access-control-request-method': 'POST' };
    expect((await fetch(`${collector.url}/segment/v1/batch`, { method: 'OPTIONS', headers })).status).toBe(
      204,
    );
    expect((await collector.send(aMessage())).status).toBe(503);
  });

  test('is rejected with a sentence, and nothing changes', async () => {
    const answered = await collector.call('answers', 'POST', [{ answer: 'error' }, { answer: 'eror' }]);
    expect(answered.status).toBe(400);
    expect(await answered.json()).toEqual({
      error: expect.stringMatching(/^\[1\]\.answer must be one of down, /),
    });
    const wrong = await collector.call('answers', 'POST', { answer: 'events-rejected', platform: 'segment' });
    expect(wrong.status).toBe(400);
    expect(await wrong.json()).toEqual({ error: expect.stringContaining('cannot reject single events') });
    expect(await collector.get('answers')).toEqual([]);
  });

  test('is in force from the start with a preset', async () => {
    const failing = await ACollector.start({ fail: ['segment:503'] });
    const answered = await failing.send(aMessage());
    await failing.close();
    expect(answered.status).toBe(503);
    await expect(ACollector.start({ fail: ['segmnt:503'] })).rejects.toThrow(
      "--fail: 'segmnt:503' is not a preset",
    );
  });
});

test.each(PLATFORMS.map((platform) => [platform.name, platform] as const))(
  '%s has an answer of each kind that is for whole requests',
  (_, platform) => {
    const reading = { events: [], answer: { status: 200 }, problems: [] };
    for (const kind of ANSWER_KINDS.filter((each) => each !== 'events-rejected')) {
      expect(kindAnswer(platform, kind, reading)?.status).toBeGreaterThanOrEqual(200);
    }
  },
);
