import { describe, expect, test } from '@jest/globals';
import { customerio } from '../../../lib/collector/platforms/customerio/customerio.js';
import { aMessage, HOSTILE_BODIES, judgements, KEY, readingOf } from './a-request.js';

const STRICT = { authorization: KEY, 'x-strict-mode': '1' };
const PERMISSIVE = { authorization: KEY };
const read = (headers: Record<string, string>, body: unknown) =>
  readingOf(customerio, '/v1/batch', { headers, body });
const valid = aMessage();
const noIds = aMessage({ userId: null, messageId: 'id-2' });
const long = aMessage({ properties: { text: 'x'.repeat(32_768) }, messageId: 'id-2' });
const NO_IDS = 'It has neither a userId nor an anonymousId.';
const LONG = 'It is larger than 32 KB, the limit of an event.';

test('valid events are answered with {} in both modes', () => {
  for (const headers of [STRICT, PERMISSIVE]) {
    const reading = read(headers, { batch: [valid] });
    expect(reading.answer).toMatchObject({ status: 200, body: '{}' });
    expect(reading.problems).toEqual([]);
    expect(judgements(reading)).toEqual([['delivered']]);
  }
});

describe('an invalid event', () => {
  test.each([
    [noIds, NO_IDS],
    [long, LONG],
  ])('in strict mode rejects the whole request', (invalid, problem) => {
    const reading = read(STRICT, { batch: [valid, invalid] });
    expect(reading.answer).toEqual({ status: 400 });
    expect(judgements(reading)).toEqual([['rejected'], ['rejected', problem]]);
  });

  test.each([
    [noIds, NO_IDS],
    [long, LONG],
  ])('otherwise is dropped with a 200', (invalid, problem) => {
    const reading = read(PERMISSIVE, { batch: [valid, invalid] });
    expect(reading.answer).toMatchObject({ status: 200, body: '{}' });
    expect(judgements(reading)).toEqual([['delivered'], ['dropped', problem]]);
    expect(reading.problems).toEqual([expect.stringContaining('X-Strict-Mode')]);
  });
});

test('a request without a key is rejected in strict mode only', () => {
  const strict = read({ 'x-strict-mode': '1' }, { batch: [valid] });
  expect([strict.answer.status, judgements(strict)]).toEqual([401, [['rejected']]]);
  const permissive = read({}, { batch: [valid] });
  expect([permissive.answer.status, judgements(permissive)]).toEqual([200, [['dropped']]]);
});

test('a request above 500 KB', () => {
  const body = {
    batch: Array.from({ length: 18 }, () => aMessage({ properties: { text: 'x'.repeat(30_000) } })),
  };
  expect(read(STRICT, body).answer.status).toBe(400);
  expect(new Set(judgements(read(PERMISSIVE, body)).flat())).toEqual(new Set(['dropped']));
});

test.each(HOSTILE_BODIES.map((body) => [body]))('a hostile body is answered: %.40s', (body) => {
  for (const headers of [STRICT, PERMISSIVE]) {
    const { answer, events } = read(headers, body);
    expect([200, 400]).toContain(answer.status);
    JSON.stringify(events);
  }
});
