import { expect, test } from '@jest/globals';
import { cutText } from '../../lib/destinations/well-formed.js';

test.each([
  ['abc', 3, 'abc'],
  ['abcd', 3, 'abc'],
  ['ab😀', 3, 'ab'],
  ['ab😀', 4, 'ab😀'],
  ['a😀b', 3, 'a😀'],
  ['', 3, ''],
])('%j cut to %i characters is %j, never half a pair', (text, length, cut) => {
  expect(cutText(text, length)).toBe(cut);
});
