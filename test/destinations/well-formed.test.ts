import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cutText, wellFormed, wellFormedJson } from '../../lib/destinations/well-formed.js';

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

test('JSON of any texts equals the JSON of the well-formed texts', () => {
  const unit = fc.constantFrom('a', '\\', '\\ud8', 'ud800', '\ud83d', '\ude00', '"', '\n', '\u{1f600}');
  fc.assert(
    fc.property(fc.array(fc.string({ unit })), (texts) => {
      expect(JSON.parse(wellFormedJson(JSON.stringify(texts)))).toEqual(texts.map(wellFormed));
    }),
  );
});
