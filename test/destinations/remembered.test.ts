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

test('a result that was made before is not made again', () => {
  const { get, made } = counting();
  expect(get('a')).toBe(get('a'));
  expect(made).toEqual(['a']);
});

test('a thousand are remembered, and no more', () => {
  const { get, made } = counting();
  for (let i = 0; i < 1_000; i++) get(`${i}`);
  get('0');
  expect(made).toHaveLength(1_000);
  get('one more');
  get('0');
  expect(made).toHaveLength(1_002);
});

test('a very long text is not remembered', () => {
  const { get, made } = counting();
  for (let i = 0; i < 3; i++) get('x'.repeat(501));
  expect(made).toHaveLength(3);
});
