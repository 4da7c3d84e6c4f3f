import { describe, expect, test } from '@jest/globals';
import { AnswerKeeper } from '../../../lib/delivery/answer/answer-keeper.js';
import { briefly } from '../../../lib/delivery/delivery.messages.js';
import type { Explanation } from '../../../lib/destinations/destination.js';

interface Kept {
  readonly explained?: unknown;
  readonly secrets?: readonly string[];
  readonly keepAnswers?: 'fields' | 'text';
}

function keeper({ explained, secrets = [], keepAnswers = 'fields' }: Kept): AnswerKeeper {
  return new AnswerKeeper({ secrets, keepAnswers, explain: () => explained as Explanation });
}

const HTML = '<html>bad name</html>';
const answer = (status: number, body: string, type = 'text/html; charset=utf-8', complete = true) => ({
  status,
  headers: { 'content-type': type },
  body,
  complete,
});

describe('of an answer to a whole request is kept', () => {
  test.each<[string, unknown, string, string]>([
    ['its kind and length where nobody understands it', undefined, '422', 'text/html, 21 bytes'],
    ['the code', { code: 'bad_name' }, '422 bad_name', ''],
    ['the field', { field: 'events[3].name' }, '422 (events[3].name)', ''],
    ['all three', { code: 17, field: 'name', message: 'Too long.' }, '422 17 (name)', 'Too long.'],
    ['no code that is the status', { code: 422, message: 'Too long.' }, '422', 'Too long.'],
    [
      'as a message what is no word',
      { code: 'no such user ada@example.com' },
      '422',
      'no such user ada@example.com',
    ],
    ['nothing of what has no such field', { errors: ['bad name'] }, '422', 'text/html, 21 bytes'],
    ['nothing of a field of another kind', { code: {}, message: ['x'] }, '422', 'text/html, 21 bytes'],
    ['nothing of a promise', Promise.reject(new Error('later')), '422', 'text/html, 21 bytes'],
  ])('%s', (_, explained, brief, message) => {
    const kept = keeper({ explained }).of(answer(422, HTML));
    expect(kept).toBe(message === '' ? brief : `${brief}: ${message}`);
    expect(briefly(kept)).toBe(brief);
  });

  test('the status alone, of one without a body', () => {
    expect(keeper({}).of({ status: 503, headers: {}, body: '', complete: true })).toBe('503');
  });

  test('the least length of one that was cut, and no content type that is none', () => {
    expect(keeper({}).of(answer(400, HTML, 'my secret text', false))).toBe('400: at least 21 bytes');
  });

  test('its text, if the application enabled it, and the code for the log', () => {
    const kept = keeper({ explained: { code: 'bad_name' }, keepAnswers: 'text' }).of(answer(422, HTML));
    expect(kept).toBe(`422 bad_name: ${HTML}`);
    expect(briefly(keeper({ keepAnswers: 'text' }).of(answer(400, 'a: b')))).toBe('400');
  });

  test.each(['fields', 'text'] as const)('the status if explaining fails (%s)', (keepAnswers) => {
    const explain = (): never => {
      throw new Error('cannot read it');
    };
    const bad = Object.defineProperty({}, 'code', { get: explain }) as Explanation;
    for (const explains of [explain, () => bad]) {
      const kept = new AnswerKeeper({ secrets: [], keepAnswers, explain: explains }).of(answer(500, 'no'));
      expect(kept).toMatch(keepAnswers === 'text' ? /^500: no$/ : /^500: text\/html, 2 bytes$/);
    }
  });
});

test.each<[unknown, string]>([
  ['no such plan', '400: no such plan'],
  [{ code: 'bad_plan', field: 'plan', message: 'no such plan' }, '400 bad_plan (plan): no such plan'],
  [{ code: 17, key: 'hunter2' }, '400 17'],
  [17, '400'],
  [undefined, '400'],
  [null, '400'],
  [Symbol('no'), '400'],
])('of what is said of one event is kept what it is: %p', (detail, kept) => {
  expect(keeper({}).ofEvent(400, detail)).toBe(kept);
});

test('never more than a kilobyte is kept, and no half surrogate pair', () => {
  for (const [keepAnswers, text] of [
    ['text', 'x'.repeat(70_000)],
    ['text', 'ä€😀'.repeat(1_000)],
    ['fields', 'ä€😀'.repeat(1_000)],
  ] as const) {
    const kept = keeper({ keepAnswers, explained: { message: text } }).of(answer(400, text));
    expect(Buffer.byteLength(kept)).toBeGreaterThan(1_020);
    expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(1_024);
    expect(kept).not.toContain('\uFFFD');
  }
});

test('secrets are struck out of all that is kept', () => {
  const secret = 'token-that-nobody-may-see';
  const it = { secrets: [secret], explained: { code: secret, field: secret, message: `bad ${secret}!` } };
  expect(keeper(it).of(answer(400, secret, `${secret}/x`))).toBe('400: ***, ***, bad ***!');
  expect(keeper({ ...it, keepAnswers: 'text' }).of(answer(400, `no ${secret}`))).toBe('400: no ***');
  expect(keeper({ secrets: [secret] }).of(answer(400, 'no', `text/${secret}`))).toBe('400: 2 bytes');
  expect(keeper(it).ofEvent(400, it.explained.message)).toBe('400: bad ***!');
});

test('a secret is struck out before the answer is cut, so that no half of one is left', () => {
  const secret = 's3cret'.repeat(10);
  const kept = keeper({ secrets: [secret], keepAnswers: 'text' }).of(answer(400, 'x'.repeat(1_000) + secret));
  expect(kept).not.toContain('s3c');
});
