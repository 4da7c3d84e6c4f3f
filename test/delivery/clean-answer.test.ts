import { expect, test } from '@jest/globals';
import { cleanAnswer } from '../../lib/delivery/clean-answer.js';

test('an answer is kept with its status, cut to a kilobyte', () => {
  expect(cleanAnswer(400, 'bad name', [])).toBe('400 bad name');
  expect(cleanAnswer(503, '', [])).toBe('503');
  expect(cleanAnswer(400, 'x'.repeat(5_000), [])).toHaveLength(1_024);
});

test('every secret is struck out, as often as it was echoed', () => {
  expect(cleanAnswer(403, 'key hunter2 is not hunter2$&', ['hunter2', ''])).toBe('403 key *** is not ***$&');
});

test('a secret is struck out before the answer is cut, so that no half of one is left', () => {
  const secret = 's3cret'.repeat(10);
  const kept = cleanAnswer(400, 'x'.repeat(1_000) + secret, [secret]);
  expect(kept).not.toContain('s3c');
});

test('a secret that contains another one goes whole', () => {
  expect(cleanAnswer(400, 'key-and-more key', ['key', 'key-and-more'])).not.toContain('more');
});
