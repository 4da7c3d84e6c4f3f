import { expect, test } from '@jest/globals';
import { remembered } from '../../lib/destinations/remembered.js';

function counting() {
  const made: string[] = [];
  const get = remembered((text) => {
    made.push(text);
    return { text };
  });
  return { get, made };
}

test('a cached result is not computed again', () => {
  const { get, made } = counting();
  expect(get('a')).toBe(get('a'));
  expect(made).toEqual(['a']);
});

test('at most a thousand results are cached', () => {
  const { get, made } = counting();
  for (let i = 0; i < 1_000; i++) get(`${i}`);
  get('0');
  expect(made).toHaveLength(1_000);
  get('one more');
  get('0');
  expect(made).toHaveLength(1_002);
});

test('the result for a very long text is not cached', () => {
  const { get, made } = counting();
  for (let i = 0; i < 3; i++) get('x'.repeat(501));
  expect(made).toHaveLength(3);
});
